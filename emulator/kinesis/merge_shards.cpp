// MergeShards: two neighbours become one shard.
#include "emulator/kinesis/resharding.hpp"

namespace millrace::kinesis::merge_shards {
namespace {

struct MergeShards {
  struct Input {
    StreamRef stream;
    wire::Text shard_to_merge;
    wire::Text adjacent_shard_to_merge;
    static void members(auto& visit, auto& self) {
      StreamRef::members(visit, self.stream);
      visit("ShardToMerge", self.shard_to_merge, name_rules(true));
      visit("AdjacentShardToMerge", self.adjacent_shard_to_merge, name_rules(true));
    }
  };
  using Output = NoOutput;

  static base::Status run(Context& context, Input& input, Output&) {
    BOOST_OUTCOME_TRY(const auto* stream, find_stream(context, input.stream));
    BOOST_OUTCOME_TRY(const auto* low, find_shard(context, *stream, *input.shard_to_merge));
    BOOST_OUTCOME_TRY(const auto* high,
                      find_shard(context, *stream, *input.adjacent_shard_to_merge));
    BOOST_OUTCOME_TRY(expect_provisioned(*stream));
    BOOST_OUTCOME_TRY(expect_active(context, *stream));
    BOOST_OUTCOME_TRY(expect_open(*stream, *low));
    BOOST_OUTCOME_TRY(expect_open(*stream, *high));
    // The order counts, as recorded from AWS: the adjacent shard is the one above.
    if (low->row.hash_end == base::uint128_max || low->row.hash_end + 1 != high->row.hash_start) {
      return invalid_argument("Shards " + engine::shard_id(low->row.number) + " and " +
                              in_words(*stream, *high) +
                              " are not an adjacent pair of shards eligible for merging");
    }
    return context.engine.merge_shards(*stream, *low, *high);
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<MergeShards>();
}

}  // namespace millrace::kinesis::merge_shards
