// Housekeeping: what time alone does to streams and records.
#include <algorithm>

#include "emulator/engine/engine.hpp"

namespace millrace::engine {

// From memory only; the store has forgotten it already.
void Engine::drop(Streams::iterator at) {
  const auto id = at->second->row.id;
  resources_.forget_stream(id);
  signals_.note(id);
  std::erase_if(touched_, [&](const Shard* shard) { return shard->row.stream_id == id; });
  const std::unique_lock guard{mutex_};
  streams_.erase(at);
}

base::Result<bool> Engine::trim(Stream& stream, Shard& shard, std::int64_t limit) {
  const auto oldest_ms = now_ms() - stream.retention_ms();
  if (shard.oldest_seen_ms >= oldest_ms) return false;
  const auto committed = shard.committed_next.load(std::memory_order_acquire);
  BOOST_OUTCOME_TRY(const auto first, own_reader_->first_at(shard.row.key, oldest_ms));
  const auto below = first.value_or(committed);
  auto row = shard.row;
  row.next_index = shard.next_index;
  row.last_ms = shard.last_ms;
  BOOST_OUTCOME_TRY(const auto erased, store_.trim(row, below, limit));
  if (erased >= limit) return true;
  // All that is left arrived at oldest_ms or later: nothing to look for until that has aged.
  BOOST_OUTCOME_TRY(auto page, own_reader_->scan(shard.row.key, below, 1, 0));
  shard.oldest_seen_ms =
      page.records.entries.empty() ? now_ms() : page.records.entries.front().time_ms;
  return false;
}

base::Result<bool> Engine::tidy(std::int64_t limit) {
  const auto now = now_ms();
  for (auto at = streams_.begin(); at != streams_.end();) {
    const auto next = std::next(at);
    if (at->second->status(now) == StreamStatus::gone) {
      BOOST_OUTCOME_TRY(store_.delete_stream(at->second->row.id));
      drop(at);
    }
    at = next;
  }
  BOOST_OUTCOME_TRY(resources_.tidy(now));
  for (auto& [key, stream] : streams_) {
    for (auto& shard : stream->shards) {
      BOOST_OUTCOME_TRY(const bool more, trim(*stream, *shard, limit));
      if (more) return true;
    }
  }
  BOOST_OUTCOME_TRY(const auto erased, store_.erase_doomed(limit));
  return erased > 0;
}

}  // namespace millrace::engine
