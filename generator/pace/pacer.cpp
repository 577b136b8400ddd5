#include "generator/pace/pacer.hpp"

#include <cmath>
#include <utility>

namespace millrace::pace {

Pacer::Pacer(double rate, base::Waiter& waiter, SteadyMicros now)
    : rate_(rate), waiter_(waiter), now_(std::move(now)) {}

Pacer::Round Pacer::round(std::uint64_t number) const {
  const auto n = static_cast<double>(number);
  if (rate_ <= highest_slow_rate) return {n * static_cast<double>(slow_round) / rate_, slow_round};
  const double before = std::floor(rate_ * n / 10);
  const double after = std::floor(rate_ * (n + 1) / 10);
  return {n / 10, static_cast<std::size_t>(after - before)};
}

std::size_t Pacer::next_round() {
  const std::int64_t now = now_();
  if (number_ == 0) origin_ = now;
  const Round due = round(number_++);
  const std::int64_t wait = origin_ + std::llround(due.at_s * 1e6) - now;
  if (wait > 0 && !waiter_.wait(std::chrono::microseconds{wait})) return 0;
  if (wait < -1'000'000) origin_ -= wait;
  return waiter_.stopped() ? 0 : due.count;
}

}  // namespace millrace::pace
