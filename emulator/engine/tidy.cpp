// Housekeeping: what time alone does to streams and records.
#include <algorithm>

#include "emulator/engine/engine.hpp"
#include "emulator/engine/reshaping.hpp"

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

// Expired records are hidden from readers at once; erasing them may come a little later and then
// takes many at a time. Of 24 hours this is a minute and a half.
std::int64_t Engine::slack_ms(const Stream& stream) {
  return stream.retention_ms() / 1000;
}

// Erases at most `left` records and takes them off; false: none is left that should go now.
base::Result<bool> Engine::trim(Stream& stream, Shard& shard, std::int64_t& left) {
  const auto oldest_ms = stream.trim_horizon_ms(now_ms());
  if (shard.oldest_seen_ms >= oldest_ms - (shard.trimming ? 0 : slack_ms(stream))) return false;
  shard.trimming = true;
  const auto committed = shard.committed_next.load(std::memory_order_acquire);
  BOOST_OUTCOME_TRY(const auto first, own_reader_->first_at(shard.row.key, oldest_ms));
  const auto below = first.value_or(committed);
  auto row = shard.row;
  row.next_index = shard.next_index;
  row.last_ms = shard.last_ms;
  BOOST_OUTCOME_TRY(const auto erased, store_.trim(row, below, left));
  left -= erased;
  if (left <= 0) return true;
  // All that is left arrived at oldest_ms or later: nothing to look for until that has aged.
  shard.trimming = false;
  BOOST_OUTCOME_TRY(auto page, own_reader_->scan(shard.row.key, below, 1, 0));
  shard.oldest_seen_ms =
      page.records.entries.empty() ? now_ms() : page.records.entries.front().time_ms;
  return false;
}

base::Status Engine::forget_expired_shards(Stream& stream) {
  const auto now = now_ms();
  const auto expired = [&](const auto& shard) { return stream.is_expired(*shard, now); };
  if (std::none_of(stream.shards.begin(), stream.shards.end(), expired)) return base::success();
  BOOST_OUTCOME_TRY(atomically([&]() -> base::Status {
    for (const auto& shard : stream.shards) {
      if (!expired(shard)) continue;
      BOOST_OUTCOME_TRY(store_.delete_shard(shard->row.key));
    }
    return base::success();
  }));
  std::erase_if(touched_, [&](const Shard* shard) {
    return shard->row.stream_id == stream.row.id && stream.is_expired(*shard, now);
  });
  signals_.note(stream.row.id);
  const std::unique_lock guard{mutex_};
  std::erase_if(stream.shards, expired);
  return base::success();
}

base::Status Engine::split_hot_shards(Stream& stream) {
  const auto now = now_ms();
  if (stream.row.mode != "ON_DEMAND" || stream.status(now) != StreamStatus::active) {
    return base::success();
  }
  Reshaping plan{stream, now};
  auto room = options_.shard_limit - open_shards({stream.row.account, stream.row.region});
  for (std::size_t at = 0; auto* shard : stream.open) {
    const auto elapsed_ms = now - shard->counting_since_ms;
    bool split = false;
    // Over a window that housekeeping came late to (the clock was moved, say) the rate is lower.
    if (elapsed_ms >= options_.hot_window_ms || elapsed_ms < 0) {
      split = elapsed_ms > 0 && room > 0 && plan.can_halve(at) &&
              shard->counted_bytes > options_.hot_bytes_per_s * elapsed_ms / 1000;
      shard->counted_bytes = 0;
      shard->counting_since_ms = now;
    }
    if (split) {
      plan.halve(at);
      --room;
    }
    at += split ? 2 : 1;
  }
  return reshape(stream, plan);
}

base::Result<bool> Engine::tidy(std::int64_t limit) {
  if (broken_) return *broken_;
  auto more = tidy_all(limit);
  // Records that are gone without the note that keeps their numbers from being given again, say.
  if (!more) broken_ = more.error();
  return more;
}

base::Result<bool> Engine::tidy_all(std::int64_t limit) {
  BOOST_OUTCOME_TRY(notice_clock());
  const auto now = now_ms();
  auto left = limit;
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
    BOOST_OUTCOME_TRY(split_hot_shards(*stream));
    BOOST_OUTCOME_TRY(forget_expired_shards(*stream));
    for (auto& shard : stream->shards) {
      BOOST_OUTCOME_TRY(const bool more, trim(*stream, *shard, left));
      if (more) return true;
    }
  }
  BOOST_OUTCOME_TRY(const auto erased, store_.erase_doomed(left));
  return erased > 0;
}

}  // namespace millrace::engine
