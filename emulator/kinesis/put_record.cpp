// PutRecord: one record into the shard that its key hashes to.
#include "emulator/kinesis/put.hpp"

namespace millrace::kinesis::put_record {
namespace {

struct PutRecord {
  struct Input {
    StreamRef stream;
    wire::Blob data;
    wire::Text partition_key;
    wire::Text explicit_hash_key;
    wire::Text sequence_number_for_ordering;
    wire::Boolean dry_run;
    std::optional<base::Uint128> hash;  // by prepare()
    static void members(auto& visit, auto& self) {
      StreamRef::members(visit, self.stream);
      visit("Data", self.data, data_rules);
      visit("PartitionKey", self.partition_key, partition_key_rules);
      visit("ExplicitHashKey", self.explicit_hash_key, hash_key_rules);
      visit("SequenceNumberForOrdering", self.sequence_number_for_ordering, sequence_number_rules);
      visit("DryRun", self.dry_run);
    }
  };
  struct Output {
    std::string shard_id;
    std::string sequence_number;
    std::optional<std::string> encryption_type;
    static void members(auto& visit, auto& self) {
      visit("ShardId", self.shard_id);
      visit("SequenceNumber", self.sequence_number);
      visit("EncryptionType", self.encryption_type);
    }
  };

  static void prepare(Input& input) {
    input.hash = hash_of(input.partition_key, input.explicit_hash_key);
  }

  // That a number given out so far can carry: a shard's numbers begin a second after its parents'.
  static std::int64_t latest_second(const Context& context, const engine::Stream& stream,
                                    std::uint32_t number) {
    const auto now_s = context.engine.now_ms() / 1000;
    const auto* shard = stream.find(number);
    return shard == nullptr ? now_s : std::max(now_s, shard->row.created_s);
  }

  static base::Status run(Context& context, Input& input, Output& output) {
    BOOST_OUTCOME_TRY(const auto* stream, find_writable(context, input.stream));
    if (!input.hash) return bad_explicit_hash_key(*input.explicit_hash_key);
    BOOST_OUTCOME_TRY(check_record(*stream, input.partition_key, input.data->bytes, ""));
    if (input.sequence_number_for_ordering) {
      // Numbers of a shard always rise here, so all that is left to do is to refuse a number that
      // cannot have come from an earlier put.
      const auto before = engine::parse_sequence_number(*input.sequence_number_for_ordering);
      if (!before || before->time_s > latest_second(context, *stream, before->shard)) {
        return invalid_argument("ExclusiveMinimumSequenceNumber " +
                                std::string{*input.sequence_number_for_ordering} +
                                " used in PutRecord on stream " + stream->row.name +
                                " under account " + stream->row.account + " is invalid.");
      }
    }
    if (input.dry_run.value_or(false)) return dry_run_succeeded();
    const engine::NewRecord record{input.partition_key, input.data->bytes,
                                   place(*stream, *input.hash)};
    std::vector<engine::Appended> appended;
    BOOST_OUTCOME_TRY(context.engine.append(*stream, {&record, 1}, appended));
    if (appended[0].throttled) return shard_rate_exceeded(appended[0].sequence.shard, *stream);
    output.shard_id = engine::shard_id(appended[0].sequence.shard);
    output.sequence_number = engine::SequenceText{appended[0].sequence}.str();
    output.encryption_type = encryption_of(context, *stream);
    return base::success();
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<PutRecord>();
}

}  // namespace millrace::kinesis::put_record
