// GetShardIterator: a place in a shard, for five minutes.
#include "emulator/kinesis/streams.hpp"

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

  // Index of the record that a starting sequence number means.
  static base::Result<std::int64_t> index_of(std::string_view text, const engine::Stream& stream,
                                             const engine::Shard& shard, bool after) {
    const auto unfit = [&](const char* why) {
      return invalid_argument("StartingSequenceNumber " + std::string{text} +
                              " used in GetShardIterator on shard " +
                              engine::shard_id(shard.row.number) + " in stream " + stream.row.name +
                              " under account " + stream.row.account + " is invalid" + why);
    };
    const auto number = engine::parse_sequence_number(text);
    if (!number) return unfit(".");
    if (number->shard != shard.row.number) {
      return invalid_argument(
          "Invalid StartingSequenceNumber. It encodes " + engine::shard_id(number->shard) +
          ", while it was used in a call to a shard with " + engine::shard_id(shard.row.number));
    }
    if (number->version != 2 || number->created_s != shard.row.created_s) {
      // Recorded from AWS: a version-0 number of another stream is an internal failure.
      if (number->version == 0) return base::Error{base::ErrorCode::internal, ""};
      return unfit(" because it did not come from this stream.");
    }
    // The ending number of a closed shard, and what lies beyond anything we count.
    if (number->index > static_cast<std::uint64_t>(store::max_index)) return unfit(".");
    return static_cast<std::int64_t>(number->index) + (after ? 1 : 0);
  }

  static base::Error type_and_number(std::string_view type, bool number) {
    return invalid_argument(
        "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and "
        "StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. "
        "Request "
        "specified " +
        std::string{type} +
        (number ? " and also a StartingSequenceNumber." : " and no StartingSequenceNumber."));
  }

  static base::Status run(Context& context, Input& input, Output& output) {
    BOOST_OUTCOME_TRY(const auto name, name_of(context, input.stream));
    const auto number = engine::parse_shard_id(*input.shard_id);
    if (!number) {
      return base::Error{base::ErrorCode::not_found,
                         "Could not find shard " + std::string{*input.shard_id} + " in stream " +
                             name.name + " under account " + name.scope.account + "."};
    }
    const auto now = context.engine.now_ms();
    engine::ShardIterator iterator{.issued_ms = now,
                                   .account = name.scope.account,
                                   .region = name.scope.region,
                                   .stream = name.name,
                                   .shard = *number};
    const auto type = *input.shard_iterator_type;
    const bool by_number = type == "AT_SEQUENCE_NUMBER" || type == "AFTER_SEQUENCE_NUMBER";
    engine::ReadPlan plan;
    {
      const auto lock = context.engine.lock();
      const auto* stream = context.engine.find(name.scope, name.name);
      const auto* shard = stream ? stream->find(*number) : nullptr;
      if (shard == nullptr || stream->status(now) == engine::StreamStatus::creating) {
        return shard_not_found(engine::shard_id(*number), name);
      }
      iterator.stream_id = stream->row.id;
      if (input.starting_sequence_number) {
        if (!by_number) {
          if (type != "AT_TIMESTAMP") return type_and_number(type, true);
        } else {
          BOOST_OUTCOME_TRY(iterator.index, index_of(*input.starting_sequence_number, *stream,
                                                     *shard, type == "AFTER_SEQUENCE_NUMBER"));
        }
      } else if (by_number) {
        return type_and_number(type, false);
      }
      if (type == "LATEST") {
        iterator.index = shard->committed_next.load(std::memory_order_acquire);
      }
      plan = context.engine.plan(*stream, *shard, 0);
    }
    if (type == "AT_TIMESTAMP") {
      if (!input.timestamp) {
        return invalid_argument(
            "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current "
            "request has no timestamp parameter.");
      }
      const auto wanted = input.timestamp->ms;
      if (wanted > now) {
        return invalid_argument(
            "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. "
            "timestampInMillis: " +
            std::to_string(wanted) + ", currentTimestampInMillis: " + std::to_string(now));
      }
      BOOST_OUTCOME_TRY(const auto first, context.reader->first_at(plan.shard, wanted));
      if (first) {
        iterator.index = *first;
      } else {
        // Nothing that late yet: what is put from now on is.
        const auto lock = context.engine.lock();
        const auto* stream = context.engine.find(name.scope, name.name);
        const auto* shard = stream ? stream->find(*number) : nullptr;
        if (shard == nullptr) return shard_not_found(engine::shard_id(*number), name);
        iterator.index = shard->committed_next.load(std::memory_order_acquire);
      }
    }
    if (input.dry_run.value_or(false)) return dry_run_succeeded();
    output.shard_iterator = engine::to_text(iterator, context.engine.seal());
    return base::success();
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<GetShardIterator>();
}

}  // namespace millrace::kinesis::get_shard_iterator
