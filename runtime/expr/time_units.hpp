// Units of time in EXTRACT, FLOOR ... TO, TIMESTAMPADD; and Java's date patterns.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/data/time.hpp"
#include "runtime/expr/function.hpp"

namespace millrace::expr {

enum class TimeUnit : std::uint8_t {
  millisecond,
  second,
  minute,
  hour,
  day,
  week,
  month,
  quarter,
  year,
  decade,
  century,
  millennium,
  microsecond,
  nanosecond,
  day_of_week,
  day_of_year,
  epoch,
  iso_day_of_week,  // 1 = Monday
  iso_year,         // the year of the ISO week
};

// "HOUR", "hour"; nullopt when it is none.
std::optional<TimeUnit> parse_time_unit(std::string_view name);

// The field of a wall clock's reading, as EXTRACT counts it (WEEK: ISO; DAY_OF_WEEK: 1 = Sunday;
// MILLISECOND and below: within the second).
std::int64_t extract_field(TimeUnit unit, const data::TimestampValue& local);
// The start of the unit's period that holds the reading (weeks begin on Sunday, as Calcite's FLOOR
// has it).
std::int64_t floor_to(TimeUnit unit, std::int64_t local_ms);
std::int64_t ceil_to(TimeUnit unit, std::int64_t local_ms);

// arithmetic.cpp: calendar months later; the day is held within the month.
data::TimestampValue add_months(const data::TimestampValue& value, std::int64_t months);

// The overload FLOOR(time TO unit), CEIL(time TO unit).
base::Result<Signature> infer_time_floor(std::span<const ExprPtr> args, bool up);

// Java's DateTimeFormatter patterns, as far as DATE_FORMAT and TO_TIMESTAMP need them: y u M L d D
// E H h K k m s S n a and 'text'; Q q w e G A N when writing. Both answer false when the pattern or
// the text does not fit.
bool format_time(std::string& out, std::string_view pattern, const data::TimestampValue& local);
bool parse_time_pattern(std::string_view text, std::string_view pattern,
                        data::TimestampValue& local);
// As SimpleDateFormat reads: what follows the pattern is ignored, and X or Z reads an offset.
bool parse_time_front(std::string_view text, std::string_view pattern, data::TimestampValue& local,
                      std::optional<std::int64_t>& offset_ms);

}  // namespace millrace::expr
