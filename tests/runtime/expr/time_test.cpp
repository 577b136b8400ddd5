#include "tests/runtime/expr/expr_support.hpp"

using namespace millrace::expr;
using millrace::data::LogicalType;

TEST_CASE("times: EXTRACT and its short forms") {
  struct Case {
    const char *unit, *time, *result;
  };
  const Case cases[] = {
      {"YEAR", "2024-05-06 07:08:09.123", "2024"},
      {"QUARTER", "2024-05-06 07:08:09", "2"},
      {"MONTH", "2024-05-06 07:08:09", "5"},
      {"DAY", "2024-05-06 07:08:09", "6"},
      {"HOUR", "2024-05-06 07:08:09", "7"},
      {"MINUTE", "2024-05-06 07:08:09", "8"},
      {"SECOND", "2024-05-06 07:08:09.5", "9"},
      {"WEEK", "2024-12-30 00:00:00", "1"},
      {"WEEK", "2023-01-01 00:00:00", "52"},
      {"DOW", "2024-05-05 00:00:00", "1"},
      {"DOY", "2024-12-31 00:00:00", "366"},
      {"CENTURY", "2000-01-01 00:00:00", "20"},
      {"MILLISECOND", "2024-05-06 07:08:09.789", "789"},
      {"MICROSECOND", "2024-05-06 07:08:09.789", "789000"},
      {"ISODOW", "2024-05-05 00:00:00", "7"},
      {"ISOYEAR", "2024-12-30 00:00:00", "2025"},
      {"DECADE", "2024-01-01 00:00:00", "202"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.unit);
    CAPTURE(c.time);
    CHECK(compute("EXTRACT", {str(c.unit), ts(c.time)}, 1) == c.result);
  }
  CHECK(compute("HOUR", {ts("2024-05-06 07:08:09")}) == "7");
  CHECK(type_of("EXTRACT", {str("FORTNIGHT"), ts("2024-05-06 07:08:09")})
            .starts_with("error: Cannot apply"));
}

TEST_CASE("times: FLOOR and CEIL to a unit") {
  const auto time = ts("2024-05-06 07:08:09.123");
  CHECK(compute("FLOOR", {time, str("HOUR")}, 2) == "2024-05-06 07:00:00.000");
  CHECK(compute("CEIL", {time, str("HOUR")}, 2) == "2024-05-06 08:00:00.000");
  CHECK(compute("FLOOR", {time, str("MONTH")}, 2) == "2024-05-01 00:00:00.000");
  CHECK(compute("CEIL", {time, str("YEAR")}, 2) == "2025-01-01 00:00:00.000");
  CHECK(compute("CEIL", {ts("2024-05-06 07:00:00"), str("HOUR")}, 2) == "2024-05-06 07:00:00.000");
  CHECK(compute("FLOOR", {ts("1969-12-31 23:59:59.5"), str("SECOND")}, 2) ==
        "1969-12-31 23:59:59.000");
}

TEST_CASE("times: patterns") {
  const auto time = ts("2024-05-06 17:08:09.123");
  CHECK(compute("DATE_FORMAT", {time, str("yyyy-MM-dd HH:mm:ss.SSS")}) ==
        "2024-05-06 17:08:09.123");
  CHECK(compute("DATE_FORMAT", {time, str("EEE, d MMM yy h 'o''clock' a")}) ==
        "Mon, 6 May 24 5 o'clock PM");
  CHECK(compute("DATE_FORMAT", {time, str("yyyyMMdd")}) == "20240506");
  CHECK(compute("DATE_FORMAT", {str("2024-05-06 17:08:09"), str("yyyyMMdd")}) == "20240506");
  CHECK(compute("DATE_FORMAT", {str("nonsense"), str("yyyy")}) == "NULL");
  CHECK(compute("TO_TIMESTAMP", {str("2024-05-06T17:08:09")}) == "NULL");
  CHECK(compute("DATE_FORMAT", {time, str("Q")}) == "2");
  CHECK(compute("DATE_FORMAT", {time, str("X")}) ==
        "error: DATE_FORMAT: the pattern 'X' is not supported");
  CHECK(compute("TO_TIMESTAMP", {str("2024-05-06 17:08:09")}) == "2024-05-06 17:08:09.000");
  CHECK(compute("TO_TIMESTAMP", {str("nonsense")}) == "NULL");
  CHECK(compute("TO_TIMESTAMP", {str("06/05/2024 5PM"), str("dd/MM/yyyy ha")}) ==
        "2024-05-06 17:00:00.000");
  CHECK(compute("TO_TIMESTAMP", {str("20240506170809"), str("yyyyMMddHHmmss")}) ==
        "2024-05-06 17:08:09.000");
  CHECK(compute("TO_TIMESTAMP", {str("2024"), str("yyyy-")}) == "NULL");
  CHECK(compute("TO_DATE", {str("2024-05-06")}) == "2024-05-06");
  CHECK(compute("TO_TIMESTAMP_LTZ", {big(1704067204), make_int(0)}) == "2024-01-01 00:00:04.000");
  CHECK(compute("TO_TIMESTAMP_LTZ", {big(1704067204250), make_int(3)}) ==
        "2024-01-01 00:00:04.250");
  CHECK(compute("FROM_UNIXTIME", {big(1704067204)}) == "2024-01-01 00:00:04");
}

TEST_CASE("times: the clock is the one passed in") {
  CHECK(on_literals("CURRENT_TIMESTAMP", {}) == "2024-01-01 00:00:04.250");
  CHECK(on_literals("NOW", {}) == "2024-01-01 00:00:04.250");
  CHECK(on_literals("CURRENT_DATE", {}) == "2024-01-01");
  CHECK(on_literals("LOCALTIME", {}) == "00:00:04");
  CHECK(on_literals("UNIX_TIMESTAMP", {}) == "1704067204");
  CHECK(type_of("PROCTIME", {}) == "TIMESTAMP_LTZ(3) NOT NULL");
  millrace::data::Batch three;
  three.rows = 3;
  Context context(test_clock());
  const auto watermark = make_call("CURRENT_WATERMARK", {ts("2024-01-01 00:00:00")}).value();
  CHECK(evaluate(*watermark, three, context).value()->is_null(2));
  context.watermark_ms = 5;
  CHECK(
      evaluate(*watermark, three, context).value()->at<millrace::data::TimestampValue>(2).millis ==
      5);
}
