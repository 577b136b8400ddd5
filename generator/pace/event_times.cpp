#include "generator/pace/event_times.hpp"

#include <charconv>
#include <cmath>
#include <ctime>
#include <string>

namespace millrace::pace {
namespace {

std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || stop != text.data() + text.size() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

}  // namespace

std::optional<std::chrono::microseconds> parse_duration(std::string_view text) {
  struct Unit {
    std::string_view suffix;
    double micros;
  };
  for (const auto& unit : {Unit{"ms", 1e3}, Unit{"s", 1e6}, Unit{"m", 6e7}, Unit{"h", 3.6e9}}) {
    if (!text.ends_with(unit.suffix)) continue;
    const auto value = parse_number(text.substr(0, text.size() - unit.suffix.size()));
    if (!value || *value < 0 || *value * unit.micros > 1e16) return std::nullopt;
    return std::chrono::microseconds{std::llround(*value * unit.micros)};
  }
  return std::nullopt;
}

base::Result<Lateness> parse_lateness(std::string_view text) {
  const auto colon = text.find(':');
  const auto fraction = parse_number(text.substr(0, colon));
  const auto delay =
      colon == std::string_view::npos ? std::nullopt : parse_duration(text.substr(colon + 1));
  if (!fraction || *fraction < 0 || *fraction > 1 || !delay) {
    return base::Error{base::ErrorCode::validation,
                       "'" + std::string{text} +
                           "' must be FRACTION:DELAY, as in 0.01:30s (fraction from 0 to 1; units "
                           "ms, s, m, h)"};
  }
  return Lateness{*fraction, *delay};
}

market::LocalMicros to_local(std::int64_t epoch_us) {
  std::time_t seconds = epoch_us / 1'000'000;
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  return epoch_us + static_cast<std::int64_t>(parts.tm_gmtoff) * 1'000'000;
}

market::LocalMicros EventTimes::next(std::int64_t wall) {
  market::LocalMicros time = 0;
  if (options_.start) {
    const double offset = static_cast<double>(index_) / options_.rate * options_.time_scale;
    time = *options_.start + std::llround(offset * 1e6);
  } else {
    if (index_ == 0) first_wall_ = wall;
    const auto elapsed = static_cast<double>(wall - first_wall_) * options_.time_scale;
    time = to_local(first_wall_ + std::llround(elapsed));
  }
  ++index_;
  if (options_.late.fraction > 0 && random_.real() < options_.late.fraction) {
    time -= options_.late.delay.count();
  }
  return time;
}

}  // namespace millrace::pace
