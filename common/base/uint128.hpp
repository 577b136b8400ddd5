// Unsigned 128-bit integers: hash keys, and the decimal text AWS writes them in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::base {

__extension__ using Uint128 = unsigned __int128;
__extension__ using Int128 = __int128;

constexpr Uint128 uint128_max = ~Uint128{0};

std::string to_decimal(Uint128 value);

// Digits only, no sign; nullopt when empty, not all digits, or above 2^128 - 1.
std::optional<Uint128> parse_uint128(std::string_view text);

}  // namespace millrace::base
