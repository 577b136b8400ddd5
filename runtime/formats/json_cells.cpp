#include "runtime/formats/json_cells.hpp"

#include <charconv>
#include <cmath>
#include <limits>

#include "common/base/base64.hpp"
#include "runtime/data/decimal.hpp"

namespace millrace::formats {
namespace {

using data::TypeKind;

// String.trim(): everything up to the space character.
std::string_view trimmed(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  return text;
}

// Double.parseDouble() of the texts that occur; hexadecimal and suffixes are not among them.
bool parse_double(std::string_view text, double& value) {
  auto digits = text;
  if (!digits.empty() && digits.front() == '+') digits.remove_prefix(1);
  const bool negative = digits.starts_with('-');
  const auto unsigned_text = negative ? digits.substr(1) : digits;
  if (unsigned_text == "NaN" || unsigned_text == "Infinity") {
    value = unsigned_text == "NaN" ? std::numeric_limits<double>::quiet_NaN()
                                   : std::numeric_limits<double>::infinity();
    if (negative) value = -value;
    return true;
  }
  if (unsigned_text.empty() || (unsigned_text.front() != '.' &&
                                (unsigned_text.front() < '0' || unsigned_text.front() > '9'))) {
    return false;
  }
  const auto* end = digits.data() + digits.size();
  const auto [stopped, failed] = std::from_chars(digits.data(), end, value);
  if (stopped != end) return false;
  if (failed == std::errc::result_out_of_range) {
    // Java answers zero or infinity. from_chars does not say which: the exponent's sign does.
    const auto exponent = digits.find_first_of("eE");
    const bool tiny = exponent != std::string_view::npos && digits[exponent + 1] == '-';
    value = tiny ? 0.0 : std::numeric_limits<double>::infinity();
    if (negative) value = -value;
    return true;
  }
  return failed == std::errc{};
}

// Integer.parseInt() and its kin: a sign, digits, nothing else.
bool parse_whole(std::string_view text, std::int64_t low, std::int64_t high, std::int64_t& value) {
  if (!text.empty() && text.front() == '+') {
    text.remove_prefix(1);
    if (text.starts_with('-')) return false;
  }
  const auto* end = text.data() + text.size();
  const auto [stopped, failed] = std::from_chars(text.data(), end, value);
  return failed == std::errc{} && stopped == end && value >= low && value <= high;
}

// JsonParser.getIntValue(): a fraction is cut off, what is out of range is an error.
bool number_to_whole(std::string_view text, std::int64_t low, std::int64_t high,
                     std::int64_t& value) {
  if (parse_whole(text, low, high, value)) return true;
  if (text.find_first_of(".eE") == std::string_view::npos) return false;
  double real = 0;
  if (!parse_double(text, real)) return false;
  // Compared before the fraction is cut: 2147483647.9 is no INT.
  if (!(real >= static_cast<double>(low)) || real > static_cast<double>(high)) return false;
  // The limit itself, which is 2^63 as a double: Java's cast gives the largest there is.
  value = real >= 9223372036854775808.0 ? high : static_cast<std::int64_t>(real);
  return true;
}

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] + 32) : text[i];
    if (c != lower[i]) return false;
  }
  return true;
}

struct Range {
  std::int64_t low;
  std::int64_t high;
};

Range range_of(TypeKind kind) {
  switch (kind) {
    case TypeKind::tinyint:
      return {-128, 127};
    case TypeKind::smallint:
      return {-32768, 32767};
    case TypeKind::integer:
      return {INT32_MIN, INT32_MAX};
    default:
      return {INT64_MIN, INT64_MAX};
  }
}

bool append_whole(data::Column& column, Token token, std::string_view text) {
  const auto kind = column.type().kind();
  const auto [low, high] = range_of(kind);
  std::int64_t value = 0;
  // Flink reads TINYINT and SMALLINT through the text, INT and BIGINT through the number.
  const bool through_number =
      token == Token::number && (kind == TypeKind::integer || kind == TypeKind::bigint);
  const bool good = through_number ? number_to_whole(text, low, high, value)
                                   : parse_whole(trimmed(text), low, high, value);
  if (good) column.append(value);
  return good;
}

bool append_real(data::Column& column, std::string_view text) {
  double value = 0;
  if (!parse_double(trimmed(text), value)) return false;
  // A FLOAT column holds doubles that are floats.
  if (column.type().is(TypeKind::float32)) value = static_cast<double>(static_cast<float>(value));
  column.append(value);
  return true;
}

bool append_decimal(data::Column& column, std::string_view text) {
  bool valid = true;
  const auto value =
      data::parse_decimal(trimmed(text), column.type().precision(), column.type().scale(), valid);
  if (!valid) return false;
  if (value) {
    column.append(*value);
  } else {
    column.append_null();  // more digits than the type has: NULL, as Flink gives
  }
  return true;
}

}  // namespace

bool append_cell(data::Column& column, Token token, std::string_view text,
                 data::TimestampStyle timestamps, data::Arena& arena) {
  switch (column.type().kind()) {
    case TypeKind::character:
    case TypeKind::varchar:
      column.append(text);
      return true;
    case TypeKind::boolean:
      // Boolean.parseBoolean(): never an error, only "true" in any case is true.
      column.append<std::uint8_t>(equals_ignoring_case(trimmed(text), "true") ? 1 : 0);
      return true;
    case TypeKind::tinyint:
    case TypeKind::smallint:
    case TypeKind::integer:
    case TypeKind::bigint:
      return append_whole(column, token, text);
    case TypeKind::float32:
    case TypeKind::float64:
      return append_real(column, text);
    case TypeKind::decimal:
      return append_decimal(column, text);
    case TypeKind::date: {
      const auto days = data::parse_date(text);
      if (days) column.append(*days);
      return days.has_value();
    }
    case TypeKind::time: {
      const auto millis = data::parse_time(text, data::TimestampStyle::sql);
      if (millis) column.append(*millis / 1000 * 1000);  // Flink drops what is below the second
      return millis.has_value();
    }
    case TypeKind::timestamp:
    case TypeKind::timestamp_ltz: {
      const auto value =
          data::parse_timestamp(text, timestamps, column.type().is(TypeKind::timestamp_ltz));
      if (value) column.append(*value);
      return value.has_value();
    }
    case TypeKind::binary:
    case TypeKind::varbinary: {
      const auto bytes = token == Token::text ? base::base64_decode(trimmed(text)) : std::nullopt;
      if (bytes) column.append(arena.copy(*bytes));
      return bytes.has_value();
    }
    case TypeKind::null:
    case TypeKind::interval_months:
    case TypeKind::interval_millis:
    case TypeKind::array:
    case TypeKind::map:
    case TypeKind::multiset:
    case TypeKind::row:  // a scalar where an object or array is due
      break;             // refused when the decoder was made
  }
  return false;
}

}  // namespace millrace::formats
