#include "emulator/store/pending.hpp"

#include <mutex>

namespace millrace::store {

bool Page::add(const RecordBatch& batch, std::int64_t from_index) {
  for (auto at = batch.find(from_index); at < batch.entries.size(); ++at) {
    const auto& entry = batch.entries[at];
    if (!add(entry.index, entry.time_ms, entry.has_key, entry.key_size, batch.record(entry))) {
      return false;
    }
  }
  return true;
}

std::optional<std::int64_t> first_at(const RecordBatch& batch, std::int64_t time_ms) {
  const auto at = std::lower_bound(
      batch.entries.begin(), batch.entries.end(), time_ms,
      [](const RecordBatch::Entry& one, std::int64_t wanted) { return one.time_ms < wanted; });
  return at == batch.entries.end() ? std::nullopt : std::optional{at->index};
}

bool Pending::read_tip(ShardKey shard, std::int64_t from_index, Page& page) const {
  const std::shared_lock guard{mutex_};
  const auto at = shards_.find(shard.value);
  if (at == shards_.end() || from_index < at->second.entries.front().index) return false;
  page.add(at->second, from_index);
  return true;
}

void Pending::read(ShardKey shard, std::int64_t from_index, Page& page) const {
  const std::shared_lock guard{mutex_};
  const auto at = shards_.find(shard.value);
  if (at != shards_.end()) page.add(at->second, from_index);
}

std::optional<std::int64_t> Pending::first_at(ShardKey shard, std::int64_t time_ms) const {
  const std::shared_lock guard{mutex_};
  const auto at = shards_.find(shard.value);
  return at == shards_.end() ? std::nullopt : store::first_at(at->second, time_ms);
}

void Pending::add(ShardKey shard, const RecordBatch& records) {
  if (records.entries.empty()) return;
  const std::unique_lock guard{mutex_};
  auto& mine = shards_[shard.value];
  for (const auto& entry : records.entries) mine.append(records, entry);
  size_ += size_of(records);
}

void Pending::replace(Shards shards) {
  std::size_t size = 0;
  for (const auto& [shard, records] : shards) size += size_of(records);
  {
    const std::unique_lock guard{mutex_};
    shards_.swap(shards);
    size_ = size;
    generation_.fetch_add(1, std::memory_order_release);
  }
  // What was there dies here, outside the lock.
}

}  // namespace millrace::store
