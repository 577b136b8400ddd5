// One run of `millrace-generator trades`.
#pragma once

#include <functional>

#include "common/base/result.hpp"
#include "common/base/waiter.hpp"
#include "generator/options.hpp"

namespace millrace::generator {

// How a signal's thread reaches what is under way.
class Interrupt {
 public:
  // First signal: no new trades.
  void stop() { waiter_.stop(); }
  // A call hangs: cut it.
  void cut() {
    const std::lock_guard lock{mutex_};
    if (cut_) cut_();
  }
  void on_cut(std::function<void()> action) {
    const std::lock_guard lock{mutex_};
    cut_ = std::move(action);
  }
  base::Waiter& waiter() { return waiter_; }

 private:
  base::RealWaiter waiter_;
  std::mutex mutex_;  // guards cut_
  std::function<void()> cut_;
};

// Puts trades until the count is reached or `interrupt` says stop, then prints the totals on
// standard error. Being stopped is a success.
base::Status run_trades(const Options& options, Interrupt& interrupt);

}  // namespace millrace::generator
