// DECIMAL(p, s): an unscaled 128-bit integer; arithmetic rounds HALF_UP like java.math.BigDecimal.
//
// The scale is the type's, never the value's. Every function that could leave 38 digits answers
// nullopt, which SQL shows as NULL.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/base/uint128.hpp"
#include "runtime/data/type.hpp"

namespace millrace::data {

using base::Int128;

// 10^exponent, 0..38.
Int128 power_of_ten(int exponent);
// |value| < 10^precision
bool fits(Int128 value, int precision);

// From scale to scale, HALF_UP; nullopt when the result has more than `precision` digits.
std::optional<Int128> rescale(Int128 value, int from_scale, int to_precision, int to_scale);

// Text as BigDecimal reads it: sign, digits, point, exponent; no spaces. Rounded HALF_UP to the
// scale. `valid` tells malformed text (false) from overflow (true, nullopt).
std::optional<Int128> parse_decimal(std::string_view text, int precision, int scale, bool& valid);
// The shortest text that reads as this double, to the scale, as BigDecimal.valueOf does; NaN and
// infinity: nullopt.
std::optional<Int128> decimal_from_double(double value, int precision, int scale);
double decimal_to_double(Int128 value, int scale);
// Cut towards zero; wraps to 64 bits like BigDecimal.longValue.
std::int64_t decimal_to_int64(Int128 value, int scale);

// Exact result, then rounded to the result type's scale.
std::optional<Int128> decimal_add(Int128 a, int a_scale, Int128 b, int b_scale, int precision,
                                  int scale);
std::optional<Int128> decimal_multiply(Int128 a, int a_scale, Int128 b, int b_scale, int precision,
                                       int scale);
// b != 0
std::optional<Int128> decimal_divide(Int128 a, int a_scale, Int128 b, int b_scale, int precision,
                                     int scale);
// b != 0; the result has the sign of a.
std::optional<Int128> decimal_modulo(Int128 a, int a_scale, Int128 b, int b_scale, int precision,
                                     int scale);
// <0, 0, >0; exact for any two scales.
int decimal_compare(Int128 a, int a_scale, Int128 b, int b_scale);

// Digits at the scale: "100.00" (BigDecimal.toPlainString).
void append_decimal_plain(std::string& out, Int128 value, int scale);
// BigDecimal.toString: an exponent when the scale is negative or the value has more than six
// leading zeros.
void append_decimal_java(std::string& out, Int128 value, int scale);
// Trailing zeros stripped, then BigDecimal.toString: 100.00 -> "1E+2"; what Flink's JSON writes.
void append_decimal_stripped(std::string& out, Int128 value, int scale);

// Result types of arithmetic on two DECIMALs (Flink's LogicalTypeMerging); nullable when one
// operand is.
LogicalType decimal_sum_type(const LogicalType& a, const LogicalType& b);
LogicalType decimal_product_type(const LogicalType& a, const LogicalType& b);
LogicalType decimal_quotient_type(const LogicalType& a, const LogicalType& b);
LogicalType decimal_modulo_type(const LogicalType& a, const LogicalType& b);

}  // namespace millrace::data
