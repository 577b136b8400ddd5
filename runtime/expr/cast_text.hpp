// CAST from text: what Flink accepts as a number, a truth value, a time. Spaces around a number are
// ignored.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/data/type.hpp"

namespace millrace::expr {

std::string_view trim_spaces(std::string_view text);

// "12", " -7 ", "4.9" (cut to 4): digits with an optional fraction that is ignored. nullopt:
// malformed, or out of the type's range [min, max].
std::optional<std::int64_t> parse_integer(std::string_view text, std::int64_t min,
                                          std::int64_t max);
// As Java's Double.parseDouble: "1e3", "NaN", "Infinity", "1.5d".
std::optional<double> parse_double(std::string_view text);
std::optional<float> parse_float(std::string_view text);
// true, t, yes, y, 1 and false, f, no, n, 0 in any case.
std::optional<bool> parse_boolean(std::string_view text);

// What Flink says of a text that CAST cannot read as `to`.
std::string parse_error(std::string_view text, const data::LogicalType& to);

}  // namespace millrace::expr
