#include "runtime/data/text.hpp"

#include <doctest/doctest.h>

#include "runtime/data/batch.hpp"

using namespace millrace::data;

namespace {

std::string sql(const LogicalType& type, const Value& value) {
  std::string out;
  append_sql_text(out, Column::constant(type, value, 1), 0, TimeZone{});
  return out;
}

}  // namespace

TEST_CASE("text: CAST AS STRING") {
  CHECK(sql(LogicalType::boolean(), true) == "TRUE");
  CHECK(sql(LogicalType::float64(), 1e20) == "1.0E20");
  CHECK(sql(LogicalType::decimal(10, 2), millrace::base::Int128{10000}) == "100.00");
  CHECK(sql(LogicalType::timestamp(3), TimestampValue{1704067204250, 0}) ==
        "2024-01-01 00:00:04.250");
  CHECK(sql(LogicalType::timestamp(0), TimestampValue{1704067204250, 0}) == "2024-01-01 00:00:04");
  CHECK(sql(LogicalType::timestamp(9), TimestampValue{0, 1}) == "1970-01-01 00:00:00.000000001");
  CHECK(sql(LogicalType::time(), std::int64_t{3'600'000}) == "01:00:00");
  CHECK(sql(LogicalType::date(), std::int64_t{-1}) == "1969-12-31");
  CHECK(sql(LogicalType::interval_millis(), std::int64_t{-1007}) == "-0 00:00:01.007");
  CHECK(sql(LogicalType::interval_months(), std::int64_t{14}) == "+1-02");
  CHECK(literal_text(std::string("it's"), LogicalType::character(4)) == "'it''s'");
  CHECK(literal_text({}, LogicalType::bigint()) == "NULL");
  CHECK(literal_text(std::int64_t{5000}, LogicalType::interval_millis()) == "5000:INTERVAL SECOND");
}

TEST_CASE("text: a row as print writes it") {
  Batch batch;
  batch.rows = 1;
  const auto add = [&](const LogicalType& type, const Value& value) {
    batch.columns.push_back(share(Column::constant(type, value, 1)));
  };
  add(LogicalType::string(), std::string("a"));
  add(LogicalType::bigint(), std::int64_t{2});
  add(LogicalType::timestamp(3), TimestampValue{1704067204250, 0});
  add(LogicalType::float64(), 2.0);
  add(LogicalType::string(), {});
  add(LogicalType::boolean(), false);
  add(LogicalType::bytes(), std::string("\x01\xFF"));
  std::string out;
  append_row_text(out, batch, 0);
  CHECK(out == "+I[a, 2, 2024-01-01T00:00:04.250, 2.0, null, false, [1, -1]]");
}

TEST_CASE("text: malformed UTF-8 becomes U+FFFD, one a broken sequence") {
  CHECK(sanitize_utf8("a\xC3\xA9z") == "a\xC3\xA9z");
  CHECK(sanitize_utf8("a\xFFz") == "a\xEF\xBF\xBDz");
  CHECK(sanitize_utf8("\xE2\x82") == "\xEF\xBF\xBD");
  CHECK(sanitize_utf8("\xED\xA0\x80") == "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK_FALSE(is_valid_utf8("\xC0\x80"));
  CHECK(is_valid_utf8("\xF0\x9F\x98\x80"));
  CHECK(count_code_points("\xF0\x9F\x98\x80z") == 2);
}
