#include "runtime/job/signals.hpp"

#include <csignal>
#include <ctime>

#include <unistd.h>

#include <utility>

namespace millrace::job {

namespace {

sigset_t stop_set() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

}  // namespace

StopSignals::StopSignals(std::function<void()> on_stop) {
  const sigset_t blocked = stop_set();
  pthread_sigmask(SIG_BLOCK, &blocked, nullptr);
  thread_ = std::jthread([on_stop = std::move(on_stop)](const std::stop_token& done) {
    const sigset_t set = stop_set();
    const timespec turn{0, 100'000'000};
    bool asked = false;
    while (!done.stop_requested()) {
      if (sigtimedwait(&set, nullptr, &turn) <= 0) continue;
      if (asked) _exit(130);
      asked = true;
      on_stop();
    }
  });
}

}  // namespace millrace::job
