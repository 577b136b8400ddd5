// CreateStream: asynchronous, CREATING then ACTIVE.
#include <algorithm>
#include <limits>

#include "emulator/kinesis/on_demand.hpp"
#include "emulator/kinesis/tags.hpp"

namespace millrace::kinesis::create_stream {
namespace {

constexpr std::ptrdiff_t most_creating = 5;  // of an account and region (API reference)

struct CreateStream {
  struct Input {
    wire::Text stream_name;
    wire::Integer shard_count;
    std::optional<StreamModeInput> stream_mode_details;
    wire::TextMap tags;
    wire::Integer warm_throughput_mibps;
    wire::Integer max_record_size_in_kib;
    wire::Text record_distribution_strategy;
    static void members(auto& visit, auto& self) {
      visit("StreamName", self.stream_name, name_rules(true));
      visit("ShardCount", self.shard_count, Rules{.min = 1});
      visit("StreamModeDetails", self.stream_mode_details);
      visit("Tags", self.tags, tag_map_rules);
      visit("WarmThroughputMiBps", self.warm_throughput_mibps, Rules{.min = 0});
      visit("MaxRecordSizeInKiB", self.max_record_size_in_kib, Rules{.min = 1024, .max = 10240});
      visit("RecordDistributionStrategy", self.record_distribution_strategy,
            Rules{.values = distribution_strategies});
    }
  };
  using Output = NoOutput;

  static base::Status check_creating(const Context& context) {
    const auto now = context.engine.now_ms();
    const auto streams =
        context.engine.list(context.scope, "", std::numeric_limits<std::size_t>::max());
    const auto creating =
        std::count_if(streams.begin(), streams.end(), [&](const engine::Stream* one) {
          return one->status(now) == engine::StreamStatus::creating;
        });
    if (creating < most_creating) return base::success();
    return limit_exceeded(
        "This request would exceed the limit on streams that can simultaneously be in CREATING "
        "for the account " +
        context.scope.account + " in " + context.scope.region +
        ". Limit: " + std::to_string(most_creating) + ".");
  }

  static base::Status run(Context& context, Input& input, Output&) {
    engine::NewStream wanted;
    wanted.name = *input.stream_name;
    if (input.stream_mode_details) wanted.mode = *input.stream_mode_details->stream_mode;
    const bool on_demand = wanted.mode == "ON_DEMAND";
    // Neither count nor mode: AWS was seen to open 4 shards (2022). On-demand streams begin with 4.
    wanted.shards =
        on_demand ? on_demand_shards : static_cast<std::uint32_t>(input.shard_count.value_or(4));
    if (!on_demand && input.stream_mode_details && !input.shard_count) {
      return base::Error{base::ErrorCode::validation,
                         "ShardCount is required for a stream in PROVISIONED mode."};
    }
    if (input.record_distribution_strategy) {
      wanted.distribution = *input.record_distribution_strategy;
      if (!on_demand) {
        return invalid_argument(
            "RecordDistributionStrategy can only be set for streams in ON_DEMAND mode.");
      }
    }
    wanted.warm_mibps = input.warm_throughput_mibps.value_or(0);
    if (input.warm_throughput_mibps && !on_demand) {
      return base::Error{base::ErrorCode::validation,
                         "WarmThroughputMiBps can only be set for streams in ON_DEMAND mode."};
    }
    wanted.max_record_kib = input.max_record_size_in_kib.value_or(1024);
    if (input.tags) {
      BOOST_OUTCOME_TRY(wanted.tags,
                        with_tags({}, *input.tags, {"stream", wanted.name, context.scope.account}));
    }
    if (context.engine.find(context.scope, wanted.name) != nullptr) {
      return base::Error{base::ErrorCode::in_use, "Stream " + wanted.name + " under account " +
                                                      context.scope.account + " already exists."};
    }
    BOOST_OUTCOME_TRY(check_creating(context));
    if (input.warm_throughput_mibps) {
      BOOST_OUTCOME_TRY(check_warm_throughput(context, context.scope, wanted.warm_mibps, 0));
      wanted.shards =
          std::max(wanted.shards, static_cast<std::uint32_t>(shards_for(wanted.warm_mibps)));
    }
    BOOST_OUTCOME_TRY(check_shard_limit(context, context.scope, wanted.shards));
    if (on_demand) {
      BOOST_OUTCOME_TRY(check_on_demand_limit(context, context.scope));
    }
    return context.engine.create_stream(context.scope, std::move(wanted));
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<CreateStream>();
}

}  // namespace millrace::kinesis::create_stream
