#include "runtime/data/time.hpp"

#include <doctest/doctest.h>

using namespace millrace::data;

namespace {

std::string json(std::optional<TimestampValue> value, char separator = ' ') {
  if (!value) return "none";
  std::string out;
  append_timestamp(out, *value, separator);
  return out;
}

}  // namespace

TEST_CASE("time: days and civil dates turn into each other over 24 centuries") {
  CHECK(days_from_civil({1970, 1, 1}) == 0);
  CHECK(days_from_civil({2000, 3, 1}) == 11017);
  for (std::int64_t day = -720'000; day < 160'000; day += 13) {
    const CivilDate date = civil_from_days(day);
    REQUIRE(days_from_civil(date) == day);
    REQUIRE(date.day <= days_in_month(date.year, date.month));
  }
}

TEST_CASE("time: JSON's two styles") {
  struct Case {
    const char* text;
    const char* sql;
    const char* iso;
  };
  const Case cases[] = {
      {"2024-01-01 00:00:04.25", "2024-01-01 00:00:04.25", "none"},
      {"2024-01-01T00:00:04.25", "none", "2024-01-01 00:00:04.25"},
      {"2024-01-01 00:00:00", "2024-01-01 00:00:00", "none"},
      {"2024-01-01T00:00", "none", "2024-01-01 00:00:00"},
      {"2024-01-01 00:00", "none", "none"},
      {"2024-01-01 00:00:00.123456789", "2024-01-01 00:00:00.123456789", "none"},
      {"2024-01-01 00:00:00.1234567890", "none", "none"},
      {"1969-12-31 23:59:59.999999999", "1969-12-31 23:59:59.999999999", "none"},
      {"2023-02-30 00:00:00", "2023-02-28 00:00:00", "none"},
      {"2023-02-32 00:00:00", "none", "none"},
      {"2023-13-01 00:00:00", "none", "none"},
      {"2024-1-01 00:00:00", "none", "none"},
      {"2024-01-01 25:00:00", "none", "none"},
      {"2024-01-01 24:00:00", "2024-01-02 00:00:00", "none"},
      {"2024-01-01 00:00:00Z", "none", "none"},
      {" 2024-01-01 00:00:00", "none", "none"},
      {"", "none", "none"},
      {"2024", "none", "none"},
      {"2024-01-01", "none", "none"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK(json(parse_timestamp(c.text, TimestampStyle::sql, false)) == c.sql);
    CHECK(json(parse_timestamp(c.text, TimestampStyle::iso_8601, false)) == c.iso);
  }
  CHECK(json(parse_timestamp("2024-01-01 00:00:04.25Z", TimestampStyle::sql, true)) ==
        "2024-01-01 00:00:04.25");
  CHECK(json(parse_timestamp("2024-01-01 00:00:04.25+0800", TimestampStyle::sql, true)) == "none");
  CHECK(json(parse_timestamp("2024-01-01 00:00:04.25", TimestampStyle::sql, true)) == "none");
}

TEST_CASE("time: java.time's texts leave out what is zero") {
  struct Case {
    TimestampValue value;
    const char *local, *instant;
  };
  const Case cases[] = {
      {{1704067204250, 0}, "2024-01-01T00:00:04.250", "2024-01-01T00:00:04.250Z"},
      {{1704067200000, 0}, "2024-01-01T00:00", "2024-01-01T00:00:00Z"},
      {{1704067204000, 0}, "2024-01-01T00:00:04", "2024-01-01T00:00:04Z"},
      {{1704067204000, 1000}, "2024-01-01T00:00:04.000001", "2024-01-01T00:00:04.000001Z"},
      {{1704067204000, 1}, "2024-01-01T00:00:04.000000001", "2024-01-01T00:00:04.000000001Z"},
      {{-1, 999'999}, "1969-12-31T23:59:59.999999999", "1969-12-31T23:59:59.999999999Z"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.local);
    std::string local;
    std::string instant;
    append_local_date_time(local, c.value);
    append_instant(instant, c.value);
    CHECK(local == c.local);
    CHECK(instant == c.instant);
  }
}

TEST_CASE("time: a precision cuts towards the past") {
  CHECK(truncate_to_precision({1999, 999'999}, 3) == TimestampValue{1999, 0});
  CHECK(truncate_to_precision({1999, 999'999}, 0) == TimestampValue{1000, 0});
  CHECK(truncate_to_precision({1999, 999'999}, 7) == TimestampValue{1999, 999'900});
  CHECK(truncate_to_precision({-1, 0}, 0) == TimestampValue{-1000, 0});
}

TEST_CASE("time: what CAST reads beyond JSON") {
  CHECK(json(parse_timestamp_lenient("2024-1-2")) == "2024-01-02 00:00:00");
  CHECK(json(parse_timestamp_lenient("2024-1-2 3:4:5.5")) == "2024-01-02 03:04:05.5");
  CHECK(json(parse_timestamp_lenient("2024-1-2 3:4:5 x")) == "none");
  CHECK(parse_date_lenient("1970-1-2") == 1);
  CHECK(parse_date_lenient("1970-01-02 10:00:00") == 1);
  CHECK_FALSE(parse_date_lenient("x").has_value());
  CHECK(parse_time_lenient("1:02") == 3'720'000);
}

TEST_CASE("time: zones, with the gap and the overlap of daylight saving time") {
  const TimeZone york = TimeZone::find("America/New_York").value();
  CHECK(york.to_local(1704067200000) == 1704067200000 - 5 * 3'600'000);
  CHECK(york.to_instant(1704067200000) == 1704067200000 + 5 * 3'600'000);
  const auto local = [](const char* text) {
    return parse_timestamp(text, TimestampStyle::sql, false)->millis;
  };
  // 02:30 does not exist on 2024-03-10: half an hour after the gap. 01:30 on 2024-11-03 is there
  // twice.
  CHECK(york.to_instant(local("2024-03-10 02:30:00")) == local("2024-03-10 07:30:00"));
  CHECK(york.to_instant(local("2024-11-03 01:30:00")) == local("2024-11-03 05:30:00"));
  CHECK(TimeZone::find("GMT+08:00").value().to_local(0) == 8 * 3'600'000);
  CHECK(TimeZone::find("-05:30").value().to_local(0) == -(5 * 60 + 30) * 60'000);
  CHECK(TimeZone::find("UTC").value().is_utc());
  for (const char* name : {"Mars/Olympus", "", "+", "+19:00", "GMT+1:2:3", "+08:"}) {
    CAPTURE(name);
    CHECK_FALSE(TimeZone::find(name).has_value());
  }
}
