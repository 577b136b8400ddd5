#include "generator/market/trade.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

namespace millrace::market {
namespace {

using namespace std::chrono;

// Digits only, exactly `size` of them.
std::optional<int> number(std::string_view& text, std::size_t size) {
  if (text.size() < size) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(size);
  return value;
}

bool take(std::string_view& text, char expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::string iso_text(LocalMicros time) {
  const sys_time<microseconds> point{microseconds{time}};
  const auto day = floor<days>(point);
  const year_month_day date{day};
  const hh_mm_ss clock{point - day};
  std::array<char, 40> text{};
  int size = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  std::string out{text.data(), static_cast<std::size_t>(size)};
  if (clock.subseconds().count() != 0) {
    size = std::snprintf(text.data(), text.size(), ".%06d",
                         static_cast<int>(clock.subseconds().count()));
    out.append(text.data(), static_cast<std::size_t>(size));
  }
  return out;
}

std::optional<LocalMicros> parse_iso(std::string_view text) {
  const auto y = number(text, 4);
  if (!y || *y < 1 || !take(text, '-')) return std::nullopt;
  const auto m = number(text, 2);
  if (!m || !take(text, '-')) return std::nullopt;
  const auto d = number(text, 2);
  if (!d || !(take(text, 'T') || take(text, ' '))) return std::nullopt;
  const auto hour = number(text, 2);
  if (!hour || *hour > 23 || !take(text, ':')) return std::nullopt;
  const auto minute = number(text, 2);
  if (!minute || *minute > 59) return std::nullopt;
  std::optional<int> second = 0;
  int micros = 0;
  if (take(text, ':')) {
    second = number(text, 2);
    if (!second || *second > 59) return std::nullopt;
    if (take(text, '.')) {
      const std::size_t digits = text.size();
      const auto fraction = digits >= 1 && digits <= 6 ? number(text, digits) : std::nullopt;
      if (!fraction) return std::nullopt;
      micros = *fraction;
      for (std::size_t i = digits; i < 6; ++i) micros *= 10;
    }
  }
  const year_month_day date{year{*y}, month{static_cast<unsigned>(*m)},
                            day{static_cast<unsigned>(*d)}};
  if (!text.empty() || !date.ok()) return std::nullopt;
  const auto seconds_of_day = hours{*hour} + minutes{*minute} + seconds{*second};
  return microseconds{sys_days{date}.time_since_epoch() + seconds_of_day}.count() + micros;
}

std::string price_text(double price) {
  std::array<char, 32> text{};
  const auto done =
      std::to_chars(text.data(), text.data() + text.size(), price, std::chars_format::fixed);
  std::string out{text.data(), done.ptr};
  if (out.find('.') == std::string::npos) out += ".0";
  return out;
}

void append_json(std::string& out, const Trade& trade) {
  out += R"({"EVENT_TIME": ")";
  out += iso_text(trade.event_time);
  out += R"(", "TICKER": ")";
  out += trade.ticker;
  out += R"(", "PRICE": )";
  out += price_text(trade.price);
  out += '}';
}

}  // namespace millrace::market
