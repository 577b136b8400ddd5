#include "tests/runtime/expr/expr_support.hpp"

using namespace millrace::expr;
using millrace::data::Batch;
using millrace::data::LogicalType;
using millrace::data::TypeKind;

namespace {

std::string cast(const ExprPtr& from, const LogicalType& to, bool try_cast = false) {
  Batch one;
  one.rows = 1;
  const std::string folded = run(make_cast(from, to, try_cast), one);
  // The same over a column.
  Batch batch;
  batch.rows = 1;
  millrace::data::Column column(from->type);
  column.append_value(from->literal, std::make_shared<millrace::data::Arena>());
  batch.columns.push_back(millrace::data::share(std::move(column)));
  CHECK(run(make_cast(make_column(0, "c", from->type), to, try_cast), batch) == folded);
  return folded;
}

const LogicalType tiny = LogicalType::of(TypeKind::tinyint);

}  // namespace

TEST_CASE("cast: values of a Flink run") {
  CHECK(cast(number("1.5"), LogicalType::integer()) == "1");
  CHECK(cast(number("-1.5"), LogicalType::integer()) == "-1");
  CHECK(cast(number("3000000000"), LogicalType::integer()) == "-1294967296");
  CHECK(cast(make_bool(true), LogicalType::string()) == "TRUE");
  CHECK(cast(dbl(1e20), LogicalType::string()) == "1.0E20");
  CHECK(cast(number("1.005"), LogicalType::decimal(10, 2)) == "1.01");
  CHECK(cast(number("100.00"), LogicalType::string()) == "100.00");
  CHECK(cast(str("x"), LogicalType::integer(), true) == "NULL");
  CHECK(cast(str("x"), LogicalType::integer()) ==
        "error: For input string: 'x'. Invalid character found.");
}

TEST_CASE("cast: text to numbers, truth values and times") {
  struct Case {
    const char* text;
    LogicalType to;
    const char* result;
  };
  const Case cases[] = {
      {" 42 ", LogicalType::integer(), "42"},
      {"+42", LogicalType::bigint(), "42"},
      {"4.9", LogicalType::integer(), "4"},
      {"4.9x", LogicalType::integer(), "NULL"},
      {"", LogicalType::integer(), "NULL"},
      {"+-1", LogicalType::integer(), "NULL"},
      {"3000000000", LogicalType::integer(), "NULL"},
      {"9223372036854775808", LogicalType::bigint(), "NULL"},
      {"128", tiny, "NULL"},
      {"-128", tiny, "-128"},
      {"1e3", LogicalType::float64(), "1000.0"},
      {"1e999", LogicalType::float64(), "Infinity"},
      {"NaN", LogicalType::float64(), "NaN"},
      {"inf", LogicalType::float64(), "NULL"},
      {"0x10", LogicalType::float64(), "NULL"},
      {"0.1", LogicalType::float32(), "0.1"},
      {"12.345", LogicalType::decimal(5, 2), "12.35"},
      {"12345", LogicalType::decimal(3, 0), "NULL"},
      {"abc", LogicalType::decimal(3, 0), "NULL"},
      {"yes", LogicalType::boolean(), "TRUE"},
      {"F", LogicalType::boolean(), "FALSE"},
      {"maybe", LogicalType::boolean(), "NULL"},
      {"2024-01-01", LogicalType::timestamp(3), "2024-01-01 00:00:00.000"},
      {"2024-01-01 12:34:56.789123", LogicalType::timestamp(3), "2024-01-01 12:34:56.789"},
      {"2024-01-01T12:34:56", LogicalType::timestamp(0), "NULL"},
      {" 2024-01-01", LogicalType::timestamp(3), "NULL"},
      {"2024-02-30 24:00:00", LogicalType::timestamp(0), "2024-03-01 00:00:00"},
      {"2024-02-30", LogicalType::date(), "NULL"},
      {"2024", LogicalType::date(), "2024-01-01"},
      {"24-2", LogicalType::date(), "0024-02-01"},
      {" 2024-02-29 x", LogicalType::date(), "2024-02-29"},
      {"12", LogicalType::time(), "12:00:00"},
      {"24:00", LogicalType::time(), "NULL"},
      {" true ", LogicalType::boolean(), "NULL"},
      {"yesterday", LogicalType::timestamp(3), "NULL"},
      {"2024-01-01", LogicalType::date(), "2024-01-01"},
      {"12:34:56", LogicalType::time(), "12:34:56"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CAPTURE(c.to.text());
    CHECK(cast(str(c.text), c.to, true) == c.result);
  }
}

TEST_CASE("cast: numbers to numbers") {
  CHECK(cast(dbl(1e20), LogicalType::integer()) == "2147483647");
  CHECK(cast(dbl(1e20), LogicalType::bigint()) == "9223372036854775807");
  CHECK(cast(dbl(-1.9), LogicalType::integer()) == "-1");
  CHECK(cast(number("300"), tiny) == "44");
  CHECK(cast(dbl(2.5), LogicalType::decimal(5, 0)) == "3");
  CHECK(cast(number("123456"), LogicalType::decimal(3, 0)) == "NULL");
  CHECK(cast(number("16777217"), LogicalType::float32()) == "1.6777216E7");
  CHECK(cast(number("0"), LogicalType::boolean()) == "FALSE");
  CHECK(cast(make_bool(true), LogicalType::integer()) == "1");
}

TEST_CASE("cast: lengths and precisions") {
  CHECK(cast(str("abcdef"), LogicalType::varchar(3)) == "abc");
  CHECK(cast(str("ab"), LogicalType::character(4)) == "ab  ");
  CHECK(cast(str("\xC3\xA9\xC3\xA9\xC3\xA9"), LogicalType::varchar(2)) == "\xC3\xA9\xC3\xA9");
  CHECK(cast(ts("2024-01-01 00:00:00.123456", 6), LogicalType::timestamp(3)) ==
        "2024-01-01 00:00:00.123");
  CHECK(cast(ts("2024-01-01 12:30:00"), LogicalType::date()) == "2024-01-01");
  CHECK(cast(ts("2024-01-01 12:30:00"), LogicalType::time()) == "12:30:00");
  CHECK(cast(str("ab"), LogicalType::bytes()) == "ab");
}

TEST_CASE("cast: TIMESTAMP and TIMESTAMP_LTZ meet in the session's time zone") {
  Context context(test_clock(), millrace::data::TimeZone::find("America/New_York").value());
  Batch one;
  one.rows = 1;
  const auto instant = make_cast(ts("2024-01-01 00:00:00"), LogicalType::timestamp_ltz(3)).value();
  const auto column = evaluate(*instant, one, context).value();
  CHECK(column->at<millrace::data::TimestampValue>(0).millis == 1704067200000 + 5 * 3'600'000);
  const auto back = make_cast(instant, LogicalType::timestamp(3)).value();
  CHECK(evaluate(*back, one, context).value()->at<millrace::data::TimestampValue>(0).millis ==
        1704067200000);
}

TEST_CASE("cast: what has no meaning is refused by type") {
  const auto refused = make_cast(make_bool(true), LogicalType::date());
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().message() ==
        "Cast function cannot convert value of type BOOLEAN to type DATE");
  CHECK_FALSE(make_cast(number("1"), LogicalType::timestamp(3)).has_value());
  CHECK(can_convert_implicitly(LogicalType::integer(), LogicalType::bigint()));
  CHECK_FALSE(can_convert_implicitly(LogicalType::bigint(), LogicalType::integer()));
  CHECK_FALSE(can_convert_implicitly(LogicalType::string(), LogicalType::integer()));
  CHECK(can_convert_implicitly(LogicalType::character(3).not_null(), LogicalType::string()));
}
