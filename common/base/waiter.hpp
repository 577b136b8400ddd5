// Waiting that somebody else can end, and that tests need not sit through.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace millrace::base {

// Thread-safe.
class Waiter {
 public:
  virtual ~Waiter() = default;
  // Waits that long; false as soon as stop was asked for (also when it was before).
  virtual bool wait(std::chrono::microseconds time) = 0;
  [[nodiscard]] virtual bool stopped() const = 0;
  // Ends every wait, now and later. Not from a signal handler.
  virtual void stop() = 0;
};

class RealWaiter final : public Waiter {
 public:
  bool wait(std::chrono::microseconds time) override {
    std::unique_lock lock{mutex_};
    return !changed_.wait_for(lock, time, [this] { return stopped_; });
  }
  [[nodiscard]] bool stopped() const override {
    const std::lock_guard lock{mutex_};
    return stopped_;
  }
  void stop() override {
    {
      const std::lock_guard lock{mutex_};
      stopped_ = true;
    }
    changed_.notify_all();
  }

 private:
  mutable std::mutex mutex_;  // guards stopped_
  std::condition_variable changed_;
  bool stopped_ = false;
};

}  // namespace millrace::base
