#include "runtime/connectors/shard_tracker.hpp"

#include <algorithm>
#include <cstdint>

namespace millrace::connectors {

bool ShardTracker::is_ours(const std::string& shard_id) const {
  if (parallelism_ <= 1) return true;
  // The number at the end of "shardId-000000000012"; of another name, a sum over its bytes.
  std::uint64_t number = 0;
  for (const char c : shard_id) {
    number = c >= '0' && c <= '9' ? number * 10 + static_cast<std::uint64_t>(c - '0')
                                  : static_cast<unsigned char>(c);
    if (c == '-') number = 0;
  }
  return number % static_cast<std::uint64_t>(parallelism_) == static_cast<std::uint64_t>(subtask_);
}

void ShardTracker::add(const aws::Shard& shard, bool initial, bool skip_closed) {
  if (!is_ours(shard.id)) return;
  const auto [at, is_new] = shards_.try_emplace(shard.id);
  auto& known = at->second;
  known.closed = known.closed || shard.closed;
  if (!is_new) return;
  known.initial = initial;
  known.range.first = base::parse_uint128(shard.starting_hash_key).value_or(known.range.first);
  known.range.last = base::parse_uint128(shard.ending_hash_key).value_or(known.range.last);
  for (const auto& parent : {shard.parent_id, shard.adjacent_parent_id}) {
    if (!parent.empty()) known.parents.push_back(parent);
  }
  if (skip_closed && shard.closed) known.state = State::done;
}

std::vector<ShardTracker::Ready> ShardTracker::begin(const std::vector<aws::Shard>& listing,
                                                     bool skip_closed) {
  for (const auto& shard : listing) add(shard, true, skip_closed);
  return start_ready();
}

std::vector<ShardTracker::Ready> ShardTracker::update(const std::vector<aws::Shard>& listing) {
  for (const auto& shard : listing) add(shard, false, false);
  return start_ready();
}

std::vector<ShardTracker::Ready> ShardTracker::finish(const std::string& shard_id) {
  const auto at = shards_.find(shard_id);
  if (at != shards_.end()) at->second.state = State::done;
  return start_ready();
}

std::vector<ShardTracker::Ready> ShardTracker::start_ready() {
  const auto unfinished = [&](const std::string& parent) {
    const auto at = shards_.find(parent);
    return at != shards_.end() && at->second.state != State::done;
  };
  std::vector<Ready> out;
  for (auto& [id, known] : shards_) {
    if (known.state != State::waiting) continue;
    if (std::any_of(known.parents.begin(), known.parents.end(), unfinished)) continue;
    known.state = State::reading;
    out.push_back({id, known.initial, known.range});
  }
  return out;
}

bool ShardTracker::is_closed(const std::string& shard_id) const {
  const auto at = shards_.find(shard_id);
  return at != shards_.end() && at->second.closed;
}

std::size_t ShardTracker::waiting() const {
  return static_cast<std::size_t>(
      std::count_if(shards_.begin(), shards_.end(),
                    [](const auto& entry) { return entry.second.state == State::waiting; }));
}

}  // namespace millrace::connectors
