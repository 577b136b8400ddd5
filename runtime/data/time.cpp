#include "runtime/data/time.hpp"

#include <algorithm>
#include <array>

#include "runtime/data/text.hpp"

namespace millrace::data {

// Gregorian calendar counted in 400-year eras that begin on 1 March, so that the leap day is a
// year's last.
std::int64_t days_from_civil(const CivilDate& date) {
  const std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
  const std::int64_t era = floor_div(year, 400);
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t month = date.month + (date.month > 2 ? -3 : 9);
  const std::int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
  const std::int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

CivilDate civil_from_days(std::int64_t days) {
  days += 719'468;
  const std::int64_t era = floor_div(days, 146'097);
  const std::int64_t day_of_era = days - era * 146'097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month = (5 * day_of_year + 2) / 153;
  CivilDate date;
  date.day = static_cast<int>(day_of_year - (153 * month + 2) / 5 + 1);
  date.month = static_cast<int>(month + (month < 10 ? 3 : -9));
  date.year = static_cast<int>(year_of_era + era * 400 + (date.month <= 2 ? 1 : 0));
  return date;
}

int days_in_month(int year, int month) {
  constexpr std::array<int, 12> days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : days[static_cast<std::size_t>(month - 1)];
}

TimestampValue truncate_to_precision(const TimestampValue& value, int precision) {
  constexpr std::array<std::int32_t, 7> nano_step = {1'000'000, 100'000, 10'000, 1'000, 100, 10, 1};
  constexpr std::array<std::int32_t, 4> milli_step = {1000, 100, 10, 1};
  if (precision >= 3) {
    const std::int32_t step = nano_step[static_cast<std::size_t>(precision - 3)];
    return {value.millis, value.nanos_of_milli / step * step};
  }
  const std::int32_t step = milli_step[static_cast<std::size_t>(precision)];
  return {floor_div(value.millis, step) * step, 0};
}

namespace {

// Walks over a text of fixed shape; ok turns false at the first thing that does not fit.
struct Scanner {
  std::string_view text;
  std::size_t at = 0;
  bool ok = true;

  [[nodiscard]] bool end() const { return at == text.size(); }
  [[nodiscard]] bool next_is(char c) const { return at < text.size() && text[at] == c; }
  [[nodiscard]] bool next_is_digit() const {
    return at < text.size() && text[at] >= '0' && text[at] <= '9';
  }
  void expect(char c) {
    if (next_is(c)) {
      ++at;
    } else {
      ok = false;
    }
  }
  // min..max digits
  int number(int min, int max) {
    int value = 0;
    int count = 0;
    for (; count < max && next_is_digit(); ++count) value = value * 10 + (text[at++] - '0');
    if (count < min) ok = false;
    return value;
  }
  // ".ddd", up to nine digits, as nanoseconds; 0 when there is no point.
  std::int32_t fraction(bool any_length) {
    if (!next_is('.')) return 0;
    ++at;
    std::int32_t nanos = 0;
    int count = 0;
    for (; count < 9 && next_is_digit(); ++count) nanos = nanos * 10 + (text[at++] - '0');
    for (; count < 9; ++count) nanos *= 10;
    while (any_length && next_is_digit()) ++at;
    return nanos;
  }
};

// java.time reads a format of its own making strictly, and one that was put together (as Flink puts
// "date, space, time" together) smartly: there a day past the month's end becomes its last day and
// 24:00:00 the midnight that follows.
enum class Resolving : std::uint8_t { strict, smart };

std::int64_t resolve_date(Scanner& scan, int year, int month, int day, Resolving resolving) {
  if (month < 1 || month > 12 || day < 1 || day > 31) scan.ok = false;
  if (!scan.ok) return 0;
  if (resolving == Resolving::strict && day > days_in_month(year, month)) scan.ok = false;
  return days_from_civil({year, month, std::min(day, days_in_month(year, month))});
}

std::int64_t scan_date(Scanner& scan, int min_digits, Resolving resolving) {
  const int year = scan.number(4, 4);
  scan.expect('-');
  const int month = scan.number(min_digits, 2);
  scan.expect('-');
  const int day = scan.number(min_digits, 2);
  return resolve_date(scan, year, month, day, resolving);
}

struct TimeOfDay {
  std::int64_t seconds = 0;
  std::int32_t nanos = 0;
};

TimeOfDay scan_time(Scanner& scan, int min_digits, bool optional_seconds, bool any_fraction) {
  const int hour = scan.number(min_digits, 2);
  scan.expect(':');
  const int minute = scan.number(min_digits, 2);
  int second = 0;
  TimeOfDay time;
  if (!optional_seconds || scan.next_is(':')) {
    scan.expect(':');
    second = scan.number(min_digits, 2);
    time.nanos = scan.fraction(any_fraction);
  }
  const bool end_of_day = hour == 24 && minute == 0 && second == 0 && time.nanos == 0;
  if ((hour > 23 && !end_of_day) || minute > 59 || second > 59) scan.ok = false;
  time.seconds = hour * 3600 + minute * 60 + second;
  return time;
}

TimestampValue combine(std::int64_t days, const TimeOfDay& time) {
  return {days * millis_per_day + time.seconds * 1000 + time.nanos / 1'000'000,
          time.nanos % 1'000'000};
}

void append_padded(std::string& out, int value, int width) {
  std::array<char, 12> digits{};
  for (int i = width; i-- > 0; value /= 10) {
    digits[static_cast<std::size_t>(i)] = static_cast<char>('0' + value % 10);
  }
  out.append(digits.data(), static_cast<std::size_t>(width));
}

void append_hms(std::string& out, std::int64_t second_of_day) {
  append_padded(out, static_cast<int>(second_of_day / 3600), 2);
  out.push_back(':');
  append_padded(out, static_cast<int>(second_of_day / 60 % 60), 2);
  out.push_back(':');
  append_padded(out, static_cast<int>(second_of_day % 60), 2);
}

// ".ddd" with the zeros at the end left out; nothing for zero.
void append_fraction(std::string& out, std::int64_t nanos) {
  if (nanos == 0) return;
  int width = 9;
  while (nanos % 10 == 0) {
    nanos /= 10;
    --width;
  }
  out.push_back('.');
  append_padded(out, static_cast<int>(nanos), width);
}

// Milli-, micro- or nanoseconds, whichever is the coarsest that holds them.
void append_grouped_fraction(std::string& out, std::int64_t nanos) {
  if (nanos == 0) return;
  out.push_back('.');
  if (nanos % 1'000'000 == 0) {
    append_padded(out, static_cast<int>(nanos / 1'000'000), 3);
  } else if (nanos % 1000 == 0) {
    append_padded(out, static_cast<int>(nanos / 1000), 6);
  } else {
    append_padded(out, static_cast<int>(nanos), 9);
  }
}

struct Split {
  std::int64_t days;
  std::int64_t second_of_day;
};
Split split(const TimestampValue& value) {
  const std::int64_t seconds = floor_div(value.millis, 1000);
  const std::int64_t days = floor_div(seconds, 86'400);
  return {days, seconds - days * 86'400};
}

// Seconds only when they or the fraction are not zero.
void append_short_time(std::string& out, std::int64_t second_of_day, std::int64_t nanos) {
  if (second_of_day % 60 == 0 && nanos == 0) {
    append_padded(out, static_cast<int>(second_of_day / 3600), 2);
    out.push_back(':');
    append_padded(out, static_cast<int>(second_of_day / 60 % 60), 2);
    return;
  }
  append_hms(out, second_of_day);
  append_grouped_fraction(out, nanos);
}

}  // namespace

std::optional<TimestampValue> parse_timestamp(std::string_view text, TimestampStyle style,
                                              bool utc_marker) {
  Scanner scan{text};
  const bool strict = style == TimestampStyle::iso_8601 && !utc_marker;
  const std::int64_t days = scan_date(scan, 2, strict ? Resolving::strict : Resolving::smart);
  if (style == TimestampStyle::iso_8601 && scan.next_is('t')) {
    ++scan.at;
  } else {
    scan.expect(style == TimestampStyle::sql ? ' ' : 'T');
  }
  const TimeOfDay time = scan_time(scan, 2, style == TimestampStyle::iso_8601, false);
  if (utc_marker) scan.expect('Z');
  if (!scan.ok || !scan.end() || (strict && time.seconds == 86'400)) return std::nullopt;
  return combine(days, time);
}

std::optional<std::int64_t> parse_date(std::string_view text) {
  Scanner scan{text};
  const std::int64_t days = scan_date(scan, 2, Resolving::strict);
  if (!scan.ok || !scan.end()) return std::nullopt;
  return days;
}

std::optional<std::int64_t> parse_time(std::string_view text, TimestampStyle style) {
  Scanner scan{text};
  const TimeOfDay time = scan_time(scan, 2, style == TimestampStyle::iso_8601, false);
  if (!scan.ok || !scan.end()) return std::nullopt;
  return time.seconds % 86'400 * 1000 + time.nanos / 1'000'000;
}

std::optional<TimestampValue> parse_timestamp_lenient(std::string_view text) {
  Scanner scan{text};
  const std::int64_t days = scan_date(scan, 1, Resolving::smart);
  TimeOfDay time;
  if (scan.ok && !scan.end()) {
    scan.expect(' ');
    time = scan_time(scan, 1, false, false);
  }
  if (!scan.ok || !scan.end()) return std::nullopt;
  return combine(days, time);
}

std::optional<std::int64_t> parse_date_lenient(std::string_view text) {
  // What follows a space is not looked at.
  Scanner scan{text.substr(0, text.find(' '))};
  const int year = scan.number(1, 4);
  int month = 1;
  int day = 1;
  if (!scan.end()) {
    scan.expect('-');
    month = scan.number(1, 2);
    if (!scan.end()) {
      scan.expect('-');
      day = scan.number(1, 2);
    }
  }
  const std::int64_t days = resolve_date(scan, year, month, day, Resolving::strict);
  if (!scan.ok || !scan.end()) return std::nullopt;
  return days;
}

std::optional<std::int64_t> parse_time_lenient(std::string_view text) {
  Scanner scan{text};
  if (text.size() <= 2) {  // the hour alone
    const int hour = scan.number(1, 2);
    if (!scan.ok || !scan.end() || hour > 23) return std::nullopt;
    return hour * std::int64_t{3'600'000};
  }
  const TimeOfDay time = scan_time(scan, 1, true, true);
  if (!scan.ok || !scan.end() || time.seconds == 86'400) return std::nullopt;
  return time.seconds * 1000 + time.nanos / 1'000'000;
}

void append_date(std::string& out, std::int64_t days) {
  const CivilDate date = civil_from_days(days);
  int year = date.year;
  if (year < 0) {
    out.push_back('-');
    year = -year;
  } else if (year > 9999) {
    out.push_back('+');
  }
  append_padded(out, year, year > 99'999 ? (year > 999'999 ? 9 : 6) : (year > 9999 ? 5 : 4));
  out.push_back('-');
  append_padded(out, date.month, 2);
  out.push_back('-');
  append_padded(out, date.day, 2);
}

void append_timestamp(std::string& out, const TimestampValue& value, char separator) {
  const Split parts = split(value);
  append_date(out, parts.days);
  out.push_back(separator);
  append_hms(out, parts.second_of_day);
  append_fraction(out, nanos_of_second(value));
}

void append_timestamp_fixed(std::string& out, const TimestampValue& value, int precision) {
  const Split parts = split(value);
  append_date(out, parts.days);
  out.push_back(' ');
  append_hms(out, parts.second_of_day);
  if (precision == 0) return;
  std::int64_t nanos = nanos_of_second(value);
  for (int i = precision; i < 9; ++i) nanos /= 10;
  out.push_back('.');
  append_padded(out, static_cast<int>(nanos), precision);
}

void append_local_date_time(std::string& out, const TimestampValue& value) {
  const Split parts = split(value);
  append_date(out, parts.days);
  out.push_back('T');
  append_short_time(out, parts.second_of_day, nanos_of_second(value));
}

void append_instant(std::string& out, const TimestampValue& value) {
  const Split parts = split(value);
  append_date(out, parts.days);
  out.push_back('T');
  append_hms(out, parts.second_of_day);
  append_grouped_fraction(out, nanos_of_second(value));
  out.push_back('Z');
}

void append_time(std::string& out, std::int64_t millis_of_day) {
  append_hms(out, millis_of_day / 1000);
}

void append_local_time(std::string& out, std::int64_t millis_of_day) {
  append_short_time(out, millis_of_day / 1000, millis_of_day % 1000 * 1'000'000);
}

}  // namespace millrace::data
