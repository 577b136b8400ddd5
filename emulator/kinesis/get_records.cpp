// GetRecords: records from an iterator on, and the iterator for the next call.
#include "emulator/kinesis/record_list.hpp"
#include "emulator/kinesis/streams.hpp"
#include "emulator/kinesis/tokens.hpp"

namespace millrace::kinesis::get_records {
namespace {

// A call gives at most 10,000 records and 10 MiB (quotas page).
constexpr std::int32_t most_records = 10'000;
constexpr std::size_t most_bytes = 10'485'760;

struct GetRecords {
  struct Input {
    wire::Text shard_iterator;
    wire::Integer limit;
    wire::Text stream_arn;
    wire::Text stream_id;
    wire::Boolean dry_run;
    static void members(auto& visit, auto& self) {
      visit("ShardIterator", self.shard_iterator, Rules{.required = true, .min = 1, .max = 512});
      visit("Limit", self.limit, limit_rules);
      visit("StreamARN", self.stream_arn, stream_arn_rules);
      visit("StreamId", self.stream_id, stream_id_rules);
      visit("DryRun", self.dry_run);
    }
  };
  struct Output {
    RecordList records;
    std::optional<std::string> next_shard_iterator;
    std::int64_t millis_behind_latest = 0;
    std::optional<std::vector<ChildShardShape>> child_shards;
    static void members(auto& visit, auto& self) {
      visit("Records", self.records);
      visit("NextShardIterator", self.next_shard_iterator);
      visit("MillisBehindLatest", self.millis_behind_latest);
      visit("ChildShards", self.child_shards);
    }
  };

  static base::Status run(Context& context, Input& input, Output& output) {
    auto text = *input.shard_iterator;
    // AWS takes an iterator in a pair of double quotes, as shells leave it there.
    if (text.size() > 2 && text.front() == '"' && text.back() == '"') {
      text = text.substr(1, text.size() - 2);
    }
    auto iterator = engine::parse_iterator(text, context.engine.seal());
    const auto now = context.engine.now_ms();
    if (!iterator) return invalid_argument("Invalid ShardIterator.");
    if (now - iterator->issued_ms > engine::token_life_ms) {
      return base::Error{base::ErrorCode::expired_iterator,
                         "Iterator expired. The iterator was created at time " +
                             message_time(iterator->issued_ms) + " while right now it is " +
                             message_time(now) +
                             " which is further in the future than the tolerated delay of 300000 "
                             "milliseconds."};
    }
    const StreamName name{{iterator->account, iterator->region}, iterator->stream};
    if (input.stream_arn) {
      BOOST_OUTCOME_TRY(const auto named, name_of_arn(*input.stream_arn));
      if (named.name != name.name) {
        return invalid_argument("StreamARN " + std::string{*input.stream_arn} +
                                " does not name the stream of the ShardIterator.");
      }
    }
    std::vector<ChildShardShape> children;
    std::shared_ptr<engine::ReadRates> rates;  // where limits are on
    {
      const auto lock = context.engine.lock();
      const auto* stream = context.engine.find(name.scope, name.name);
      const auto* shard = stream && stream->row.id == iterator->stream_id
                              ? stream->find_kept(iterator->shard, now)
                              : nullptr;
      if (shard == nullptr) return shard_not_found(engine::shard_id(iterator->shard), name);
      output.records.plan = context.engine.plan(*stream, *shard, iterator->index);
      if (output.records.plan.closed) children = children_of(*stream, *shard);
      if (context.engine.limits_on(*stream) && !input.dry_run.value_or(false)) {
        rates = shard->reads;
        if (!rates->admit_call(now)) return shard_rate_exceeded(shard->row.number, *stream);
      }
    }
    if (input.dry_run.value_or(false)) return dry_run_succeeded();
    const auto limit = static_cast<std::size_t>(input.limit.value_or(most_records));
    BOOST_OUTCOME_TRY(auto result,
                      context.engine.read(*context.reader, output.records.plan, limit, most_bytes));
    // Data and keys.
    if (rates) rates->charge(now, static_cast<std::int64_t>(result.records.bytes.size()));
    output.records.batch = std::move(result.records);
    output.millis_behind_latest = result.millis_behind;
    if (result.at_end) {
      output.child_shards = std::move(children);
    } else {
      iterator->issued_ms = now;
      iterator->index = result.next_index;
      output.next_shard_iterator = engine::to_text(*iterator, context.engine.seal());
    }
    return base::success();
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<GetRecords>();
}

}  // namespace millrace::kinesis::get_records
