// Unsigned 256-bit integers, as far as DECIMAL(38) arithmetic needs them between two 128-bit
// values.
#pragma once

#include <array>
#include <cstdint>

#include "common/base/uint128.hpp"

namespace millrace::data {

using base::Uint128;

struct Wide {
  Uint128 high = 0;
  Uint128 low = 0;

  friend bool operator==(const Wide&, const Wide&) = default;
  friend bool operator<(const Wide& a, const Wide& b) {
    return a.high != b.high ? a.high < b.high : a.low < b.low;
  }
};

inline Wide wide_multiply(Uint128 a, Uint128 b) {
  constexpr Uint128 mask = ~std::uint64_t{0};
  const Uint128 a0 = a & mask;
  const Uint128 a1 = a >> 64U;
  const Uint128 b0 = b & mask;
  const Uint128 b1 = b >> 64U;
  const Uint128 low = a0 * b0;
  const Uint128 mid1 = a1 * b0 + (low >> 64U);
  const Uint128 mid2 = a0 * b1 + (mid1 & mask);
  return {a1 * b1 + (mid1 >> 64U) + (mid2 >> 64U), (mid2 << 64U) | (low & mask)};
}

inline Wide wide_add(const Wide& a, const Wide& b) {
  const Uint128 low = a.low + b.low;
  return {a.high + b.high + (low < a.low ? 1U : 0U), low};
}

inline Wide wide_subtract(const Wide& a, const Wide& b) {  // a >= b
  return {a.high - b.high - (a.low < b.low ? 1U : 0U), a.low - b.low};
}

struct WideQuotient {
  Wide quotient;
  Uint128 remainder = 0;
};

// divisor != 0 and < 2^127. Shift and subtract: slow, and only reached when 128 bits do not
// suffice.
inline WideQuotient wide_divide(const Wide& value, Uint128 divisor) {
  WideQuotient result;
  if (value.high == 0) {
    result.quotient.low = value.low / divisor;
    result.remainder = value.low % divisor;
    return result;
  }
  result.quotient.high = value.high / divisor;
  Uint128 rest = value.high % divisor;
  for (int bit = 127; bit >= 0; --bit) {
    rest = (rest << 1U) | ((value.low >> static_cast<unsigned>(bit)) & 1U);
    result.quotient.low <<= 1U;
    if (rest >= divisor) {
      rest -= divisor;
      result.quotient.low |= 1U;
    }
  }
  result.remainder = rest;
  return result;
}

}  // namespace millrace::data
