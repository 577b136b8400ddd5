#include "emulator/engine/catalog.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "common/base/result.hpp"
#include "emulator/engine/arn.hpp"

namespace millrace::engine {

std::string_view to_text(StreamStatus status) {
  switch (status) {
    case StreamStatus::creating:
      return "CREATING";
    case StreamStatus::active:
      return "ACTIVE";
    case StreamStatus::updating:
      return "UPDATING";
    case StreamStatus::deleting:
      return "DELETING";
    case StreamStatus::gone:
      return "GONE";
  }
  return "";
}

std::string shard_id(std::uint32_t number) {
  std::string text = "shardId-000000000000";
  for (auto at = text.size(); number != 0; number /= 10) {
    text[--at] = static_cast<char>('0' + number % 10);
  }
  return text;
}

std::optional<std::uint32_t> parse_shard_id(std::string_view text) {
  const auto dash = text.find('-');
  if (dash != std::string_view::npos) {
    auto rest = text.substr(dash + 1);
    rest = rest.substr(0, rest.find('-'));
    if (!rest.empty()) text = rest;
  }
  if (text.empty()) return std::nullopt;
  std::uint64_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + static_cast<unsigned>(c - '0');
    if (number > 2'147'483'647) return std::nullopt;
  }
  return static_cast<std::uint32_t>(number);
}

StreamStatus Stream::status(std::int64_t now_ms) const {
  if (row.transition.empty()) return StreamStatus::active;
  const bool under_way = now_ms < row.transition_until_ms;
  if (row.transition == "DELETING") {
    return under_way ? StreamStatus::deleting : StreamStatus::gone;
  }
  if (!under_way) return StreamStatus::active;
  return row.transition == "CREATING" ? StreamStatus::creating : StreamStatus::updating;
}

std::string Stream::arn() const {
  return stream_arn({row.account, row.region}, row.name);
}

Shard* Stream::find(std::uint32_t number) const {
  const auto at = std::lower_bound(
      shards.begin(), shards.end(), number,
      [](const auto& shard, std::uint32_t wanted) { return shard->row.number < wanted; });
  return at != shards.end() && (*at)->row.number == number ? at->get() : nullptr;
}

Shard* Stream::find_kept(std::uint32_t number, std::int64_t now_ms) const {
  auto* shard = find(number);
  return shard != nullptr && !is_expired(*shard, now_ms) ? shard : nullptr;
}

std::int64_t Stream::opened_ms(const Shard& shard, std::int64_t now_ms) const {
  if (!shard.row.parent) return shard.row.created_s * 1000;
  const auto* parent = find(*shard.row.parent);
  if (parent != nullptr && parent->row.closed_ms) return *parent->row.closed_ms;
  // The parent has expired: it closed before what can be read now.
  return std::min(shard.row.created_s * 1000, trim_horizon_ms(now_ms));
}

Shard& Stream::route(base::Uint128 hash) const {
  const auto at = std::lower_bound(
      open.begin(), open.end(), hash,
      [](const Shard* shard, base::Uint128 wanted) { return shard->row.hash_end < wanted; });
  KS_ASSERT(at != open.end());  // open shards cover the whole key space
  return **at;
}

void Stream::index_open_shards() {
  open.clear();
  for (const auto& shard : shards) {
    if (!shard->row.closed_ms) open.push_back(shard.get());
  }
  std::sort(open.begin(), open.end(), [](const Shard* left, const Shard* right) {
    return left->row.hash_start < right->row.hash_start;
  });
}

bool Stream::covers_key_space() const {
  if (open.empty() || open.front()->row.hash_start != 0 ||
      open.back()->row.hash_end != base::uint128_max) {
    return false;
  }
  return std::adjacent_find(open.begin(), open.end(), [](const Shard* left, const Shard* right) {
           return left->row.hash_end + 1 != right->row.hash_start;
         }) == open.end();
}

std::vector<Period> parse_periods(std::string_view text) {
  std::vector<Period> periods;
  const auto number = [&] {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return error == std::errc{} ? std::optional{value} : std::nullopt;
  };
  while (!text.empty()) {
    const auto from = number();
    if (!from || !text.starts_with('-')) break;
    text.remove_prefix(1);
    periods.push_back({*from, number().value_or(INT64_MAX)});
    if (text.starts_with(',')) text.remove_prefix(1);
  }
  return periods;
}

std::string to_text(const std::vector<Period>& periods) {
  std::string text;
  for (const auto& period : periods) {
    if (!text.empty()) text += ',';
    text += std::to_string(period.from_ms) + '-';
    if (period.until_ms != INT64_MAX) text += std::to_string(period.until_ms);
  }
  return text;
}

bool is_within(const std::vector<Period>& periods, std::int64_t time_ms) {
  return std::any_of(periods.begin(), periods.end(), [&](const Period& period) {
    return period.from_ms <= time_ms && time_ms < period.until_ms;
  });
}

std::string stream_arn(const Scope& scope, std::string_view name) {
  return arn_prefix(scope) + "stream/" + std::string{name};
}

}  // namespace millrace::engine
