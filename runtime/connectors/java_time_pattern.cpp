#include "runtime/connectors/java_time_pattern.hpp"

#include <optional>
#include <string>

#include "runtime/data/time.hpp"

namespace millrace::connectors {
namespace {

using base::Error;
using base::ErrorCode;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

class Parser {
 public:
  Parser(std::string_view text, std::string_view pattern) : left_(text), pattern_(pattern) {}

  base::Result<std::int64_t> run(std::string_view text) {
    for (std::size_t at = 0; at < pattern_.size();) {
      const char c = pattern_[at];
      if (c == '\'') {
        const auto close = pattern_.find('\'', at + 1);
        if (close == std::string_view::npos) {
          return Error{ErrorCode::invalid_argument,
                       "the pattern '" + std::string{pattern_} + "' has an open quote"};
        }
        // '' stands for one quote.
        const auto quoted = close == at + 1 ? "'" : pattern_.substr(at + 1, close - at - 1);
        if (!literal(quoted)) return misfit(text);
        at = close + 1;
        continue;
      }
      if (!is_letter(c)) {
        if (!literal(pattern_.substr(at, 1))) return misfit(text);
        ++at;
        continue;
      }
      const auto end = std::min(pattern_.find_first_not_of(c, at), pattern_.size());
      BOOST_OUTCOME_TRY(const bool fits, field(c, end - at, next_is_digits(end)));
      if (!fits) return misfit(text);
      at = end;
    }
    if (!left_.empty() || !in_range()) return misfit(text);
    const auto days = data::days_from_civil(
        {static_cast<int>(year_), static_cast<int>(month_), static_cast<int>(day_)});
    return days * data::millis_per_day + ((hour_ * 60 + minute_) * 60 + second_) * 1000 + milli_ -
           offset_minutes_ * 60'000;
  }

 private:
  Error misfit(std::string_view text) const {
    return {ErrorCode::invalid_argument, "'" + std::string{text} + "' does not fit the pattern \"" +
                                             std::string{pattern_} + "\""};
  }

  bool literal(std::string_view expected) {
    if (!left_.starts_with(expected)) return false;
    left_.remove_prefix(expected.size());
    return true;
  }

  // Another number follows without anything between: this one ends after its letters.
  [[nodiscard]] bool next_is_digits(std::size_t at) const {
    return at < pattern_.size() && is_letter(pattern_[at]) && pattern_[at] != 'X' &&
           pattern_[at] != 'Z';
  }

  bool number(std::size_t width, bool fixed, std::int64_t& out) {
    const std::size_t most = fixed ? width : 9;
    std::size_t digits = 0;
    out = 0;
    while (digits < most && digits < left_.size() && is_digit(left_[digits])) {
      out = out * 10 + (left_[digits++] - '0');
    }
    left_.remove_prefix(digits);
    return digits > 0;
  }

  base::Result<bool> field(char letter, std::size_t width, bool fixed) {
    switch (letter) {
      case 'y':
        return number(width, fixed, year_);
      case 'M':
        if (width > 2) break;  // names of months
        return number(width, fixed, month_);
      case 'd':
        return number(width, fixed, day_);
      case 'H':
        return number(width, fixed, hour_);
      case 'm':
        return number(width, fixed, minute_);
      case 's':
        return number(width, fixed, second_);
      case 'S':
        return number(width, fixed, milli_);
      case 'X':
      case 'Z':
        return zone(letter == 'X' && width == 3);
      default:
        break;
    }
    return Error{ErrorCode::unsupported,
                 "the pattern letters '" + std::string(width, letter) + "' are not served"};
  }

  // Z, +hh, +hhmm or +hh:mm.
  bool zone(bool colon) {
    if (literal("Z")) return true;
    const bool minus = left_.starts_with('-');
    if (!minus && !left_.starts_with('+')) return false;
    left_.remove_prefix(1);
    std::int64_t hours = 0;
    std::int64_t minutes = 0;
    if (left_.size() < 2 || !is_digit(left_[1]) || !number(2, true, hours)) return false;
    if (colon && !literal(":")) return false;
    if (colon || (!left_.empty() && is_digit(left_[0]))) {
      if (left_.size() < 2 || !is_digit(left_[1]) || !number(2, true, minutes)) return false;
    }
    offset_minutes_ = (hours * 60 + minutes) * (minus ? -1 : 1);
    return hours <= 18 && minutes < 60;
  }

  [[nodiscard]] bool in_range() const {
    return year_ >= 1 && year_ <= 9999 && month_ >= 1 && month_ <= 12 && day_ >= 1 &&
           day_ <= data::days_in_month(static_cast<int>(year_), static_cast<int>(month_)) &&
           hour_ <= 23 && minute_ <= 59 && second_ <= 59 && milli_ <= 999;
  }

  std::string_view left_;
  std::string_view pattern_;
  std::int64_t year_ = 1970;
  std::int64_t month_ = 1;
  std::int64_t day_ = 1;
  std::int64_t hour_ = 0;
  std::int64_t minute_ = 0;
  std::int64_t second_ = 0;
  std::int64_t milli_ = 0;
  std::int64_t offset_minutes_ = 0;
};

}  // namespace

base::Result<std::int64_t> parse_java_time(std::string_view text, std::string_view pattern) {
  return Parser{text, pattern}.run(text);
}

}  // namespace millrace::connectors
