// DescribeStream: a stream with its shards, in pages of at most 100.
#include <algorithm>

#include "emulator/kinesis/streams.hpp"

namespace millrace::kinesis::describe_stream {
namespace {

constexpr std::int32_t most_shards = 100;

struct Description : StreamFacts {
  std::vector<ShardShape> shards;
  bool has_more_shards = false;
  static void members(auto& visit, auto& self) {
    StreamFacts::members(visit, self);
    visit("Shards", self.shards);
    visit("HasMoreShards", self.has_more_shards);
  }
};

struct DescribeStream {
  struct Input {
    StreamRef stream;
    wire::Integer limit;
    wire::Text exclusive_start_shard_id;
    static void members(auto& visit, auto& self) {
      StreamRef::members(visit, self.stream);
      visit("Limit", self.limit, limit_rules);
      visit("ExclusiveStartShardId", self.exclusive_start_shard_id, name_rules());
    }
  };
  struct Output {
    Description stream_description;
    static void members(auto& visit, auto& self) {
      visit("StreamDescription", self.stream_description);
    }
  };

  static base::Status run(Context& context, Input& input, Output& output) {
    BOOST_OUTCOME_TRY(const auto* stream, find_stream(context, input.stream));
    const auto now = context.engine.now_ms();
    auto& description = output.stream_description;
    static_cast<StreamFacts&>(description) = facts_of(*stream, now);
    // Recorded from AWS: a stream being created shows no shards yet.
    if (stream->status(now) == engine::StreamStatus::creating) return base::success();
    const auto limit =
        static_cast<std::size_t>(std::min(input.limit.value_or(most_shards), most_shards));
    for (const auto& shard : stream->shards) {
      if (stream->is_expired(*shard, now)) continue;
      auto shape = shape_of(*shard);
      if (input.exclusive_start_shard_id && shape.shard_id <= *input.exclusive_start_shard_id)
        continue;
      if (description.shards.size() == limit) {
        description.has_more_shards = true;
        break;
      }
      description.shards.push_back(std::move(shape));
    }
    return base::success();
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<DescribeStream>();
}

}  // namespace millrace::kinesis::describe_stream
