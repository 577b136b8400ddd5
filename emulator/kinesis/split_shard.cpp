// SplitShard: one shard becomes two, at a hash key.
#include "emulator/kinesis/resharding.hpp"

namespace millrace::kinesis::split_shard {
namespace {

struct SplitShard {
  struct Input {
    StreamRef stream;
    wire::Text shard_to_split;
    wire::Text new_starting_hash_key;
    static void members(auto& visit, auto& self) {
      StreamRef::members(visit, self.stream);
      visit("ShardToSplit", self.shard_to_split, name_rules(true));
      visit("NewStartingHashKey", self.new_starting_hash_key,
            Rules{.required = true, .pattern = &hash_key_pattern});
    }
  };
  using Output = NoOutput;

  static base::Status run(Context& context, Input& input, Output&) {
    BOOST_OUTCOME_TRY(const auto* stream, find_stream(context, input.stream));
    BOOST_OUTCOME_TRY(const auto* shard, find_shard(context, *stream, *input.shard_to_split));
    BOOST_OUTCOME_TRY(expect_provisioned(*stream));
    BOOST_OUTCOME_TRY(expect_active(context, *stream));
    BOOST_OUTCOME_TRY(expect_open(*stream, *shard));
    const auto key = base::parse_uint128(*input.new_starting_hash_key);
    const auto [start, end] = std::pair{shard->row.hash_start, shard->row.hash_end};
    // Not key > start + 1: a shard that starts at the last keys has none to add.
    if (!key || *key <= start || *key - start <= 1 || *key >= end) {
      return invalid_argument("NewStartingHashKey " + std::string{*input.new_starting_hash_key} +
                              " used in SplitShard() on shard " + in_words(*stream, *shard) +
                              " is not both greater than one plus the shard's StartingHashKey " +
                              base::to_decimal(start) +
                              " and less than the shard's EndingHashKey " + base::to_decimal(end) +
                              ".");
    }
    BOOST_OUTCOME_TRY(check_shard_limit(context, {stream->row.account, stream->row.region}, 1));
    return context.engine.split_shard(*stream, *shard, *key);
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<SplitShard>();
}

}  // namespace millrace::kinesis::split_shard
