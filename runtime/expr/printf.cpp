#include "runtime/expr/printf.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <optional>

#include "runtime/data/decimal.hpp"
#include "runtime/data/text.hpp"
#include "runtime/expr/strings.hpp"

namespace millrace::expr {

namespace {

using data::Column;
using data::LogicalType;
using data::TypeKind;

// A width or precision beyond this is refused rather than written.
constexpr int widest = 1'000'000;
// A text that is longer already does not grow by another argument.
constexpr std::size_t longest = std::size_t{64} << 20U;

struct Spec {
  int index = 0;  // 1-based; 0: the next one; -1: the one before again
  bool left = false, plus = false, space = false, zero = false, comma = false, paren = false,
       sharp = false;
  int width = -1;
  int precision = -1;
  char conversion = 0;
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Reads digits at `at`; -1 when there are none, nothing when there are too many.
std::optional<int> number(std::string_view text, std::size_t& at) {
  if (at >= text.size() || !is_digit(text[at])) return -1;
  int value = 0;
  for (; at < text.size() && is_digit(text[at]); ++at) {
    value = value * 10 + (text[at] - '0');
    if (value > widest) return std::nullopt;
  }
  return value;
}

// Behind the '%'.
bool parse_spec(std::string_view format, std::size_t& at, Spec& spec) {
  const std::size_t begin = at;
  const auto index = number(format, at);
  if (index && *index > 0 && at < format.size() && format[at] == '$') {
    spec.index = *index;
    ++at;
  } else {
    at = begin;
    if (at < format.size() && format[at] == '<') {
      spec.index = -1;
      ++at;
    }
  }
  for (; at < format.size(); ++at) {
    const char c = format[at];
    bool* flag = c == '-'   ? &spec.left
                 : c == '+' ? &spec.plus
                 : c == ' ' ? &spec.space
                 : c == '0' ? &spec.zero
                 : c == ',' ? &spec.comma
                 : c == '(' ? &spec.paren
                 : c == '#' ? &spec.sharp
                            : nullptr;
    if (flag == nullptr) break;
    if (*flag) return false;
    *flag = true;
  }
  const auto width = number(format, at);
  if (!width) return false;
  spec.width = *width;
  if (at < format.size() && format[at] == '.') {
    ++at;
    const auto precision = number(format, at);
    if (!precision || *precision < 0) return false;
    spec.precision = *precision;
  }
  if (at >= format.size()) return false;
  spec.conversion = format[at++];
  return (!spec.left && !spec.zero) || (spec.width >= 0 && spec.left != spec.zero);
}

void pad(std::string& out, const Spec& spec, std::string_view text) {
  const auto points = static_cast<int>(data::count_code_points(text));
  const auto missing = static_cast<std::size_t>(std::max(0, spec.width - points));
  if (!spec.left) out.append(missing, ' ');
  out.append(text);
  if (spec.left) out.append(missing, ' ');
}

// A number's digits with sign, grouping and leading zeros.
void append_number(std::string& out, const Spec& spec, bool negative, std::string digits) {
  if (spec.comma) {
    std::size_t whole = digits.find('.');
    if (whole == std::string::npos) whole = digits.size();
    for (std::size_t i = whole; i > 3; i -= 3) digits.insert(i - 3, ",");
  }
  std::string before = negative     ? (spec.paren ? "(" : "-")
                       : spec.plus  ? "+"
                       : spec.space ? " "
                                    : "";
  const std::string after = negative && spec.paren ? ")" : "";
  if (spec.zero) {
    const auto length = static_cast<int>(before.size() + digits.size() + after.size());
    if (spec.width > length) before.append(static_cast<std::size_t>(spec.width - length), '0');
  }
  pad(out, spec, before + digits + after);
}

bool is_whole(const LogicalType& type) {
  return type.is_integer() || type.is(TypeKind::date) || type.is(TypeKind::time);
}

int bits_of(TypeKind kind) {
  switch (kind) {
    case TypeKind::tinyint:
      return 8;
    case TypeKind::smallint:
      return 16;
    case TypeKind::bigint:
      return 64;
    default:
      return 32;
  }
}

bool append_whole(std::string& out, const Spec& spec, const Column& arg, std::size_t row) {
  if (!is_whole(arg.type()) || spec.precision >= 0) return false;
  const std::int64_t value = arg.at<std::int64_t>(row);
  if (spec.conversion == 'd') {
    if (spec.sharp || (spec.plus && spec.space)) return false;
    const bool negative = value < 0;
    const auto size =
        negative ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    append_number(out, spec, negative, std::to_string(size));
    return true;
  }
  if (spec.plus || spec.space || spec.comma || spec.paren) return false;
  // Octal and hexadecimal show the bits of the type.
  auto bits = static_cast<std::uint64_t>(value);
  const int width = bits_of(arg.type().kind());
  if (width < 64) bits &= (std::uint64_t{1} << static_cast<unsigned>(width)) - 1;
  const unsigned shift = spec.conversion == 'o' ? 3 : 4;
  std::string digits;
  do {
    digits.insert(digits.begin(), "0123456789abcdef"[bits & ((1U << shift) - 1)]);
    bits >>= shift;
  } while (bits != 0);
  std::string before = spec.sharp ? (shift == 3 ? "0" : "0x") : "";
  const auto length = static_cast<int>(before.size() + digits.size());
  if (spec.zero && spec.width > length) {
    before.append(static_cast<std::size_t>(spec.width - length), '0');
  }
  pad(out, spec, before + digits);
  return true;
}

// HALF_UP of the shortest decimal text, as Java rounds.
std::string fixed(double value, int precision) {
  const auto exact = precision <= 17 && std::fabs(value) < 1e17
                         ? data::decimal_from_double(value, LogicalType::max_precision, precision)
                         : std::nullopt;
  std::string text;
  if (exact) {
    data::append_decimal_plain(text, *exact, precision);
    return text;
  }
  text.resize(static_cast<std::size_t>(precision) + 330);
  const int size = std::snprintf(text.data(), text.size(), "%.*f", precision, value);
  text.resize(static_cast<std::size_t>(std::max(0, size)));
  return text;
}

bool append_real(std::string& out, const Spec& spec, const Column& arg, std::size_t row) {
  if (!arg.type().is_approximate() || (spec.plus && spec.space)) return false;
  const double value = arg.at<double>(row);
  if (!std::isfinite(value)) {
    Spec plain = spec;
    plain.zero = plain.comma = false;
    append_number(out, plain, value < 0, std::isnan(value) ? "NaN" : "Infinity");
    return true;
  }
  const bool negative = std::signbit(value);
  const double size = std::fabs(value);
  int precision = spec.precision < 0 ? 6 : spec.precision;
  if (precision > 1000) return false;
  char conversion = spec.conversion;
  if (conversion == 'g') {
    if (precision == 0) precision = 1;
    if (size != 0 && (size < 1e-4 || size >= std::pow(10.0, precision))) {
      conversion = 'e';
      --precision;
    } else {
      conversion = 'f';
      precision = size == 0 ? precision - 1
                            : precision - 1 - static_cast<int>(std::floor(std::log10(size)));
    }
  }
  std::string digits;
  if (conversion == 'e') {
    if (spec.comma) return false;
    digits.resize(static_cast<std::size_t>(precision) + 32);
    digits.resize(static_cast<std::size_t>(
        std::snprintf(digits.data(), digits.size(), "%.*e", precision, size)));
  } else {
    digits = fixed(size, std::max(0, precision));
  }
  append_number(out, spec, negative, std::move(digits));
  return true;
}

bool append_one(std::string& out, const Spec& spec, const Column& arg, std::size_t row) {
  const bool null = arg.is_null(row);
  std::string text;
  switch (spec.conversion) {
    case 'b':
      text = null                                ? "false"
             : !arg.type().is(TypeKind::boolean) ? "true"
             : arg.at<std::uint8_t>(row) != 0    ? "true"
                                                 : "false";
      break;
    case 's':
      if (spec.sharp) return false;
      // Flink hands days and milliseconds to Java's formatter.
      if (!null && is_whole(arg.type())) {
        data::append_int64(text, arg.at<std::int64_t>(row));
      } else {
        data::append_java_text(text, arg, row);
      }
      break;
    case 'c': {
      if (spec.precision >= 0) return false;
      if (null) {
        text = "null";
        break;
      }
      if (!is_whole(arg.type()) || arg.type().is(TypeKind::bigint)) return false;
      const std::int64_t code = arg.at<std::int64_t>(row);
      if (code < 0 || code > 0x10FFFF) return false;
      append_utf8(text, static_cast<std::uint32_t>(code));
      break;
    }
    case 'd':
    case 'o':
    case 'x':
      if (!null) return append_whole(out, spec, arg, row);
      text = "null";
      break;
    case 'e':
    case 'f':
    case 'g':
      if (!null) return append_real(out, spec, arg, row);
      text = "null";
      break;
    default:
      return false;
  }
  if (null && spec.precision >= 0 && spec.conversion != 'd') {
    text.resize(std::min(text.size(), static_cast<std::size_t>(spec.precision)));
  }
  if (spec.plus || spec.space || spec.zero || spec.comma || spec.paren) {
    if (spec.conversion == 'b' || spec.conversion == 's' || spec.conversion == 'c') return false;
  }
  if (spec.precision >= 0 && (spec.conversion == 's' || spec.conversion == 'b')) {
    text.resize(code_point_offset(text, static_cast<std::size_t>(spec.precision)));
  }
  pad(out, spec, text);
  return true;
}

}  // namespace

bool append_printf(std::string& out, std::string_view format, std::span<const data::ColumnPtr> args,
                   std::size_t row) {
  std::size_t next = 0;
  std::optional<std::size_t> last;
  for (std::size_t at = 0; at < format.size();) {
    const std::size_t percent = format.find('%', at);
    out.append(format.substr(at, percent - at));
    if (percent == std::string_view::npos) return true;
    at = percent + 1;
    Spec spec;
    if (!parse_spec(format, at, spec)) return false;
    if (spec.conversion == '%' || spec.conversion == 'n') {
      pad(out, spec, spec.conversion == '%' ? "%" : "\n");
      continue;
    }
    std::size_t index = 0;
    if (spec.index == -1) {
      if (!last) return false;
      index = *last;
    } else {
      index = spec.index > 0 ? static_cast<std::size_t>(spec.index - 1) : next++;
    }
    if (index >= args.size() || out.size() > longest) return false;
    last = index;
    const bool capitals =
        std::string_view("BSCXEG").find(spec.conversion) != std::string_view::npos;
    if (capitals) spec.conversion = static_cast<char>(spec.conversion | 32);
    std::string one;
    if (!append_one(one, spec, *args[index], row)) return false;
    if (capitals) {
      append_upper(out, one);
    } else {
      out.append(one);
    }
  }
  return true;
}

}  // namespace millrace::expr
