#include "runtime/expr/cast_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <string>

namespace millrace::expr {

std::string_view trim_spaces(std::string_view text) {
  // Java's trim(): everything up to the space.
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  return text;
}

std::optional<std::int64_t> parse_integer(std::string_view text, std::int64_t min,
                                          std::int64_t max) {
  text = trim_spaces(text);
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  std::int64_t value = 0;
  const char* stop = text.data() + text.size();
  auto [end, error] = std::from_chars(text.data(), stop, value);
  if (error != std::errc{}) {
    // ".5" has no digits before the point: zero.
    if (error == std::errc::invalid_argument && text.size() > 1 && text[0] == '.') {
      end = text.data();
    } else {
      return std::nullopt;
    }
  }
  if (end != stop && *end == '.') {
    for (++end; end != stop && *end >= '0' && *end <= '9';) ++end;
  }
  if (end != stop || value < min || value > max) return std::nullopt;
  return value;
}

namespace {

template <class Float>
std::optional<Float> parse_floating(std::string_view text) {
  text = trim_spaces(text);
  bool negative = false;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  const auto signed_value = [negative](Float value) { return negative ? -value : value; };
  if (text == "NaN") return std::numeric_limits<Float>::quiet_NaN();
  if (text == "Infinity") return signed_value(std::numeric_limits<Float>::infinity());
  if (text.empty() || !((text[0] >= '0' && text[0] <= '9') || text[0] == '.')) return std::nullopt;
  if (const char last = text.back(); last == 'd' || last == 'D' || last == 'f' || last == 'F') {
    text.remove_suffix(1);
  }
  Float value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument) return std::nullopt;
  if (error == std::errc::result_out_of_range) {
    // Java rounds: to infinity above, to zero below. The exponent's sign tells which, or leading
    // zeros.
    const std::size_t e = text.find_first_of("eE");
    bool tiny = e != std::string_view::npos && e + 1 < text.size() && text[e + 1] == '-';
    if (e == std::string_view::npos) tiny = text[0] == '0' || text[0] == '.';
    value = tiny ? Float{0} : std::numeric_limits<Float>::infinity();
  }
  return signed_value(value);
}

}  // namespace

std::optional<double> parse_double(std::string_view text) {
  return parse_floating<double>(text);
}
std::optional<float> parse_float(std::string_view text) {
  return parse_floating<float>(text);
}

std::optional<bool> parse_boolean(std::string_view text) {
  std::string word(text);
  for (char& c : word) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  for (const char* yes : {"true", "t", "yes", "y", "1"}) {
    if (word == yes) return true;
  }
  for (const char* no : {"false", "f", "no", "n", "0"}) {
    if (word == no) return false;
  }
  return std::nullopt;
}

namespace {

std::string type_text(const data::LogicalType& type) {
  return type.with_nullable(true).text();
}

// Digits with a sign and a point: too large then, not malformed.
bool is_whole_number(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const std::size_t point = std::min(text.find('.'), text.size());
  return text.find_first_not_of("0123456789.") == std::string_view::npos &&
         text.find('.', point + 1) == std::string_view::npos;
}

}  // namespace

std::string parse_error(std::string_view text, const data::LogicalType& to) {
  constexpr std::size_t shown = 100;
  const std::string value(text.substr(0, shown));
  if (to.is_approximate()) {
    return trim_spaces(text).empty() ? "empty String" : "For input string: \"" + value + "\"";
  }
  if (to.is(data::TypeKind::decimal)) return "For input string: '" + value + "'. Overflow.";
  if (to.is_numeric()) {
    const std::string_view number = trim_spaces(text);
    if (number.empty()) return "For input string: '" + value + "'. Input is empty.";
    return "For input string: '" + value + "'. " +
           (is_whole_number(number) ? "Overflow." : "Invalid character found.");
  }
  if (to.is(data::TypeKind::date)) return "For input string: '" + value + "'.";
  if (to.is_timestamp()) return "Text '" + value + "' could not be parsed as " + type_text(to);
  return "Cannot parse '" + value + "' as " + type_text(to) + ".";
}

}  // namespace millrace::expr
