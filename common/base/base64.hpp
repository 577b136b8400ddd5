// Base64 (RFC 4648, padded), as AWS JSON carries blobs.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::base {

constexpr std::size_t base64_size(std::size_t bytes) {
  return (bytes + 2) / 3 * 4;
}

// Writes base64_size(bytes.size()) characters to `out`; returns one past the last.
char* base64_encode_to(std::string_view bytes, char* out);
std::string base64_encode(std::string_view bytes);

// Strict: length a multiple of 4, only the standard alphabet, padding only at the end, unused bits
// zero. nullopt when the text is none of that.
std::optional<std::string> base64_decode(std::string_view text);
// The same into memory that has room for text.size() / 4 * 3 bytes; how many they were.
std::optional<std::size_t> base64_decode_to(std::string_view text, char* out);

}  // namespace millrace::base
