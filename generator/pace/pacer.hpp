// When trades are sent: in rounds, as the published generator does.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "common/base/waiter.hpp"

namespace millrace::pace {

// Rates up to this go out in rounds of five, one PutRecord each; higher ones in ten rounds a
// second.
constexpr double highest_slow_rate = 50;
constexpr std::size_t slow_round = 5;

// Microseconds of a clock that never goes back.
using SteadyMicros = std::function<std::int64_t()>;

// One thread.
//
//   while (const auto count = pacer.next_round()) send(count);
class Pacer {
 public:
  // rate: trades per second, > 0.
  Pacer(double rate, base::Waiter& waiter, SteadyMicros now);

  // Waits until a round is due and says how many trades it has; 0: the waiter was stopped. A round
  // that comes more than a second late moves all later ones: an outage is not followed by a flood.
  std::size_t next_round();

 private:
  struct Round {
    double at_s;
    std::size_t count;
  };
  [[nodiscard]] Round round(std::uint64_t number) const;

  const double rate_;
  base::Waiter& waiter_;
  const SteadyMicros now_;
  std::uint64_t number_ = 0;
  std::int64_t origin_ = 0;
};

}  // namespace millrace::pace
