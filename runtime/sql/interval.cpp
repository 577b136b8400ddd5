#include "runtime/sql/interval.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace millrace::sql {

namespace {

constexpr std::array<std::string_view, 6> unit_names = {"YEAR", "MONTH",  "DAY",
                                                        "HOUR", "MINUTE", "SECOND"};
// Months for the first two, milliseconds for the others.
constexpr std::array<std::int64_t, 6> unit_sizes = {12, 1, 86'400'000, 3'600'000, 60'000, 1000};
// How many of the next smaller unit make one of these.
constexpr std::array<std::int64_t, 6> unit_limits = {0, 12, 0, 24, 60, 60};
// What stands in front of a unit that is not the first: '1 02:03:04', '1-6'.
constexpr std::array<char, 6> separators = {0, '-', 0, ' ', ':', ':'};

std::size_t unit_index(const std::string& name) {
  return static_cast<std::size_t>(std::find(unit_names.begin(), unit_names.end(), name) -
                                  unit_names.begin());
}

}  // namespace

bool is_interval_unit(const std::string& upper) {
  return unit_index(singular_unit(upper)) < unit_names.size();
}

std::string singular_unit(const std::string& upper) {
  return upper.ends_with('S') ? upper.substr(0, upper.size() - 1) : upper;
}

Result<IntervalValue> interval_value(const std::string& text, const IntervalUnits& units,
                                     Span where) {
  const std::string shown = units.to.empty() ? units.from : units.from + " TO " + units.to;
  const auto bad = [&] {
    return validation_error(where,
                            "Illegal interval literal format '" + text + "' for INTERVAL " + shown);
  };
  const std::size_t first = unit_index(units.from);
  const std::size_t last = units.to.empty() ? first : unit_index(units.to);
  if (last < first || (first < 2) != (last < 2)) {
    return parse_error(where.from, "An INTERVAL cannot reach from " + shown + ".");
  }
  if (units.precision < 1 || units.precision > 10) {
    return validation_error(where, "Interval leading field precision '" +
                                       std::to_string(units.precision) +
                                       "' out of range for INTERVAL " + units.from);
  }
  std::string_view rest = text;
  while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
  while (!rest.empty() && rest.back() == ' ') rest.remove_suffix(1);
  bool negative = false;
  if (!rest.empty() && (rest.front() == '-' || rest.front() == '+')) {
    negative = rest.front() == '-';
    rest.remove_prefix(1);
  }
  IntervalValue out;
  out.months = first < 2;
  for (std::size_t unit = first; unit <= last; ++unit) {
    if (unit != first) {
      if (rest.empty() || rest.front() != separators[unit]) return bad();
      rest.remove_prefix(1);
    }
    std::int64_t value = 0;
    std::size_t digits = 0;
    while (digits < rest.size() && rest[digits] >= '0' && rest[digits] <= '9') {
      if (digits > 10) return bad();
      value = value * 10 + (rest[digits++] - '0');
    }
    if (digits == 0) return bad();
    rest.remove_prefix(digits);
    if (unit == first) {
      std::int64_t limit = 1;
      for (int i = 0; i < units.precision; ++i) limit *= 10;
      if (value >= limit) {
        return validation_error(where, "Interval field value " + std::to_string(value) +
                                           " exceeds precision of " + units.from + "(" +
                                           std::to_string(units.precision) + ") field");
      }
    } else if (unit_limits[unit] != 0 && value >= unit_limits[unit]) {
      return bad();
    }
    out.amount += value * unit_sizes[unit];
    if (unit == 5 && !rest.empty() && rest.front() == '.') {
      std::int64_t scale = 100;
      std::size_t i = 1;
      for (; i < rest.size() && rest[i] >= '0' && rest[i] <= '9'; ++i) {
        out.amount += (rest[i] - '0') * scale;  // what is finer than a millisecond adds nothing
        scale /= 10;
      }
      if (i == 1 || static_cast<int>(i) - 1 > units.fraction) return bad();
      rest.remove_prefix(i);
    }
  }
  if (!rest.empty()) return bad();
  if (negative) out.amount = -out.amount;
  return out;
}

}  // namespace millrace::sql
