// Java's integer arithmetic and conversions on 64-bit cells.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

#include "runtime/data/type.hpp"

namespace millrace::expr {

// The low bits of a value as the integer type holds them (Java's (int) of a long).
inline std::int64_t wrap_to(data::TypeKind kind, std::int64_t value) {
  switch (kind) {
    case data::TypeKind::tinyint:
      return static_cast<std::int8_t>(value);
    case data::TypeKind::smallint:
      return static_cast<std::int16_t>(value);
    case data::TypeKind::integer:
      return static_cast<std::int32_t>(value);
    default:
      return value;
  }
}

inline std::int64_t wrapping_add(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}
inline std::int64_t wrapping_subtract(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}
inline std::int64_t wrapping_multiply(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
}
inline std::int64_t wrapping_negate(std::int64_t a) {
  return wrapping_subtract(0, a);
}

// Java's (long) d: cut towards zero, held at the ends of the range, NaN is 0.
inline std::int64_t double_to_int64(double value) {
  if (std::isnan(value)) return 0;
  if (value >= 0x1p63) return std::numeric_limits<std::int64_t>::max();
  if (value <= -0x1p63) return std::numeric_limits<std::int64_t>::min();
  return static_cast<std::int64_t>(value);
}
// (int) d holds at the ends of int; (byte) and (short) go through int and wrap.
inline std::int64_t double_to_integer(data::TypeKind kind, double value) {
  if (kind == data::TypeKind::bigint) return double_to_int64(value);
  std::int64_t whole = double_to_int64(value);
  if (whole > std::numeric_limits<std::int32_t>::max())
    whole = std::numeric_limits<std::int32_t>::max();
  if (whole < std::numeric_limits<std::int32_t>::min())
    whole = std::numeric_limits<std::int32_t>::min();
  return wrap_to(kind, whole);
}

}  // namespace millrace::expr
