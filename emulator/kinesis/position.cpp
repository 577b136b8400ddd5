#include "emulator/kinesis/position.hpp"

namespace millrace::kinesis {
namespace {

// Index of the record that a starting sequence number means.
base::Result<std::int64_t> index_of(const Start& start, const engine::Stream& stream,
                                    const engine::Shard& shard) {
  const auto text = *start.sequence_number;
  const auto unfit = [&](const char* why) {
    return invalid_argument("StartingSequenceNumber " + std::string{text} + " used in " +
                            start.operation + " on shard " + engine::shard_id(shard.row.number) +
                            " in stream " + stream.row.name + " under account " +
                            stream.row.account + " is invalid" + why);
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
  return static_cast<std::int64_t>(number->index) + (start.type == "AFTER_SEQUENCE_NUMBER" ? 1 : 0);
}

base::Error type_and_number(std::string_view type, bool number) {
  return invalid_argument(
      "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and "
      "StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. "
      "Request "
      "specified " +
      std::string{type} +
      (number ? " and also a StartingSequenceNumber." : " and no StartingSequenceNumber."));
}

// The clock's place: the first record that arrived at or after it. `end`: where the shard ended a
// moment ago; what has come since is later than any time that can be asked for.
base::Result<std::int64_t> index_at(const Context& context, const engine::ReadPlan& plan,
                                    const Start& start, std::int64_t end) {
  if (!start.timestamp) {
    return invalid_argument(
        "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current "
        "request has no timestamp parameter.");
  }
  const auto wanted = start.timestamp->ms;
  const auto now = context.engine.now_ms();
  if (wanted > now) {
    return invalid_argument(
        "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. "
        "timestampInMillis: " +
        std::to_string(wanted) + ", currentTimestampInMillis: " + std::to_string(now));
  }
  BOOST_OUTCOME_TRY(const auto first, context.reader->first_at(plan.shard, wanted));
  return first.value_or(end);
}

}  // namespace

base::Result<Position> find_position(const Context& context, const StreamName& name,
                                     std::string_view shard_text, const Start& start) {
  const auto number = engine::parse_shard_id(shard_text);
  if (!number) {
    return base::Error{base::ErrorCode::not_found,
                       "Could not find shard " + std::string{shard_text} + " in stream " +
                           name.name + " under account " + name.scope.account + "."};
  }
  Position position{.shard = *number};
  const bool by_number =
      start.type == "AT_SEQUENCE_NUMBER" || start.type == "AFTER_SEQUENCE_NUMBER";
  engine::ReadPlan plan;
  {
    const auto lock = context.engine.lock();
    const auto now = context.engine.now_ms();
    const auto* stream = context.engine.find(name.scope, name.name);
    const auto* shard = stream ? stream->find_kept(*number, now) : nullptr;
    if (shard == nullptr || stream->status(now) == engine::StreamStatus::creating) {
      return shard_not_found(engine::shard_id(*number), name);
    }
    position.stream_id = stream->row.id;
    if (start.sequence_number) {
      if (by_number) {
        BOOST_OUTCOME_TRY(position.index, index_of(start, *stream, *shard));
      } else if (start.type != "AT_TIMESTAMP") {
        return type_and_number(start.type, true);
      }
    } else if (by_number) {
      return type_and_number(start.type, false);
    }
    if (start.type == "LATEST" || start.type == "AT_TIMESTAMP") {
      position.index = shard->committed_next.load(std::memory_order_acquire);
    }
    plan = context.engine.plan(*stream, *shard, 0);
  }
  if (start.type == "AT_TIMESTAMP") {
    BOOST_OUTCOME_TRY(position.index, index_at(context, plan, start, position.index));
  }
  return position;
}

}  // namespace millrace::kinesis
