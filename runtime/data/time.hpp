// Dates, times and timestamps: civil arithmetic, the texts Flink reads and writes, time zones.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.hpp"
#include "runtime/data/value.hpp"

namespace millrace::data {

constexpr std::int64_t millis_per_day = 86'400'000;

struct CivilDate {
  int year = 1970;
  int month = 1;  // 1..12
  int day = 1;    // 1..31
};

std::int64_t days_from_civil(const CivilDate& date);  // since 1970-01-01, proleptic Gregorian
CivilDate civil_from_days(std::int64_t days);
int days_in_month(int year, int month);
// Rounds towards minus infinity.
constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  const std::int64_t quotient = a / b;
  return quotient - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0);
}
constexpr std::int64_t floor_mod(std::int64_t a, std::int64_t b) {
  return a - floor_div(a, b) * b;
}

// The fraction of the second, 0..999,999,999.
inline std::int64_t nanos_of_second(const TimestampValue& value) {
  return floor_mod(value.millis, 1000) * 1'000'000 + value.nanos_of_milli;
}
// Digits of the second's fraction beyond `precision` (0..9) cut off, towards the past.
TimestampValue truncate_to_precision(const TimestampValue& value, int precision);

// --- reading
// -------------------------------------------------------------------------------------------------
enum class TimestampStyle : std::uint8_t {
  sql,       // yyyy-MM-dd HH:mm:ss[.f{0,9}]
  iso_8601,  // yyyy-MM-ddTHH:mm[:ss[.f{0,9}]]
};
// The whole text and nothing else. A day past the month's end (up to 31) becomes its last day and
// 24:00:00 the next midnight, as java.time reads them; not so in iso_8601 without a marker, which
// it reads strictly. `utc_marker`: a 'Z' must follow (TIMESTAMP_LTZ in JSON).
std::optional<TimestampValue> parse_timestamp(std::string_view text, TimestampStyle style,
                                              bool utc_marker);
// yyyy-MM-dd, and the day must be one of the month
std::optional<std::int64_t> parse_date(std::string_view text);
// HH:mm:ss[.f]; millis of the day. iso_8601: seconds may be absent.
std::optional<std::int64_t> parse_time(std::string_view text, TimestampStyle style);
// What CAST reads. A timestamp: a date alone or a space between, fields of one or two digits, up to
// nine of a fraction. A date: a year, a month and a day or less of it, in front of the first space.
// A time: the hour, the minute and the second or less of it, a fraction of any length.
std::optional<TimestampValue> parse_timestamp_lenient(std::string_view text);
std::optional<std::int64_t> parse_date_lenient(std::string_view text);
std::optional<std::int64_t> parse_time_lenient(std::string_view text);

// --- writing
// -------------------------------------------------------------------------------------------------
void append_date(std::string& out, std::int64_t days);
// separator ' ' or 'T'; the fraction without trailing zeros, none when it is zero (JSON).
void append_timestamp(std::string& out, const TimestampValue& value, char separator);
// The fraction with exactly `precision` digits, no point when 0 (CAST AS STRING).
void append_timestamp_fixed(std::string& out, const TimestampValue& value, int precision);
// java.time.LocalDateTime.toString: seconds and fraction only as needed, fraction in groups of
// three.
void append_local_date_time(std::string& out, const TimestampValue& value);
// java.time.Instant.toString: seconds always, then as above, then Z.
void append_instant(std::string& out, const TimestampValue& value);
// HH:mm:ss
void append_time(std::string& out, std::int64_t millis_of_day);
// java.time.LocalTime.toString
void append_local_time(std::string& out, std::int64_t millis_of_day);

// --- zones
// ---------------------------------------------------------------------------------------------------
// A zone of the tz database ("America/New_York"), "UTC", or a fixed offset ("GMT+08:00", "+08:00").
// Cheap to copy; immutable, any thread.
class TimeZone {
 public:
  TimeZone() = default;  // UTC
  static base::Result<TimeZone> find(const std::string& name);

  [[nodiscard]] bool is_utc() const { return zone_ == nullptr && offset_ms_ == 0; }
  [[nodiscard]] const std::string& name() const { return name_; }
  // The wall clock's reading at an instant.
  [[nodiscard]] std::int64_t to_local(std::int64_t instant_ms) const;
  // The instant of a reading. In a gap it moves forward by the gap; of two it is the earlier (as
  // java.time).
  [[nodiscard]] std::int64_t to_instant(std::int64_t local_ms) const;

 private:
  const void* zone_ = nullptr;  // date::time_zone; lives as long as the process
  std::int64_t offset_ms_ = 0;
  std::string name_ = "UTC";
};

}  // namespace millrace::data
