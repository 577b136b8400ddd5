// CreateStream: asynchronous, CREATING then ACTIVE.
#include "emulator/kinesis/streams.hpp"
#include "emulator/kinesis/tags.hpp"

namespace millrace::kinesis::create_stream {
namespace {

struct ModeDetails {
  wire::Text stream_mode;
  static void members(auto& visit, auto& self) {
    visit("StreamMode", self.stream_mode, Rules{.required = true, .values = stream_modes});
  }
};

struct CreateStream {
  struct Input {
    wire::Text stream_name;
    wire::Integer shard_count;
    std::optional<ModeDetails> stream_mode_details;
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

  static base::Status run(Context& context, Input& input, Output&) {
    engine::NewStream wanted;
    wanted.name = *input.stream_name;
    if (input.stream_mode_details) wanted.mode = *input.stream_mode_details->stream_mode;
    const bool on_demand = wanted.mode == "ON_DEMAND";
    // Neither count nor mode: AWS was seen to open 4 shards (2022). On-demand streams begin with 4.
    wanted.shards = on_demand ? 4 : static_cast<std::uint32_t>(input.shard_count.value_or(4));
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
    if (input.warm_throughput_mibps) {
      return base::Error{
          base::ErrorCode::validation,
          "WarmThroughputMiBps needs a stream in ON_DEMAND mode and an account with the "
          "minimum throughput billing commitment enabled."};
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
    BOOST_OUTCOME_TRY(check_shard_limit(context, context.scope, wanted.shards));
    const auto limit = context.engine.options().on_demand_limit;
    if (on_demand && context.engine.on_demand_streams(context.scope) >= limit) {
      return limit_exceeded(
          "This request would exceed the on-demand stream limit for the account " +
          context.scope.account + " in " + context.scope.region +
          ". Limit: " + std::to_string(limit) + ".");
    }
    return context.engine.create_stream(context.scope, std::move(wanted));
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<CreateStream>();
}

}  // namespace millrace::kinesis::create_stream
