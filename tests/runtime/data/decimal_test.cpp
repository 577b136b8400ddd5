#include "runtime/data/decimal.hpp"

#include <doctest/doctest.h>

using namespace millrace::data;

namespace {

Int128 number(const std::string& text, int scale) {
  bool valid = false;
  const auto value = parse_decimal(text, 38, scale, valid);
  REQUIRE(valid);
  REQUIRE(value.has_value());
  return *value;
}

std::string plain(std::optional<Int128> value, int scale) {
  if (!value) return "NULL";
  std::string out;
  append_decimal_plain(out, *value, scale);
  return out;
}

}  // namespace

TEST_CASE("decimal: read with HALF_UP to the scale, NULL on overflow, malformed told apart") {
  struct Case {
    const char* text;
    int precision, scale;
    const char* result;
  };
  const Case cases[] = {
      {"1.005", 10, 2, "1.01"},
      {"-1.005", 10, 2, "-1.01"},
      {"1.004999", 10, 2, "1.00"},
      {"9.995", 3, 2, "NULL"},
      {"9.994", 3, 2, "9.99"},
      {"1e2", 5, 1, "100.0"},
      {"1E+2", 5, 1, "100.0"},
      {"12345e-3", 5, 2, "12.35"},
      {".5", 2, 1, "0.5"},
      {"5.", 2, 1, "5.0"},
      {"+7", 2, 0, "7"},
      {"1e400000000", 38, 0, "NULL"},
      {"1e-400000000", 38, 4, "0.0000"},
      {"0e999999999", 3, 1, "0.0"},
      {"00000000000000000000000000000000000000000000001", 5, 0, "1"},
      {"99999999999999999999999999999999999999", 38, 0, "99999999999999999999999999999999999999"},
      {"100000000000000000000000000000000000000", 38, 0, "NULL"},
      {"0.4", 1, 0, "0"},
      {"0.5", 1, 0, "1"},
      {"0.04", 1, 0, "0"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    bool valid = false;
    const auto value = parse_decimal(c.text, c.precision, c.scale, valid);
    CHECK(valid);
    CHECK(plain(value, c.scale) == c.result);
  }
  for (const char* text :
       {"", "-", ".", "x", "1x", "1e", "1e+", "1.2.3", " 1", "1 ", "1e99999999999", "--1", "NaN"}) {
    CAPTURE(text);
    bool valid = true;
    CHECK_FALSE(parse_decimal(text, 38, 2, valid).has_value());
    CHECK_FALSE(valid);
  }
}

TEST_CASE("decimal: texts of BigDecimal") {
  struct Case {
    const char* value;
    int scale;
    const char *plain, *java, *stripped;
  };
  const Case cases[] = {
      {"100.00", 2, "100.00", "100.00", "1E+2"},
      {"0.00000012", 8, "0.00000012", "1.2E-7", "1.2E-7"},
      {"123450", 0, "123450", "123450", "1.2345E+5"},
      {"12.34500000", 8, "12.34500000", "12.34500000", "12.345"},
      {"4.00", 2, "4.00", "4.00", "4"},
      {"10.00", 2, "10.00", "10.00", "1E+1"},
      {"0.00", 2, "0.00", "0.00", "0"},
      {"-0.05", 2, "-0.05", "-0.05", "-0.05"},
      {"0.0000001", 7, "0.0000001", "1E-7", "1E-7"},
      {"0.000001", 6, "0.000001", "0.000001", "0.000001"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.value);
    const Int128 value = number(c.value, c.scale);
    std::string java;
    std::string stripped;
    append_decimal_java(java, value, c.scale);
    append_decimal_stripped(stripped, value, c.scale);
    CHECK(plain(value, c.scale) == c.plain);
    CHECK(java == c.java);
    CHECK(stripped == c.stripped);
  }
}

TEST_CASE("decimal: arithmetic is exact past 128 bits and rounds HALF_UP once") {
  const Int128 big = number("99999999999999999999999999999999999999", 0);
  CHECK(plain(decimal_add(big, 0, 1, 0, 38, 0), 0) == "NULL");
  CHECK(plain(decimal_add(number("1.5", 1), 1, number("2.25", 2), 2, 38, 2), 2) == "3.75");
  CHECK(plain(decimal_add(number("-1.5", 1), 1, number("2.25", 2), 2, 38, 2), 2) == "0.75");
  CHECK(plain(decimal_add(number("1.5", 1), 1, number("-2.25", 2), 2, 38, 2), 2) == "-0.75");
  // 99999999999999999999 squared needs 134 bits at scale 20, and fits again at scale 6.
  const Int128 fraction = number("0.99999999999999999999", 20);
  CHECK(plain(decimal_multiply(fraction, 20, fraction, 20, 38, 6), 6) == "1.000000");
  CHECK(plain(decimal_multiply(big, 0, big, 0, 38, 0), 0) == "NULL");
  CHECK(plain(decimal_multiply(big, 38, big, 38, 38, 37), 37) ==
        "1.0000000000000000000000000000000000000");
  CHECK(plain(decimal_divide(7, 0, 20, 1, 17, 6), 6) == "3.500000");
  CHECK(plain(decimal_divide(2, 0, 3, 0, 38, 30), 30) == "0.666666666666666666666666666667");
  CHECK(plain(decimal_divide(-2, 0, 3, 0, 38, 2), 2) == "-0.67");
  CHECK(plain(decimal_divide(1, 38, 3, 0, 38, 6), 6) == "0.000000");
  CHECK(plain(decimal_divide(big, 38, 1, 0, 38, 6), 6) == "1.000000");
  CHECK(plain(decimal_divide(1, 0, big, 38, 38, 37), 37) ==
        "1.0000000000000000000000000000000000000");
  CHECK(plain(decimal_modulo(number("5.5", 1), 1, 2, 0, 38, 1), 1) == "1.5");
  CHECK(plain(decimal_modulo(number("-5.5", 1), 1, number("0.75", 2), 2, 38, 2), 2) == "-0.25");
}

TEST_CASE("decimal: comparison across scales") {
  CHECK(decimal_compare(10, 1, 1, 0) == 0);
  CHECK(decimal_compare(11, 1, 1, 0) == 1);
  CHECK(decimal_compare(-11, 1, -1, 0) == -1);
  const Int128 big = number("99999999999999999999999999999999999999", 0);
  CHECK(decimal_compare(big, 0, big, 38) == 1);
  CHECK(decimal_compare(-big, 0, -big, 38) == -1);
  CHECK(decimal_compare(-1, 0, 1, 38) == -1);
}

TEST_CASE("decimal: result types of arithmetic as in Flink") {
  const auto integer = as_decimal(LogicalType::integer());
  CHECK(decimal_quotient_type(integer, LogicalType::decimal(2, 1)).text() == "DECIMAL(17, 6)");
  CHECK(decimal_sum_type(LogicalType::decimal(10, 2), LogicalType::decimal(5, 3)).text() ==
        "DECIMAL(12, 3)");
  CHECK(decimal_product_type(LogicalType::decimal(10, 2), LogicalType::decimal(5, 3)).text() ==
        "DECIMAL(16, 5)");
  CHECK(decimal_product_type(LogicalType::decimal(38, 10), LogicalType::decimal(38, 10)).text() ==
        "DECIMAL(38, 6)");
}

TEST_CASE("decimal: to and from doubles and integers") {
  CHECK(decimal_to_double(number("0.1", 1), 1) == 0.1);
  CHECK(decimal_to_double(number("12345678901234567890.123456", 6), 6) ==
        12345678901234567890.123456);
  CHECK(plain(decimal_from_double(2.5, 10, 0), 0) == "3");
  CHECK(plain(decimal_from_double(0.1, 10, 3), 3) == "0.100");
  CHECK(plain(decimal_from_double(1e30, 10, 0), 0) == "NULL");
  CHECK(decimal_to_int64(number("-1.9", 1), 1) == -1);
}
