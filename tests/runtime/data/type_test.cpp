#include "runtime/data/type.hpp"

#include <doctest/doctest.h>

#include "runtime/data/schema.hpp"

using namespace millrace::data;

TEST_CASE("type: the texts Flink prints") {
  CHECK(LogicalType::decimal(10, 2).text() == "DECIMAL(10, 2)");
  CHECK(LogicalType::timestamp(3).text() == "TIMESTAMP(3)");
  CHECK(LogicalType::timestamp_ltz(3).not_null().text() == "TIMESTAMP_LTZ(3) NOT NULL");
  CHECK(LogicalType::string().text() == "STRING");
  CHECK(LogicalType::varchar(7).text() == "VARCHAR(7)");
  CHECK(LogicalType::character(1).not_null().text() == "CHAR(1) NOT NULL");
  CHECK(LogicalType::bytes().text() == "BYTES");
  CHECK(LogicalType::integer().text() == "INT");
  CHECK(LogicalType::integer().family_text() == "NUMERIC");
  CHECK(LogicalType::character(3).family_text() == "CHARACTER");
  CHECK(LogicalType::interval_millis().family_text() == "INTERVAL_DAY_TIME");
  const Schema schema{{{"k", LogicalType::string()}, {"n", LogicalType::bigint().not_null()}}};
  CHECK(schema.text() == "[k: STRING, n: BIGINT NOT NULL]");
  CHECK(schema.find("n") == 1);
  CHECK_FALSE(schema.find("N").has_value());
}

TEST_CASE("type: the common type of two") {
  struct Case {
    LogicalType a, b;
    const char* result;
  };
  const Case cases[] = {
      {LogicalType::integer(), LogicalType::decimal(5, 2), "DECIMAL(12, 2)"},
      {LogicalType::integer().not_null(), LogicalType::bigint().not_null(), "BIGINT NOT NULL"},
      {LogicalType::integer(), LogicalType::float64(), "DOUBLE"},
      {LogicalType::character(1), LogicalType::character(3), "VARCHAR(3)"},
      {LogicalType::character(1), LogicalType::string(), "STRING"},
      {LogicalType(), LogicalType::date().not_null(), "DATE"},
      {LogicalType::timestamp(3), LogicalType::timestamp(6), "TIMESTAMP(6)"},
      {LogicalType::string(), LogicalType::integer(), "none"},
      {LogicalType::boolean(), LogicalType::integer(), "none"},
  };
  for (const Case& c : cases) {
    LogicalType out;
    CAPTURE(c.a.text());
    CAPTURE(c.b.text());
    CHECK((common_type(c.a, c.b, out) ? out.text() : "none") == c.result);
  }
}
