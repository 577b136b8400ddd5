#include "emulator/engine/committer.hpp"

#include <chrono>

#include "common/base/log.hpp"

namespace millrace::engine {
namespace {

using SteadyClock = std::chrono::steady_clock;

// How often housekeeping looks, and how much it does between two commits: small enough that a put
// waiting behind it is not noticed.
constexpr auto tidy_every = std::chrono::milliseconds(250);
constexpr std::int64_t tidy_records = 2000;

}  // namespace

Committer::Committer(Engine& engine) : engine_(engine), thread_([this] { work(); }) {}

Committer::~Committer() {
  {
    const std::lock_guard guard{mutex_};
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Committer::submit(Job& job) {
  bool first = false;
  {
    const std::lock_guard guard{mutex_};
    first = queue_.empty();
    queue_.push_back(&job);
  }
  if (first) wake_.notify_one();
}

void Committer::work() {
  std::vector<Job*> jobs;
  auto next_tidy = SteadyClock::now() + tidy_every;
  for (;;) {
    jobs.clear();
    {
      std::unique_lock lock{mutex_};
      wake_.wait_until(lock, next_tidy, [this] { return !queue_.empty() || stopping_; });
      if (queue_.empty() && stopping_) return;
      jobs.swap(queue_);
    }
    if (!jobs.empty()) run(jobs);
    if (SteadyClock::now() >= next_tidy) {
      tidy();
      next_tidy = SteadyClock::now() + tidy_every;
    }
  }
}

void Committer::run(const std::vector<Job*>& jobs) {
  auto status = engine_.begin();
  if (status) {
    for (auto* job : jobs) job->run(engine_);
    status = engine_.commit();
  }
  if (!status && healthy_) {
    base::log().error("a commit failed, nothing of it was acknowledged: {}",
                      status.error().message());
  } else if (status && !healthy_) {
    base::log().info("commits work again");
  }
  healthy_ = status.has_value();
  if (engine_.take_clock_moved()) tidy();
  for (auto* job : jobs) job->finish(status);
}

void Committer::tidy() {
  for (bool more = true; more;) {
    auto status = engine_.begin();
    if (!status) return;  // the next commit will say so
    auto did = engine_.tidy(tidy_records);
    status = engine_.commit();
    if (!did || !status) {
      base::log().warn("housekeeping failed and will be tried again: {}",
                       (did ? status.error() : did.error()).message());
      return;
    }
    more = did.value();
    const std::lock_guard guard{mutex_};
    if (!queue_.empty() || stopping_) return;  // calls first; the rest can wait
  }
}

}  // namespace millrace::engine
