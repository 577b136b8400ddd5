// DescribeLimits: how many shards, on-demand streams and channels there may be, and are.
#include "emulator/kinesis/streams.hpp"

namespace millrace::kinesis::describe_limits {
namespace {

// AWS does not publish how many channels an account may have; two a stream is what each stream may.
constexpr std::int64_t channels_a_stream = 2;

struct DescribeLimits {
  struct Input {
    static void members(auto&, auto&) {}
  };
  struct Output {
    std::int64_t shard_limit = 0;
    std::int64_t open_shard_count = 0;
    std::int64_t on_demand_stream_count = 0;
    std::int64_t on_demand_stream_count_limit = 0;
    std::int64_t channel_count = 0;
    std::int64_t channel_count_limit = 0;
    static void members(auto& visit, auto& self) {
      visit("ShardLimit", self.shard_limit);
      visit("OpenShardCount", self.open_shard_count);
      visit("OnDemandStreamCount", self.on_demand_stream_count);
      visit("OnDemandStreamCountLimit", self.on_demand_stream_count_limit);
      visit("ChannelCount", self.channel_count);
      visit("ChannelCountLimit", self.channel_count_limit);
    }
  };

  static base::Status run(Context& context, Input&, Output& output) {
    const auto& engine = context.engine;
    output.shard_limit = engine.options().shard_limit;
    output.open_shard_count = engine.open_shards(context.scope);
    output.on_demand_stream_count = engine.on_demand_streams(context.scope);
    output.on_demand_stream_count_limit = engine.options().on_demand_limit;
    output.channel_count = static_cast<std::int64_t>(
        engine.resources()
            .list(context.scope, engine::ResourceKind::channel, "", "", SIZE_MAX, engine.now_ms())
            .size());
    output.channel_count_limit = channels_a_stream * output.on_demand_stream_count_limit;
    return base::success();
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<DescribeLimits>();
}

}  // namespace millrace::kinesis::describe_limits
