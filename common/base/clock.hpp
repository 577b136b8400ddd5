// Time is always passed in, so that tests decide it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

namespace millrace::base {

// Milliseconds since 1970-01-01T00:00:00Z.
using Millis = std::chrono::milliseconds;
using Timestamp = std::chrono::time_point<std::chrono::system_clock, Millis>;

// Thread-safe: any thread may ask at any time.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Timestamp now() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override {
    return std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now());
  }
};

// A clock that stands still until told otherwise; for tests.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(std::int64_t epoch_ms = 1'700'000'000'000) : ms_(epoch_ms) {}
  [[nodiscard]] Timestamp now() const override { return Timestamp{Millis{ms_.load()}}; }
  void advance(Millis by) { ms_ += by.count(); }
  void set(std::int64_t epoch_ms) { ms_ = epoch_ms; }

 private:
  std::atomic<std::int64_t> ms_;
};

inline std::int64_t to_epoch_ms(Timestamp time) {
  return time.time_since_epoch().count();
}
inline Timestamp from_epoch_ms(std::int64_t ms) {
  return Timestamp{Millis{ms}};
}

}  // namespace millrace::base
