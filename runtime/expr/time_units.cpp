#include "runtime/expr/time_units.hpp"

#include <array>

namespace millrace::expr {

using data::CivilDate;
using data::floor_div;
using data::floor_mod;
using data::millis_per_day;

std::optional<TimeUnit> parse_time_unit(std::string_view name) {
  struct Row {
    std::string_view name;
    TimeUnit unit;
  };
  static constexpr Row rows[] = {
      {"MILLISECOND", TimeUnit::millisecond},
      {"SECOND", TimeUnit::second},
      {"MINUTE", TimeUnit::minute},
      {"HOUR", TimeUnit::hour},
      {"DAY", TimeUnit::day},
      {"WEEK", TimeUnit::week},
      {"MONTH", TimeUnit::month},
      {"QUARTER", TimeUnit::quarter},
      {"YEAR", TimeUnit::year},
      {"DECADE", TimeUnit::decade},
      {"CENTURY", TimeUnit::century},
      {"MILLENNIUM", TimeUnit::millennium},
      {"MICROSECOND", TimeUnit::microsecond},
      {"NANOSECOND", TimeUnit::nanosecond},
      {"DOW", TimeUnit::day_of_week},
      {"DAYOFWEEK", TimeUnit::day_of_week},
      {"DOY", TimeUnit::day_of_year},
      {"DAYOFYEAR", TimeUnit::day_of_year},
      {"EPOCH", TimeUnit::epoch},
      {"ISODOW", TimeUnit::iso_day_of_week},
      {"ISOYEAR", TimeUnit::iso_year},
  };
  std::string key(name);
  for (char& c : key) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  for (const Row& row : rows) {
    if (key == row.name) return row.unit;
  }
  return std::nullopt;
}

namespace {

// ISO 8601: the week of a year that has its Thursday.
std::int64_t thursday_of(std::int64_t day) {
  return day - floor_mod(day + 3, 7) + 3;  // 1970-01-01 was a Thursday
}

std::int64_t iso_week(std::int64_t day) {
  const std::int64_t thursday = thursday_of(day);
  const std::int64_t year_start =
      data::days_from_civil({data::civil_from_days(thursday).year, 1, 1});
  return (thursday - year_start) / 7 + 1;
}

std::int64_t century_of(std::int64_t year, std::int64_t length) {
  return year > 0 ? (year + length - 1) / length : -((-year + length - 1) / length);
}

}  // namespace

std::int64_t extract_field(TimeUnit unit, const data::TimestampValue& local) {
  const std::int64_t day = floor_div(local.millis, millis_per_day);
  const std::int64_t millis = local.millis - day * millis_per_day;
  const CivilDate date = data::civil_from_days(day);
  switch (unit) {
    case TimeUnit::millisecond:
      return millis % 1000;
    case TimeUnit::microsecond:
      return millis % 1000 * 1000 + local.nanos_of_milli / 1000;
    case TimeUnit::nanosecond:
      return millis % 1000 * 1'000'000 + local.nanos_of_milli;
    case TimeUnit::second:
      return millis / 1000 % 60;
    case TimeUnit::minute:
      return millis / 60'000 % 60;
    case TimeUnit::hour:
      return millis / 3'600'000;
    case TimeUnit::day:
      return date.day;
    case TimeUnit::week:
      return iso_week(day);
    case TimeUnit::month:
      return date.month;
    case TimeUnit::quarter:
      return (date.month + 2) / 3;
    case TimeUnit::year:
      return date.year;
    case TimeUnit::decade:
      return floor_div(date.year, 10);
    case TimeUnit::century:
      return century_of(date.year, 100);
    case TimeUnit::millennium:
      return century_of(date.year, 1000);
    case TimeUnit::day_of_week:
      return floor_mod(day + 4, 7) + 1;
    case TimeUnit::day_of_year:
      return day - data::days_from_civil({date.year, 1, 1}) + 1;
    case TimeUnit::epoch:
      return floor_div(local.millis, 1000);
    case TimeUnit::iso_day_of_week:
      return floor_mod(day + 3, 7) + 1;
    case TimeUnit::iso_year:
      return data::civil_from_days(thursday_of(day)).year;
  }
  return 0;
}

std::int64_t floor_to(TimeUnit unit, std::int64_t local_ms) {
  const auto step = [local_ms](std::int64_t size) { return local_ms - floor_mod(local_ms, size); };
  const std::int64_t day = floor_div(local_ms, millis_per_day);
  const CivilDate date = data::civil_from_days(day);
  const auto start = [](int year, int month) {
    return data::days_from_civil({year, month, 1}) * millis_per_day;
  };
  switch (unit) {
    case TimeUnit::second:
      return step(1000);
    case TimeUnit::minute:
      return step(60'000);
    case TimeUnit::hour:
      return step(3'600'000);
    case TimeUnit::day:
      return day * millis_per_day;
    case TimeUnit::week:
      return (day - floor_mod(day + 4, 7)) * millis_per_day;
    case TimeUnit::month:
      return start(date.year, date.month);
    case TimeUnit::quarter:
      return start(date.year, (date.month - 1) / 3 * 3 + 1);
    case TimeUnit::year:
      return start(date.year, 1);
    case TimeUnit::decade:
      return start(static_cast<int>(floor_div(date.year, 10) * 10), 1);
    case TimeUnit::century:
      return start(static_cast<int>(floor_div(date.year - 1, 100) * 100 + 1), 1);
    case TimeUnit::millennium:
      return start(static_cast<int>(floor_div(date.year - 1, 1000) * 1000 + 1), 1);
    default:
      return local_ms;
  }
}

std::int64_t ceil_to(TimeUnit unit, std::int64_t local_ms) {
  const std::int64_t low = floor_to(unit, local_ms);
  if (low == local_ms) return low;
  // The longest period of each unit and a little more lies in the next one.
  std::int64_t beyond = 0;
  switch (unit) {
    case TimeUnit::second:
      beyond = 1000;
      break;
    case TimeUnit::minute:
      beyond = 60'000;
      break;
    case TimeUnit::hour:
      beyond = 3'600'000;
      break;
    case TimeUnit::day:
      beyond = millis_per_day;
      break;
    case TimeUnit::week:
      beyond = 7 * millis_per_day;
      break;
    case TimeUnit::month:
      beyond = 31 * millis_per_day;
      break;
    case TimeUnit::quarter:
      beyond = 92 * millis_per_day;
      break;
    case TimeUnit::year:
      beyond = 366 * millis_per_day;
      break;
    case TimeUnit::decade:
      beyond = 3653 * millis_per_day;
      break;
    case TimeUnit::century:
      beyond = 36'525 * millis_per_day;
      break;
    case TimeUnit::millennium:
      beyond = 365'250 * millis_per_day;
      break;
    default:
      return local_ms;
  }
  return floor_to(unit, low + beyond);
}

}  // namespace millrace::expr
