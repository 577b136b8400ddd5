// One value outside of any column: literals, results of a few rows, tests. Rows never travel as
// Values.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <variant>

#include "common/base/uint128.hpp"

namespace millrace::data {

// A point in time, exact to the nanosecond over all of Flink's years 0000..9999.
//   TIMESTAMP: the wall clock's reading, as if the clock stood in UTC; TIMESTAMP_LTZ: the instant.
struct TimestampValue {
  std::int64_t millis = 0;          // since 1970-01-01 00:00:00, may be negative
  std::int32_t nanos_of_milli = 0;  // 0..999,999

  friend auto operator<=>(const TimestampValue&, const TimestampValue&) = default;
};

// Which alternative holds what is decided by LogicalType::storage(); monostate is NULL.
using Value = std::variant<std::monostate, bool, std::int64_t, double, base::Int128, std::string,
                           TimestampValue>;

inline bool is_null(const Value& value) {
  return std::holds_alternative<std::monostate>(value);
}

}  // namespace millrace::data
