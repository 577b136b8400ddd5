// Text by code points: the pieces the string functions are made of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::expr {

bool is_ascii(std::string_view text);
// The byte where code point `index` begins; text.size() when there are fewer.
std::size_t code_point_offset(std::string_view text, std::size_t index);
// SUBSTRING: 1 is the first; 0 acts as 1; a negative start counts from the end; nullopt for a
// negative length.
std::optional<std::string_view> substring(std::string_view text, std::int64_t start,
                                          std::optional<std::int64_t> length);
// Simple case mappings of Unicode; one code point stays one.
void append_upper(std::string& out, std::string_view text);
void append_lower(std::string& out, std::string_view text);
void append_utf8(std::string& out, std::uint32_t code_point);
// The code point at `at`, which moves past it; a stray byte is itself.
std::uint32_t next_code_point(std::string_view text, std::size_t& at);

}  // namespace millrace::expr
