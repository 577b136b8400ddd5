// The events of one subscription to a shard.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emulator/engine/engine.hpp"
#include "emulator/kinesis/feed.hpp"
#include "emulator/kinesis/position.hpp"
#include "emulator/kinesis/record_list.hpp"
#include "emulator/kinesis/shapes.hpp"

namespace millrace::kinesis {

struct ShardEvent {
  RecordList records;
  // Missing in the last event of a shard; clients tell its end by that.
  std::optional<std::string> continuation_sequence_number;
  std::int64_t millis_behind_latest = 0;
  std::optional<std::vector<ChildShardShape>> child_shards;
  static void members(auto& visit, auto& self) {
    visit("Records", self.records);
    visit("ContinuationSequenceNumber", self.continuation_sequence_number);
    visit("MillisBehindLatest", self.millis_behind_latest);
    visit("ChildShards", self.child_shards);
  }
};

class ShardFeed final : public Feed {
 public:
  // A subscription ends after five minutes (API reference, SubscribeToShard).
  static constexpr std::int64_t life_ms = 300'000;
  // An event without records tells an idle client that all is well, and us whether it is there.
  static constexpr std::int64_t heartbeat_ms = 2'000;
  // Of one event's records, data and keys; a larger record goes alone.
  static constexpr std::size_t most_bytes = 1'048'576;
  static constexpr std::size_t most_records = 10'000;

  // Of a consumer and shard, where limits hold (quotas page, SubscribeToShard).
  static constexpr std::int64_t bytes_per_s = 2 * 1'048'576;

  using Claim = std::shared_ptr<const engine::Subscriptions::Claim>;
  // Of an active consumer.
  ShardFeed(engine::Engine& engine, engine::Arn consumer, std::int64_t consumer_id,
            const Position& from, Claim claim);

  void watch(std::function<void()> wake) override;
  base::Millis due() override;
  base::Result<Next> next(store::Reader& reader) override;
  [[nodiscard]] std::shared_ptr<const std::string> as_sent() const override { return as_sent_; }
  void encode(wire::Encoder& out) const override { wire::write(event_, out); }
  void share(const std::shared_ptr<const std::string>& frames) override;
  [[nodiscard]] std::string_view event_name() const override { return "SubscribeToShardEvent"; }

 private:
  // What still holds of what was subscribed to; under the engine's lock.
  struct Sight {
    const engine::Stream* stream = nullptr;
    const engine::Shard* shard = nullptr;
  };
  [[nodiscard]] base::Result<Sight> look(std::int64_t now) const;
  [[nodiscard]] StreamName stream_name() const { return {consumer_.scope, consumer_.owner}; }

  engine::Engine& engine_;
  const engine::Arn consumer_;
  const std::int64_t consumer_id_;
  const Position from_;
  const Claim claim_;
  const std::int64_t ends_ms_;
  engine::Signals::Subscription news_;

  std::int64_t next_index_;
  std::int64_t heartbeat_due_ms_;  // the first one is due at once
  engine::Bucket pace_;
  ShardEvent event_;
  engine::SharedEvents::Share shared_;
  engine::SharedEvents::Event
      offer_;  // the event in event_, without its bytes; next 0: not to share
  std::shared_ptr<const std::string> as_sent_;
};

}  // namespace millrace::kinesis
