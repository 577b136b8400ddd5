// Paths and queries of URLs.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace::admin {

// Turns %41 and, in a query, '+' back; nullopt where a % is not followed by two hexadecimal digits.
std::optional<std::string> url_decode(std::string_view text, bool plus_is_space);

// "a=1&b" -> {a, 1}, {b, ""}; nullopt as above.
std::optional<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view text);

}  // namespace millrace::admin
