#include "emulator/kinesis/shard_feed.hpp"

#include <algorithm>

#include "emulator/kinesis/consumers.hpp"

namespace millrace::kinesis {

using base::Error;
using base::ErrorCode;

ShardFeed::ShardFeed(engine::Engine& engine, engine::Arn consumer, std::int64_t consumer_id,
                     const Position& from, Claim claim)
    : engine_(engine),
      consumer_(std::move(consumer)),
      consumer_id_(consumer_id),
      from_(from),
      claim_(std::move(claim)),
      ends_ms_(engine.now_ms() + life_ms),
      next_index_(from.index),
      heartbeat_due_ms_(engine.now_ms()),
      shared_(engine.shared_events().join(from.stream_id, from.shard)) {}

void ShardFeed::watch(std::function<void()> wake) {
  news_ = engine_.signals().watch(from_.stream_id, std::move(wake));
}

base::Result<ShardFeed::Sight> ShardFeed::look(std::int64_t now) const {
  if (claim_->lost()) {
    return Error{ErrorCode::in_use, "Another active subscription exists for this consumer: " +
                                        consumer_.scope.account + ":" + consumer_.owner + ":" +
                                        engine::shard_id(from_.shard) + ":" + consumer_.name};
  }
  const auto* stream = engine_.find(from_.stream_id);
  if (stream == nullptr || stream->status(now) == engine::StreamStatus::deleting) {
    return stream_not_found(stream_name());
  }
  const auto* consumer = engine_.resources().find(consumer_, now);
  if (consumer == nullptr || consumer->row.id != consumer_id_ ||
      consumer->status(now) == engine::ResourceStatus::deleting) {
    return consumer_not_found(consumer_.name, consumer_.scope.account);
  }
  const auto* shard = stream->find_kept(from_.shard, now);
  if (shard == nullptr) return shard_not_found(engine::shard_id(from_.shard), stream_name());
  return Sight{stream, shard};
}

base::Millis ShardFeed::due() {
  const auto now = engine_.now_ms();
  const auto lock = engine_.lock();
  const auto sight = look(now);
  if (!sight) return base::Millis{0};
  const auto& shard = *sight.value().shard;
  const bool news = shard.committed_next.load(std::memory_order_acquire) > next_index_ ||
                    shard.sealed.load(std::memory_order_acquire);
  if (news) {
    // What was sent beyond the rate is waited for.
    const auto level =
        engine_.limits_on(*sight.value().stream) ? pace_.level(now, bytes_per_s, bytes_per_s) : 0;
    return base::Millis{level >= 0 ? 0 : -level * 1000 / bytes_per_s + 1};
  }
  return base::Millis{std::max<std::int64_t>(0, std::min(ends_ms_, heartbeat_due_ms_) - now)};
}

base::Result<Feed::Next> ShardFeed::next(store::Reader& reader) {
  const auto now = engine_.now_ms();
  if (now >= ends_ms_) return Next::end;
  event_ = {};
  offer_ = {};
  as_sent_.reset();
  std::int64_t committed = 0;
  bool limited = false;
  std::vector<ChildShardShape> children;
  {
    const auto lock = engine_.lock();
    BOOST_OUTCOME_TRY(const auto sight, look(now));
    event_.records.plan = engine_.plan(*sight.stream, *sight.shard, next_index_);
    limited = engine_.limits_on(*sight.stream);
    committed = sight.shard->committed_next.load(std::memory_order_acquire);
    if (event_.records.plan.closed) children = children_of(*sight.stream, *sight.shard);
  }
  const auto charge = [&](std::size_t bytes) {
    if (limited) pace_.charge(now, static_cast<std::int64_t>(bytes), bytes_per_s, bytes_per_s);
  };
  const auto& plan = event_.records.plan;
  if (!plan.closed) {
    if (auto same = shared_->find(next_index_, committed, plan.oldest_ms)) {
      next_index_ = same->next;
      heartbeat_due_ms_ = now + heartbeat_ms;
      charge(same->charged);
      as_sent_ = std::move(same->bytes);
      return Next::event;
    }
  }
  const auto from = next_index_;
  BOOST_OUTCOME_TRY(auto result, engine_.read(reader, plan, most_records, most_bytes));
  const bool any = !result.records.entries.empty();
  // Without records: those that were there have expired.
  next_index_ = any ? result.next_index : std::max({result.next_index, next_index_, committed});
  if (any) charge(result.records.bytes.size());
  if (!any && !result.at_end && now < heartbeat_due_ms_) return Next::nothing;
  heartbeat_due_ms_ = now + heartbeat_ms;
  event_.millis_behind_latest = result.millis_behind;
  if (result.at_end) {
    event_.child_shards = std::move(children);
  } else {
    // The number before the next record's: reading goes on after it. Without records it moves with
    // the clock, as AWS's does.
    const auto time = any ? result.records.entries.back().time_ms : now;
    const auto before = std::max<std::int64_t>(0, next_index_ - 1);
    event_.continuation_sequence_number =
        engine::SequenceText{event_.records.sequence(before, time)}.str();
  }
  if (any && !result.at_end && result.millis_behind == 0) {
    offer_ = {from, next_index_, result.records.entries.front().time_ms,
              result.records.bytes.size(), nullptr};
  }
  event_.records.batch = std::move(result.records);
  return result.at_end ? Next::last_event : Next::event;
}

void ShardFeed::share(const std::shared_ptr<const std::string>& frames) {
  if (offer_.next == 0) return;
  offer_.bytes = frames;
  shared_->offer(std::exchange(offer_, {}));
}

}  // namespace millrace::kinesis
