#include "common/base/uint128.hpp"

#include <algorithm>

namespace millrace::base {

std::string to_decimal(Uint128 value) {
  char buffer[40];
  char* end = buffer + sizeof buffer;
  char* at = end;
  do {
    *--at = static_cast<char>('0' + static_cast<int>(value % 10));
    value /= 10;
  } while (value != 0);
  return {at, end};
}

std::optional<Uint128> parse_uint128(std::string_view text) {
  if (text.empty()) return std::nullopt;
  Uint128 value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<unsigned>(c - '0');
    if (value > (uint128_max - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

}  // namespace millrace::base
