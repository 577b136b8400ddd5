// One run of `millrace-generator trades` or `nexmark`.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "common/base/result.hpp"
#include "common/base/waiter.hpp"
#include "generator/options.hpp"
#include "generator/sink/sink.hpp"

namespace millrace::generator {

// How a signal's thread reaches what is under way.
class Interrupt {
 public:
  // First signal: no new events.
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

// Makes the events of a run, in order. One thread.
class Source {
 public:
  virtual ~Source() = default;
  // Fills `out` (its data is empty) and says what partitions the event by itself: a ticker or an
  // id, valid until the next call.
  virtual std::string_view next(sink::Record& out) = 0;
};

std::unique_ptr<Source> trade_source(const TradeOptions& options);
std::unique_ptr<Source> nexmark_source(const NexmarkOptions& options);

// Puts events until the count is reached or `interrupt` says stop, then prints the totals on
// standard error. Being stopped is a success.
base::Status run(const Options& options, Source& source, Interrupt& interrupt);

}  // namespace millrace::generator
