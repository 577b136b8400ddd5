// Running totals, for SUM and AVG. Integers wrap around like Java's; a DECIMAL total that leaves 38
// digits stays lost.
#pragma once

#include <cstdint>

#include "runtime/data/decimal.hpp"

namespace millrace::aggregates {

inline void add_to(std::int64_t& total, std::int64_t value, bool&) {
  total = static_cast<std::int64_t>(static_cast<std::uint64_t>(total) +
                                    static_cast<std::uint64_t>(value));
}
inline void add_to(double& total, double value, bool&) {
  total += value;
}
inline void add_to(data::Int128& total, data::Int128 value, bool& lost) {
  data::Int128 sum = 0;
  if (__builtin_add_overflow(total, value, &sum) ||
      !data::fits(sum, data::LogicalType::max_precision)) {
    lost = true;
    return;
  }
  total = sum;
}

inline void take_from(std::int64_t& total, std::int64_t value, bool&) {
  total = static_cast<std::int64_t>(static_cast<std::uint64_t>(total) -
                                    static_cast<std::uint64_t>(value));
}
inline void take_from(double& total, double value, bool&) {
  total -= value;
}
inline void take_from(data::Int128& total, data::Int128 value, bool& lost) {
  add_to(total, -value, lost);
}

}  // namespace millrace::aggregates
