// Which event time each trade carries: from the wall clock or from a start, faster or slower than
// real time, and some of them late.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/base/result.hpp"
#include "generator/market/random.hpp"
#include "generator/market/trade.hpp"

namespace millrace::pace {

// "500ms", "30s", "2m", "1h"; also a fraction: "1.5s". nullopt when it is none of these or
// negative.
std::optional<std::chrono::microseconds> parse_duration(std::string_view text);

struct Lateness {
  double fraction = 0;  // 0..1 of the trades
  std::chrono::microseconds delay{0};
};

// "0.01:30s". Error: validation, with what is expected.
base::Result<Lateness> parse_lateness(std::string_view text);

struct EventTimeOptions {
  // Given: trade i happened at start + i / rate * time_scale, whatever the wall clock says, so that
  // the same options give the same bytes. Not given: local time, running time_scale times faster
  // from the first trade on.
  std::optional<market::LocalMicros> start;
  double rate = 5;        // trades per second, > 0
  double time_scale = 1;  // > 0
  Lateness late;
  std::uint64_t seed = 0;  // which trades are late
};

// One thread.
class EventTimes {
 public:
  explicit EventTimes(const EventTimeOptions& options)
      : options_(options), random_(options.seed ^ 0x6c617465ULL) {}

  // Of the next trade. wall: microseconds since the epoch, UTC; asked for only without a start. A
  // late trade's time is `delay` before that of the trades around it.
  market::LocalMicros next(std::int64_t wall);

 private:
  EventTimeOptions options_;
  market::Random random_;
  std::uint64_t index_ = 0;
  std::int64_t first_wall_ = 0;
};

// What a clock in the process's time zone shows at that instant.
market::LocalMicros to_local(std::int64_t epoch_us);

}  // namespace millrace::pace
