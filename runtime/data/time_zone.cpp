#include <date/tz.h>

#include <exception>

#include "runtime/data/time.hpp"

namespace millrace::data {

namespace {

// "+08:00", "-0530", "+8", after an optional GMT or UTC; false when it is something else.
bool parse_offset(std::string_view text, std::int64_t& offset_ms) {
  if (text.starts_with("GMT") || text.starts_with("UTC")) text.remove_prefix(3);
  if (text.empty() || (text[0] != '+' && text[0] != '-')) return false;
  const int sign = text[0] == '-' ? -1 : 1;
  text.remove_prefix(1);
  std::string digits;
  bool colon = false;
  for (const char c : text) {
    if (c == ':' && !colon && !digits.empty() && digits.size() <= 2) {
      colon = true;
      if (digits.size() == 1) digits.insert(0, 1, '0');
    } else if (c >= '0' && c <= '9') {
      digits.push_back(c);
    } else {
      return false;
    }
  }
  if (digits.size() == 1) digits.insert(0, 1, '0');
  if (digits.size() != 4 && (colon || digits.size() != 2)) return false;
  const int hours = (digits[0] - '0') * 10 + (digits[1] - '0');
  const int minutes = digits.size() == 4 ? (digits[2] - '0') * 10 + (digits[3] - '0') : 0;
  if (hours > 18 || minutes > 59) return false;
  offset_ms = sign * (hours * 60 + minutes) * std::int64_t{60'000};
  return true;
}

}  // namespace

base::Result<TimeZone> TimeZone::find(const std::string& name) {
  TimeZone zone;
  zone.name_ = name;
  if (name == "UTC" || name == "GMT" || name == "Z" || name == "Etc/UTC") return zone;
  if (parse_offset(name, zone.offset_ms_)) return zone;
  try {
    zone.zone_ = date::locate_zone(name);
  } catch (const std::exception&) {
    return base::Error(base::ErrorCode::validation,
                       "Unknown time zone '" + name +
                           "': expected a name such as America/New_York, UTC, or an offset such as "
                           "GMT+08:00");
  }
  return zone;
}

std::int64_t TimeZone::to_local(std::int64_t instant_ms) const {
  if (zone_ == nullptr) return instant_ms + offset_ms_;
  const auto* zone = static_cast<const date::time_zone*>(zone_);
  const date::sys_time<std::chrono::milliseconds> time{std::chrono::milliseconds{instant_ms}};
  return instant_ms + std::chrono::milliseconds(zone->get_info(time).offset).count();
}

std::int64_t TimeZone::to_instant(std::int64_t local_ms) const {
  if (zone_ == nullptr) return local_ms - offset_ms_;
  const auto* zone = static_cast<const date::time_zone*>(zone_);
  const date::local_time<std::chrono::milliseconds> time{std::chrono::milliseconds{local_ms}};
  // `first` is the only offset, the earlier of two, or the one before a gap.
  return local_ms - std::chrono::milliseconds(zone->get_info(time).first.offset).count();
}

}  // namespace millrace::data
