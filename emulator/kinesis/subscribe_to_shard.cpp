// SubscribeToShard: a shard's records pushed to a consumer as they come, for five minutes.
#include "emulator/kinesis/consumers.hpp"
#include "emulator/kinesis/shard_feed.hpp"

namespace millrace::kinesis::subscribe_to_shard {
namespace {

struct StartingPosition {
  wire::Text type;
  wire::Text sequence_number;
  wire::Time timestamp;
  static void members(auto& visit, auto& self) {
    visit("Type", self.type, Rules{.required = true, .values = iterator_types});
    visit("SequenceNumber", self.sequence_number, sequence_number_rules);
    visit("Timestamp", self.timestamp);
  }
};

// What the stream holds, one event after the other; for the description of the answer.
struct EventStream {
  ShardEvent event;
  static void members(auto& visit, auto& self) { visit("SubscribeToShardEvent", self.event); }
};

struct SubscribeToShard {
  struct Input {
    wire::Text consumer_arn;
    wire::Text stream_id;
    wire::Text shard_id;
    std::optional<StartingPosition> starting_position;
    wire::Boolean dry_run;
    static void members(auto& visit, auto& self) {
      visit("ConsumerARN", self.consumer_arn, consumer_arn_rules(true));
      visit("StreamId", self.stream_id, stream_id_rules);
      visit("ShardId", self.shard_id, name_rules(true));
      visit("StartingPosition", self.starting_position, Rules{.required = true});
      visit("DryRun", self.dry_run);
    }
  };
  struct Output {
    std::unique_ptr<Feed> feed;
    EventStream event_stream;
    static void members(auto& visit, auto& self) { visit("EventStream", self.event_stream); }
  };

  static base::Status run(Context& context, Input& input, Output& output) {
    auto& engine = context.engine;
    auto arn = engine::parse_arn(*input.consumer_arn);
    std::int64_t consumer_id = 0;
    {
      const auto lock = engine.lock();
      BOOST_OUTCOME_TRY(const auto* consumer, find_consumer(context, *input.consumer_arn));
      BOOST_OUTCOME_TRY(expect_active(context, *consumer));
      consumer_id = consumer->row.id;
    }
    const StreamName name{arn->scope, arn->owner};
    const auto& from = *input.starting_position;
    const Start start{"SubscribeToShard", *from.type, from.sequence_number, from.timestamp};
    BOOST_OUTCOME_TRY(const auto position, find_position(context, name, *input.shard_id, start));
    if (input.dry_run.value_or(false)) return dry_run_succeeded();
    auto claim = engine.subscriptions().claim(consumer_id, position.shard, engine.now_ms());
    if (claim == nullptr) {
      return base::Error{
          base::ErrorCode::in_use,
          "Another active subscription exists for this consumer: " + name.scope.account + ":" +
              name.name + ":" + engine::shard_id(position.shard) + ":" + arn->name};
    }
    // Whoever held the shard until now finds out.
    if (claim->took_over()) engine.signals().fire(position.stream_id);
    output.feed = std::make_unique<ShardFeed>(engine, std::move(*arn), consumer_id, position,
                                              std::move(claim));
    return base::success();
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<SubscribeToShard>();
}

}  // namespace millrace::kinesis::subscribe_to_shard
