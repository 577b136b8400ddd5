// SIGINT and SIGTERM as a call.
#pragma once

#include <functional>
#include <thread>

namespace millrace::job {

// From construction on, SIGINT and SIGTERM no longer end the process: the first calls `on_stop` on
// a thread of this object's, the second ends the process with 130 at once. Construct before any
// other thread.
class StopSignals {
 public:
  explicit StopSignals(std::function<void()> on_stop);

 private:
  std::jthread thread_;
};

}  // namespace millrace::job
