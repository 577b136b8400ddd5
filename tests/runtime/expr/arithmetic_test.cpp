#include <limits>

#include "tests/runtime/expr/expr_support.hpp"

using namespace millrace::expr;
using millrace::data::LogicalType;

TEST_CASE("arithmetic: integers divide to integers and wrap around") {
  struct Case {
    const char *a, *op, *b, *result;
  };
  const Case cases[] = {
      {"7", "/", "2", "3"},
      {"-7", "/", "2", "-3"},
      {"5", "%", "-3", "2"},
      {"-5", "%", "3", "-2"},
      {"2147483647", "+", "1", "-2147483648"},
      {"7", "/", "2.0", "3.500000"},
      {"1", "+", "2.50", "3.50"},
      {"0.1", "+", "0.2", "0.3"},
      {"1.5", "*", "1.5", "2.25"},
      {"1", "-", "0.01", "0.99"},
      {"10", "/", "3.0", "3.333333"},
      {"5.5", "%", "2", "1.5"},
      {"1e0", "/", "3", "0.3333333333333333"},
      {"1e0", "/", "0", "Infinity"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.a);
    CAPTURE(c.op);
    CAPTURE(c.b);
    CHECK(compute(c.op, {number(c.a), number(c.b)}) == c.result);
  }
  CHECK(type_of("/", {number("7"), number("2.0")}) == "DECIMAL(17, 6) NOT NULL");
  CHECK(compute("-", {big(std::numeric_limits<std::int64_t>::min())}) == "-9223372036854775808");
  CHECK(compute("/", {big(std::numeric_limits<std::int64_t>::min()), big(-1)}) ==
        "-9223372036854775808");
}

TEST_CASE("arithmetic: of FLOAT and DOUBLE the first is the result's type, and % takes neither") {
  const auto single =
      make_cast(number("1.5"), millrace::data::LogicalType::of(millrace::data::TypeKind::float32))
          .value();
  CHECK(type_of("+", {single, dbl(1)}).starts_with("FLOAT"));
  CHECK(type_of("+", {dbl(1), single}).starts_with("DOUBLE"));
  CHECK(type_of("%", {dbl(1), number("1")}).find("'<EXACT_NUMERIC> % <EXACT_NUMERIC>'") !=
        std::string::npos);
}

TEST_CASE("arithmetic: division by zero ends the job, NULL does not") {
  CHECK(compute("/", {number("1"), number("0")}) == "error: / by zero");
  CHECK(compute("%", {number("1"), number("0")}) == "error: / by zero");
  CHECK(compute("/", {number("1.5"), number("0.0")}) == "error: Division by zero");
  CHECK(compute("/", {number("0.0"), number("0.0")}) == "error: Division undefined");
  CHECK(compute("MOD", {number("7"), number("4")}) == "3");
  CHECK(compute("/", {make_null(), number("0")}) == "NULL");
  CHECK(compute("+", {make_null(), number("1")}) == "NULL");
}

TEST_CASE("arithmetic: a DECIMAL that overflows is NULL") {
  const auto large = dec("99999999999999999999999999999999999999", 38, 0);
  CHECK(compute("+", {large, large}) == "NULL");
  CHECK(compute("*", {large, number("10")}) == "NULL");
}

TEST_CASE("arithmetic: times and intervals") {
  CHECK(compute("+", {ts("2024-01-31 00:00:00"), make_interval_months(1)}) ==
        "2024-02-29 00:00:00.000");
  CHECK(compute("-", {ts("2024-01-01 00:00:00"), make_interval_millis(5000)}) ==
        "2023-12-31 23:59:55.000");
  CHECK(compute("+", {make_interval_millis(1), ts("2024-01-01 00:00:00")}) ==
        "2024-01-01 00:00:00.001");
  const auto day = make_cast(str("2024-02-28"), LogicalType::date()).value();
  CHECK(compute("+", {day, make_interval_millis(2 * 86'400'000)}, 2) == "2024-03-01");
  CHECK(compute("-", {day, make_interval_months(12)}) == "2023-02-28");
  CHECK(compute("*", {make_interval_millis(1500), number("2")}) == "+0 00:00:03.000");
  CHECK(type_of("-", {ts("2024-01-01 00:00:00"), make_interval_millis(5)}) ==
        "TIMESTAMP(3) NOT NULL");
}

TEST_CASE("arithmetic: what does not fit says so") {
  CHECK(type_of("+", {str("a"), number("1")}) ==
        "error: Cannot apply '+' to arguments of type '<CHAR(1)> + <INTEGER>'. Supported form(s): "
        "'<NUMERIC> + "
        "<NUMERIC>, <DATETIME> + <DATETIME_INTERVAL>'");
  CHECK(type_of("foo", {str("a"), number("1")}) ==
        "error: No match found for function signature foo(<CHARACTER>, <NUMERIC>)");
  CHECK(type_of("upper", {}) ==
        "error: Invalid number of arguments to function 'UPPER'. Was expecting 1 arguments");
  CHECK(type_of("upper", {number("1")}) ==
        "error: Cannot apply 'UPPER' to arguments of type 'UPPER(<INTEGER>)'. Supported form(s): "
        "'UPPER(<CHARACTER>)'");
}

TEST_CASE("math: rounding and the rest") {
  CHECK(compute("ROUND", {number("2.5"), number("0")}, 2) == "3");
  CHECK(compute("ROUND", {number("-2.5")}) == "-3");
  CHECK(compute("ROUND", {number("1.005"), number("2")}, 2) == "1.01");
  CHECK(compute("ROUND", {dbl(1.005), number("2")}) == "1.01");
  CHECK(compute("ROUND", {dbl(2.675), number("2")}) == "2.68");
  CHECK(compute("ROUND", {number("1250"), number("-2")}) == "1300");
  CHECK(compute("ROUND", {dbl(1e300), number("2")}) == "1.0E300");
  CHECK(compute("TRUNCATE", {number("1.999"), number("2")}, 2) == "1.99");
  CHECK(compute("FLOOR", {number("-1.5")}) == "-2");
  CHECK(compute("CEIL", {number("9.9")}) == "10");
  CHECK(compute("CEIL", {dbl(1.2)}) == "2.0");
  CHECK(compute("ABS", {number("-7")}) == "7");
  CHECK(compute("ABS", {number("-7.50")}) == "7.50");
  CHECK(compute("SIGN", {number("-7.5")}) == "-1.0");
  CHECK(compute("POWER", {number("2"), number("10")}) == "1024.0");
  CHECK(compute("SQRT", {number("2")}) == "1.4142135623730951");
  CHECK(compute("SQRT", {number("-1")}) == "NaN");
  CHECK(compute("GREATEST", {number("1"), number("3"), number("2")}) == "3");
  CHECK(compute("LEAST", {str("b"), str("a")}) == "a");
}
