// Is it UTF-8?
#pragma once

#include <string_view>

namespace millrace::cbor {

// As RFC 3629 has it: shortest forms only, no surrogates, nothing beyond U+10FFFF.
bool is_utf8(std::string_view text);

}  // namespace millrace::cbor
