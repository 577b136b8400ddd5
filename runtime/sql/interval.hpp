// What INTERVAL '...' UNIT [TO UNIT] amounts to.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/sql/error.hpp"

namespace millrace::sql {

struct IntervalUnits {
  std::string
      from;  // YEAR, MONTH, DAY, HOUR, MINUTE, SECOND (WEEK, QUARTER are refused by Flink too)
  std::string to;     // empty: a single unit
  int precision = 2;  // digits of the leading field (SQL's default)
  int fraction = 6;   // digits behind the point of a SECOND
};

struct IntervalValue {
  std::int64_t amount = 0;  // milliseconds, or months
  bool months = false;
};

bool is_interval_unit(const std::string& upper);
// SECONDS -> SECOND.
std::string singular_unit(const std::string& upper);

// Refuses what the units do not allow ('1:2' SECOND), and a leading field with more digits than
// its precision, as Flink does: INTERVAL '100' SECOND must be written SECOND(3).
Result<IntervalValue> interval_value(const std::string& text, const IntervalUnits& units,
                                     Span where);

}  // namespace millrace::sql
