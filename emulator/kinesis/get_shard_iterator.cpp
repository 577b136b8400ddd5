// GetShardIterator: a place in a shard, for five minutes.
#include "emulator/kinesis/position.hpp"

namespace millrace::kinesis::get_shard_iterator {
namespace {

struct GetShardIterator {
  struct Input {
    StreamRef stream;
    wire::Text shard_id;
    wire::Text shard_iterator_type;
    wire::Text starting_sequence_number;
    wire::Time timestamp;
    wire::Boolean dry_run;
    static void members(auto& visit, auto& self) {
      StreamRef::members(visit, self.stream);
      visit("ShardId", self.shard_id, name_rules(true));
      visit("ShardIteratorType", self.shard_iterator_type,
            Rules{.required = true, .values = iterator_types});
      visit("StartingSequenceNumber", self.starting_sequence_number, sequence_number_rules);
      visit("Timestamp", self.timestamp);
      visit("DryRun", self.dry_run);
    }
  };
  struct Output {
    std::string shard_iterator;
    static void members(auto& visit, auto& self) { visit("ShardIterator", self.shard_iterator); }
  };

  // Only open shards are limited (API reference, checked 2026-11-23).
  static base::Status check_rate(Context& context, const StreamName& name, std::uint32_t number) {
    const auto lock = context.engine.lock();
    const auto* stream = context.engine.find(name.scope, name.name);
    if (stream == nullptr || !context.engine.limits_on(*stream)) return base::success();
    const auto* shard = stream->find(number);
    if (shard == nullptr || shard->row.closed_ms) return base::success();
    if (shard->reads->admit_iterator(context.engine.now_ms())) return base::success();
    return shard_rate_exceeded(number, *stream);
  }

  static base::Status run(Context& context, Input& input, Output& output) {
    BOOST_OUTCOME_TRY(const auto name, name_of(context, input.stream));
    const Start start{"GetShardIterator", *input.shard_iterator_type,
                      input.starting_sequence_number, input.timestamp};
    BOOST_OUTCOME_TRY(const auto position, find_position(context, name, *input.shard_id, start));
    if (input.dry_run.value_or(false)) return dry_run_succeeded();
    BOOST_OUTCOME_TRY(check_rate(context, name, position.shard));
    const engine::ShardIterator iterator{.issued_ms = context.engine.now_ms(),
                                         .stream_id = position.stream_id,
                                         .account = name.scope.account,
                                         .region = name.scope.region,
                                         .stream = name.name,
                                         .shard = position.shard,
                                         .index = position.index};
    output.shard_iterator = engine::to_text(iterator, context.engine.seal());
    return base::success();
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<GetShardIterator>();
}

}  // namespace millrace::kinesis::get_shard_iterator
