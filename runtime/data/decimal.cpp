#include "runtime/data/decimal.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "common/base/result.hpp"
#include "runtime/data/text.hpp"
#include "runtime/data/wide.hpp"

namespace millrace::data {

namespace {

constexpr int max_digits = LogicalType::max_precision;

constexpr std::array<Int128, 39> make_powers() {
  std::array<Int128, 39> powers{};
  Int128 power = 1;
  for (Int128& slot : powers) {
    slot = power;
    power = static_cast<Int128>(static_cast<Uint128>(power) * 10U);  // the one past 10^38 is unused
  }
  return powers;
}
constexpr std::array<Int128, 39> powers = make_powers();

constexpr Uint128 magnitude(Int128 value) {
  return value < 0 ? ~static_cast<Uint128>(value) + 1U : static_cast<Uint128>(value);
}

std::optional<Int128> with_sign(const Wide& value, bool negative, int precision) {
  if (value.high != 0 || value.low >= magnitude(power_of_ten(precision))) return std::nullopt;
  const auto number = static_cast<Int128>(value.low);
  return negative ? -number : number;
}

Wide increment(const Wide& value) {
  return wide_add(value, {0, 1});
}

// value / 10^exponent, HALF_UP; exponent 0..76.
Wide shrink(Wide value, int exponent) {
  if (exponent > max_digits) {
    // Cutting first is safe: the half of a power of ten is a whole number.
    value = wide_divide(value, magnitude(power_of_ten(max_digits))).quotient;
    exponent -= max_digits;
  }
  if (exponent == 0) return value;
  const Uint128 divisor = magnitude(power_of_ten(exponent));
  const WideQuotient result = wide_divide(value, divisor);
  return result.remainder >= divisor - result.remainder ? increment(result.quotient)
                                                        : result.quotient;
}

// value * 10^exponent; false when it leaves 256 bits.
bool stretch(Wide& value, int exponent) {
  while (exponent > 0) {
    const int step = std::min(exponent, max_digits);
    const Uint128 factor = magnitude(power_of_ten(step));
    const Wide high = wide_multiply(value.high, factor);
    if (high.high != 0) return false;
    const Wide low = wide_multiply(value.low, factor);
    const Uint128 sum = high.low + low.high;
    if (sum < high.low) return false;
    value = {sum, low.low};
    exponent -= step;
  }
  return true;
}

std::optional<Int128> to_scale(Wide value, bool negative, int from_scale, int precision,
                               int scale) {
  if (from_scale >= scale) return with_sign(shrink(value, from_scale - scale), negative, precision);
  if (!stretch(value, scale - from_scale)) return std::nullopt;
  return with_sign(value, negative, precision);
}

// A decimal's digits without sign and leading zeros; "0" for zero.
std::string digits_of(Int128 value) {
  const Uint128 number = magnitude(value);
  return base::to_decimal(number);
}

}  // namespace

Int128 power_of_ten(int exponent) {
  return powers[static_cast<std::size_t>(exponent)];
}

bool fits(Int128 value, int precision) {
  return magnitude(value) < magnitude(power_of_ten(precision));
}

std::optional<Int128> rescale(Int128 value, int from_scale, int to_precision, int to_scale) {
  if (from_scale == to_scale) {
    return fits(value, to_precision) ? std::optional(value) : std::nullopt;
  }
  return to_scale < from_scale || value != 0
             ? data::to_scale({0, magnitude(value)}, value < 0, from_scale, to_precision, to_scale)
             : std::optional<Int128>(0);
}

std::optional<Int128> parse_decimal(std::string_view text, int precision, int scale, bool& valid) {
  valid = false;
  std::size_t at = 0;
  bool negative = false;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) negative = text[at++] == '-';
  std::string digits;  // significant ones, without leading zeros
  std::int64_t fraction = 0;
  bool any = false;
  bool point = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '.' && !point) {
      point = true;
    } else if (c >= '0' && c <= '9') {
      any = true;
      if (c != '0' || !digits.empty()) digits.push_back(c);
      if (point) ++fraction;
    } else {
      break;
    }
  }
  if (!any) return std::nullopt;
  std::int64_t exponent = 0;
  if (at < text.size()) {
    if (text[at] != 'e' && text[at] != 'E') return std::nullopt;
    ++at;
    if (at < text.size() && text[at] == '+') ++at;
    const auto [end, error] =
        std::from_chars(text.data() + at, text.data() + text.size(), exponent);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    if (exponent > 2147483647 || exponent < -2147483647) return std::nullopt;
  }
  valid = true;
  if (digits.empty()) return Int128{0};
  // The number is digits * 10^shift units of the scale.
  const std::int64_t shift = exponent - fraction + scale;
  const std::int64_t kept = static_cast<std::int64_t>(digits.size()) + shift;
  if (kept < 0) return Int128{0};
  if (kept > max_digits) return std::nullopt;
  Int128 value = 0;
  for (std::int64_t i = 0; i < kept; ++i) {
    const auto place = static_cast<std::size_t>(i);
    value = value * 10 + (place < digits.size() ? digits[place] - '0' : 0);
  }
  if (shift < 0 && digits[static_cast<std::size_t>(kept)] >= '5') ++value;
  if (!fits(value, precision)) return std::nullopt;
  return negative ? -value : value;
}

std::optional<Int128> decimal_from_double(double value, int precision, int scale) {
  if (!std::isfinite(value)) return std::nullopt;
  std::string text;
  append_java_double(text, value);
  bool valid = false;
  return parse_decimal(text, precision, scale, valid);
}

double decimal_to_double(Int128 value, int scale) {
  constexpr auto exact = Int128{1} << 53U;
  if (value <= exact && value >= -exact && scale <= 22) {
    // Both sides are exact doubles, so the one division rounds correctly.
    return static_cast<double>(static_cast<std::int64_t>(value)) /
           static_cast<double>(power_of_ten(scale));
  }
  std::string text = (value < 0 ? "-" : "") + digits_of(value) + "e-" + std::to_string(scale);
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::int64_t decimal_to_int64(Int128 value, int scale) {
  return static_cast<std::int64_t>(value / power_of_ten(scale));
}

std::optional<Int128> decimal_add(Int128 a, int a_scale, Int128 b, int b_scale, int precision,
                                  int scale) {
  Int128 narrow = 0;
  if (a_scale == b_scale && !__builtin_add_overflow(a, b, &narrow)) {
    return rescale(narrow, a_scale, precision, scale);
  }
  const int common = std::max(a_scale, b_scale);
  Wide x{0, magnitude(a)};
  Wide y{0, magnitude(b)};
  stretch(x, common - a_scale);
  stretch(y, common - b_scale);
  const bool x_negative = a < 0;
  const bool y_negative = b < 0;
  Wide sum;
  bool negative = x_negative;
  if (x_negative == y_negative) {
    sum = wide_add(x, y);
  } else if (x < y) {
    sum = wide_subtract(y, x);
    negative = y_negative;
  } else {
    sum = wide_subtract(x, y);
  }
  return to_scale(sum, negative, common, precision, scale);
}

std::optional<Int128> decimal_multiply(Int128 a, int a_scale, Int128 b, int b_scale, int precision,
                                       int scale) {
  return to_scale(wide_multiply(magnitude(a), magnitude(b)), (a < 0) != (b < 0), a_scale + b_scale,
                  precision, scale);
}

std::optional<Int128> decimal_divide(Int128 a, int a_scale, Int128 b, int b_scale, int precision,
                                     int scale) {
  const bool negative = (a < 0) != (b < 0);
  const Uint128 divisor = magnitude(b);
  const int exponent = scale + b_scale - a_scale;
  Wide quotient{0, magnitude(a)};
  Uint128 remainder = 0;
  if (exponent < 0) {
    // a / (b * 10^-exponent), where the product may take 256 bits: then the quotient is below one
    // half unless a is almost as large.
    Wide whole{0, divisor};
    stretch(whole, -exponent);
    if (whole.high != 0) {
      const bool up = !(wide_add(quotient, quotient) < whole);
      return with_sign({0, up ? 1U : 0U}, negative, precision);
    }
    const Uint128 rest = quotient.low % whole.low;
    quotient.low /= whole.low;
    if (rest >= whole.low - rest) quotient = increment(quotient);
    return with_sign(quotient, negative, precision);
  }
  int done = 0;
  do {
    const int step = std::min(exponent - done, max_digits);
    if (done > 0 && !stretch(quotient, step)) return std::nullopt;
    const Wide dividend = done == 0 ? wide_multiply(quotient.low, magnitude(power_of_ten(step)))
                                    : wide_multiply(remainder, magnitude(power_of_ten(step)));
    const WideQuotient part = wide_divide(dividend, divisor);
    quotient = done == 0 ? part.quotient : wide_add(quotient, part.quotient);
    remainder = part.remainder;
    done += step;
  } while (done < exponent);
  if (remainder >= divisor - remainder) quotient = increment(quotient);
  return with_sign(quotient, negative, precision);
}

std::optional<Int128> decimal_modulo(Int128 a, int a_scale, Int128 b, int b_scale, int precision,
                                     int scale) {
  const bool negative = a < 0;
  Uint128 rest = 0;
  if (a_scale >= b_scale) {
    Wide divisor{0, magnitude(b)};
    stretch(divisor, a_scale - b_scale);
    rest =
        divisor.high != 0 || divisor.low > magnitude(a) ? magnitude(a) : magnitude(a) % divisor.low;
  } else {
    Wide dividend{0, magnitude(a)};
    stretch(dividend, b_scale - a_scale);
    rest = wide_divide(dividend, magnitude(b)).remainder;
  }
  return to_scale({0, rest}, negative, std::max(a_scale, b_scale), precision, scale);
}

int decimal_compare(Int128 a, int a_scale, Int128 b, int b_scale) {
  if (a_scale == b_scale || (a < 0) != (b < 0)) return a < b ? -1 : (a > b ? 1 : 0);
  Wide x{0, magnitude(a)};
  Wide y{0, magnitude(b)};
  stretch(x, std::max(0, b_scale - a_scale));
  stretch(y, std::max(0, a_scale - b_scale));
  if (x == y) return 0;
  return (x < y) == (a >= 0) ? -1 : 1;
}

void append_decimal_plain(std::string& out, Int128 value, int scale) {
  std::string digits = digits_of(value);
  if (value < 0) out.push_back('-');
  const auto places = static_cast<std::size_t>(scale);
  if (digits.size() <= places) digits.insert(0, places - digits.size() + 1, '0');
  out.append(digits, 0, digits.size() - places);
  if (places > 0) {
    out.push_back('.');
    out.append(digits, digits.size() - places, places);
  }
}

void append_decimal_java(std::string& out, Int128 value, int scale) {
  const std::string digits = digits_of(value);
  const int adjusted = static_cast<int>(digits.size()) - 1 - scale;
  if (scale >= 0 && adjusted >= -6) {
    append_decimal_plain(out, value, scale);
    return;
  }
  if (value < 0) out.push_back('-');
  out.push_back(digits[0]);
  if (digits.size() > 1) {
    out.push_back('.');
    out.append(digits, 1);
  }
  if (adjusted != 0) {
    out.push_back('E');
    if (adjusted > 0) out.push_back('+');
    append_int64(out, adjusted);
  }
}

void append_decimal_stripped(std::string& out, Int128 value, int scale) {
  if (value == 0) {
    out.push_back('0');
    return;
  }
  while (value % 10 == 0) {
    value /= 10;
    --scale;
  }
  append_decimal_java(out, value, scale);
}

namespace {

// Keeps at least six digits of fraction when the whole does not fit into 38 (as SQL Server and
// Flink do).
LogicalType adjusted(int precision, int scale, const LogicalType& a, const LogicalType& b) {
  if (precision > max_digits) {
    const int whole = precision - scale;
    scale = std::max(max_digits - whole, std::min(scale, 6));
    precision = max_digits;
  }
  return LogicalType::decimal(precision, scale).with_nullable(a.nullable() || b.nullable());
}

}  // namespace

LogicalType decimal_sum_type(const LogicalType& a, const LogicalType& b) {
  const int scale = std::max(a.scale(), b.scale());
  const int whole = std::max(a.precision() - a.scale(), b.precision() - b.scale());
  return adjusted(whole + scale + 1, scale, a, b);
}

LogicalType decimal_product_type(const LogicalType& a, const LogicalType& b) {
  return adjusted(a.precision() + b.precision() + 1, a.scale() + b.scale(), a, b);
}

LogicalType decimal_quotient_type(const LogicalType& a, const LogicalType& b) {
  const int scale = std::max(6, a.scale() + b.precision() + 1);
  return adjusted(a.precision() - a.scale() + b.scale() + scale, scale, a, b);
}

LogicalType decimal_modulo_type(const LogicalType& a, const LogicalType& b) {
  const int scale = std::max(a.scale(), b.scale());
  const int whole = std::min(a.precision() - a.scale(), b.precision() - b.scale());
  return adjusted(whole + scale, scale, a, b);
}

}  // namespace millrace::data
