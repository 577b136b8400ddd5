// Digests, all from OpenSSL. Results are raw bytes; hex() makes them readable.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::base {

std::array<std::uint8_t, 16> md5(std::string_view bytes);
std::array<std::uint8_t, 32> sha256(std::string_view bytes);
std::array<std::uint8_t, 32> hmac_sha256(std::string_view key, std::string_view bytes);

// Lower-case hexadecimal.
std::string hex(std::string_view bytes);

template <std::size_t N>
std::string_view as_view(const std::array<std::uint8_t, N>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), N};
}

}  // namespace millrace::base
