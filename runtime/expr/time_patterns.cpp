// Java's DateTimeFormatter patterns.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "runtime/data/text.hpp"
#include "runtime/expr/time_units.hpp"

namespace millrace::expr {

namespace {

constexpr std::array<std::string_view, 12> months = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 7> days = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                  "Friday", "Saturday", "Sunday"};

// One element of a pattern: a letter and how often it stands, or text.
struct Element {
  char letter = 0;  // 0: text
  int count = 0;
  std::string text;
};

// Takes the next element off the pattern; false when a quote is not closed.
bool next_element(std::string_view& pattern, Element& element) {
  element = {};
  const char c = pattern[0];
  if (c == '\'') {
    if (pattern.size() > 1 && pattern[1] == '\'') {
      element.text = "'";
      pattern.remove_prefix(2);
      return true;
    }
    std::size_t at = 1;
    for (; at < pattern.size(); ++at) {
      if (pattern[at] != '\'') {
        element.text.push_back(pattern[at]);
      } else if (at + 1 < pattern.size() && pattern[at + 1] == '\'') {
        element.text.push_back('\'');
        ++at;
      } else {
        pattern.remove_prefix(at + 1);
        return true;
      }
    }
    return false;
  }
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
    element.letter = c;
    while (static_cast<std::size_t>(element.count) < pattern.size() &&
           pattern[static_cast<std::size_t>(element.count)] == c) {
      ++element.count;
    }
    pattern.remove_prefix(static_cast<std::size_t>(element.count));
    return true;
  }
  // [ and ] stand around what may be absent when reading; when writing nothing is.
  if (c != '[' && c != ']') element.text = c;
  pattern.remove_prefix(1);
  return true;
}

void append_number(std::string& out, std::int64_t value, int width) {
  std::string digits = std::to_string(std::abs(value));
  if (value < 0) out.push_back('-');
  if (digits.size() < static_cast<std::size_t>(width)) {
    digits.insert(0, static_cast<std::size_t>(width) - digits.size(), '0');
  }
  out.append(digits);
}

struct Fields {
  data::CivilDate date;
  std::int64_t day = 0;
  std::int64_t millis = 0;  // of the day
  std::int64_t nanos = 0;   // of the second
};

// False for a letter that is not served.
bool append_element(std::string& out, const Element& element, const Fields& f) {
  const std::int64_t hour = f.millis / 3'600'000;
  const auto month = static_cast<std::size_t>(f.date.month - 1);
  const auto weekday = static_cast<std::size_t>(data::floor_mod(f.day + 3, 7));
  switch (element.letter) {
    case 'y':
    case 'u':
      if (element.count == 2) {
        append_number(out, data::floor_mod(f.date.year, 100), 2);
      } else {
        append_number(out, f.date.year, element.count);
      }
      return true;
    case 'M':
    case 'L':
      if (element.count <= 2) {
        append_number(out, f.date.month, element.count);
      } else {
        out.append(months[month].substr(0, element.count == 3   ? 3
                                           : element.count == 5 ? 1
                                                                : std::string_view::npos));
      }
      return true;
    case 'Q':
    case 'q': {
      const auto quarter = static_cast<std::size_t>(month / 3);
      constexpr std::array<std::string_view, 4> names = {"1st quarter", "2nd quarter",
                                                         "3rd quarter", "4th quarter"};
      if (element.count <= 2) {
        append_number(out, static_cast<std::int64_t>(quarter) + 1, element.count);
      } else if (element.count == 4) {
        out.append(names[quarter]);
      } else {
        if (element.count == 3) out.push_back('Q');
        append_number(out, static_cast<std::int64_t>(quarter) + 1, 1);
      }
      return true;
    }
    case 'w': {
      // The week that holds January 1st is the first, and weeks begin on Sunday (Locale US).
      const std::int64_t first = data::days_from_civil({f.date.year, 1, 1});
      const std::int64_t next = data::days_from_civil({f.date.year + 1, 1, 1});
      const auto sunday = [](std::int64_t day) { return day - data::floor_mod(day + 4, 7); };
      const std::int64_t week = f.day >= sunday(next) ? 1 : (sunday(f.day) - sunday(first)) / 7 + 1;
      append_number(out, week, element.count);
      return true;
    }
    case 'e':
      if (element.count > 2) return false;
      append_number(out, static_cast<std::int64_t>((weekday + 1) % 7 + 1), element.count);
      return true;
    case 'G':
      out.append(element.count == 5   ? (f.date.year > 0 ? "A" : "B")
                 : element.count == 4 ? (f.date.year > 0 ? "Anno Domini" : "Before Christ")
                                      : (f.date.year > 0 ? "AD" : "BC"));
      return true;
    case 'A':
      append_number(out, f.millis, element.count);
      return true;
    case 'N':
      append_number(out, f.millis / 1000 * 1'000'000'000 + f.nanos, element.count);
      return true;
    case 'd':
      append_number(out, f.date.day, element.count);
      return true;
    case 'D':
      append_number(out, f.day - data::days_from_civil({f.date.year, 1, 1}) + 1, element.count);
      return true;
    case 'E':
      out.append(days[weekday].substr(0, element.count <= 3   ? 3
                                         : element.count == 5 ? 1
                                                              : std::string_view::npos));
      return true;
    case 'a':
      out.append(hour < 12 ? "AM" : "PM");
      return true;
    case 'H':
      append_number(out, hour, element.count);
      return true;
    case 'k':
      append_number(out, hour == 0 ? 24 : hour, element.count);
      return true;
    case 'h':
      append_number(out, hour % 12 == 0 ? 12 : hour % 12, element.count);
      return true;
    case 'K':
      append_number(out, hour % 12, element.count);
      return true;
    case 'm':
      append_number(out, f.millis / 60'000 % 60, element.count);
      return true;
    case 's':
      append_number(out, f.millis / 1000 % 60, element.count);
      return true;
    case 'n':
      append_number(out, f.nanos, element.count);
      return true;
    case 'S': {
      std::string fraction = std::to_string(1'000'000'000 + f.nanos).substr(1);
      fraction.resize(static_cast<std::size_t>(element.count), '0');
      out.append(fraction);
      return true;
    }
    default:
      return false;
  }
}

// Takes min..max digits off the text.
bool take_number(std::string_view& text, int min, int max, std::int64_t& value) {
  value = 0;
  int count = 0;
  while (count < max && static_cast<std::size_t>(count) < text.size() &&
         text[static_cast<std::size_t>(count)] >= '0' &&
         text[static_cast<std::size_t>(count)] <= '9') {
    value = value * 10 + (text[static_cast<std::size_t>(count)] - '0');
    ++count;
  }
  text.remove_prefix(static_cast<std::size_t>(count));
  return count >= min;
}

template <std::size_t n>
bool take_name(std::string_view& text, const std::array<std::string_view, n>& names, bool brief,
               std::int64_t& index) {
  for (std::size_t i = 0; i < n; ++i) {
    const std::string_view name = brief ? names[i].substr(0, 3) : names[i];
    if (!text.starts_with(name)) continue;
    text.remove_prefix(name.size());
    index = static_cast<std::int64_t>(i);
    return true;
  }
  return false;
}

struct Parsed {
  std::int64_t year = 1970, month = 1, day = 1;
  std::int64_t hour = 0, half_hour = -1, minute = 0, second = 0, nanos = 0;
  bool afternoon = false;
};

bool take_element(std::string_view& text, const Element& element, bool more_digits_follow,
                  Parsed& p) {
  const int width = element.count;
  // A lone letter takes as many digits as there are; several take exactly so many.
  const int max = width == 1 && !more_digits_follow ? 9 : width;
  std::int64_t ignored = 0;
  switch (element.letter) {
    case 'y':
    case 'u':
      if (width == 2) {
        if (!take_number(text, 2, 2, p.year)) return false;
        p.year += 2000;
        return true;
      }
      return take_number(text, width, width <= 4 && !more_digits_follow ? 9 : width, p.year);
    case 'M':
    case 'L':
      if (width > 2) {
        if (!take_name(text, months, width == 3, p.month)) return false;
        ++p.month;
        return true;
      }
      return take_number(text, width, max, p.month);
    case 'd':
      return take_number(text, width, max, p.day);
    case 'E':
      return take_name(text, days, width <= 3, ignored);
    case 'a':
      p.afternoon = text.starts_with("PM");
      if (!p.afternoon && !text.starts_with("AM")) return false;
      text.remove_prefix(2);
      return true;
    case 'H':
      return take_number(text, width, max, p.hour);
    case 'k':
      if (!take_number(text, width, max, p.hour)) return false;
      if (p.hour == 24) p.hour = 0;
      return true;
    case 'h':
      return take_number(text, width, max, p.half_hour) && p.half_hour >= 1 && p.half_hour <= 12;
    case 'K':
      return take_number(text, width, max, p.half_hour) && p.half_hour <= 11;
    case 'm':
      return take_number(text, width, max, p.minute);
    case 's':
      return take_number(text, width, max, p.second);
    case 'S': {
      if (width > 9 || !take_number(text, width, width, p.nanos)) return false;
      for (int i = width; i < 9; ++i) p.nanos *= 10;
      return true;
    }
    default:
      return false;
  }
}

}  // namespace

bool format_time(std::string& out, std::string_view pattern, const data::TimestampValue& local) {
  Fields fields;
  fields.day = data::floor_div(local.millis, data::millis_per_day);
  fields.millis = local.millis - fields.day * data::millis_per_day;
  fields.date = data::civil_from_days(fields.day);
  fields.nanos = data::nanos_of_second(local);
  while (!pattern.empty()) {
    Element element;
    if (!next_element(pattern, element) || element.count > 100) return false;
    if (element.letter == 0) {
      out.append(element.text);
    } else if (!append_element(out, element, fields)) {
      return false;
    }
  }
  return true;
}

namespace {

// +08, +0800, +08:00 or Z, as X, XX and XXX read them; SimpleDateFormat's Z reads +0800.
bool take_offset(std::string_view& text, std::int64_t& offset_ms) {
  if (text.starts_with('Z')) {
    text.remove_prefix(1);
    offset_ms = 0;
    return true;
  }
  if (!text.starts_with('+') && !text.starts_with('-')) return false;
  const bool minus = text.front() == '-';
  text.remove_prefix(1);
  std::int64_t hours = 0;
  std::int64_t minutes = 0;
  if (!take_number(text, 2, 2, hours)) return false;
  std::string_view rest = text;
  if (rest.starts_with(':')) rest.remove_prefix(1);
  if (take_number(rest, 2, 2, minutes)) text = rest;
  offset_ms = (hours * 60 + minutes) * 60'000 * (minus ? -1 : 1);
  return true;
}

// Reads the pattern off the front of `text`, which keeps the rest. `offset_ms`: where an offset may
// go; null: its letters are not served.
bool parse_front(std::string_view& text, std::string_view pattern, data::TimestampValue& local,
                 std::optional<std::int64_t>* offset_ms) {
  Parsed p;
  while (!pattern.empty()) {
    Element element;
    if (!next_element(pattern, element)) return false;
    if (element.letter == 0) {
      if (!text.starts_with(element.text)) return false;
      text.remove_prefix(element.text.size());
      continue;
    }
    const bool digits_follow =
        !pattern.empty() &&
        std::string_view("yuMdHkhKmsS").find(pattern[0]) != std::string_view::npos;
    if (offset_ms != nullptr && (element.letter == 'X' || element.letter == 'Z')) {
      std::int64_t offset = 0;
      if (!take_offset(text, offset)) return false;
      *offset_ms = offset;
      continue;
    }
    // SimpleDateFormat takes fewer digits than letters where no digits follow.
    const bool number =
        std::string_view("yMdHhKkms").find(element.letter) != std::string_view::npos;
    const bool two_of_year = element.letter == 'y' && element.count == 2;
    if (offset_ms != nullptr && number && !digits_follow && !two_of_year &&
        (element.letter == 'y' || element.count <= 2)) {
      element.count = 1;
    }
    if (!take_element(text, element, digits_follow, p)) return false;
  }
  if (p.half_hour >= 0) p.hour = p.half_hour % 12 + (p.afternoon ? 12 : 0);
  if (p.month < 1 || p.month > 12 || p.day < 1 || p.day > 31 || p.hour > 23 || p.minute > 59 ||
      p.second > 59) {
    return false;
  }
  const auto year = static_cast<int>(p.year);
  const auto month = static_cast<int>(p.month);
  const int day = std::min(static_cast<int>(p.day), data::days_in_month(year, month));
  local.millis = data::days_from_civil({year, month, day}) * data::millis_per_day +
                 ((p.hour * 60 + p.minute) * 60 + p.second) * 1000 + p.nanos / 1'000'000;
  local.nanos_of_milli = static_cast<std::int32_t>(p.nanos % 1'000'000);
  return true;
}

}  // namespace

bool parse_time_pattern(std::string_view text, std::string_view pattern,
                        data::TimestampValue& local) {
  return parse_front(text, pattern, local, nullptr) && text.empty();
}

bool parse_time_front(std::string_view text, std::string_view pattern, data::TimestampValue& local,
                      std::optional<std::int64_t>& offset_ms) {
  return parse_front(text, pattern, local, &offset_ms);
}

}  // namespace millrace::expr
