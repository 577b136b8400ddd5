// JSON text itself: writing a string, and mending what RapidJSON refuses but Flink's parser takes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::formats {

// "text" with Jackson's escapes; `text` is UTF-8. What lies above U+FFFF is written as two escapes
// by its generator (a record), and as it is by its tree (an object kept as text).
enum class Above : std::uint8_t { escaped, kept };
void append_json_text(std::string& out, std::string_view text, Above above = Above::escaped);

// The message with control characters inside texts escaped, and numbers that no double holds
// (1e400) as texts: the columns read them the same way.
std::string mended_json(std::string_view message);

}  // namespace millrace::formats
