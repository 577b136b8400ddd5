// UpdateShardCount: more or fewer shards, by splits and merges.
#include "emulator/kinesis/resharding.hpp"

namespace millrace::kinesis::update_shard_count {
namespace {

// Limits of the API reference.
constexpr std::int64_t most_calls_a_day = 10;
constexpr std::int64_t most_shards = 10'000;
constexpr std::string_view scaling_types[] = {"UNIFORM_SCALING"};

struct UpdateShardCount {
  struct Input {
    StreamRef stream;
    wire::Integer target_shard_count;
    wire::Text scaling_type;
    static void members(auto& visit, auto& self) {
      StreamRef::members(visit, self.stream);
      visit("TargetShardCount", self.target_shard_count, Rules{.required = true, .min = 1});
      visit("ScalingType", self.scaling_type, Rules{.required = true, .values = scaling_types});
    }
  };
  struct Output {
    std::string stream_name;
    std::int32_t current_shard_count = 0;
    std::int32_t target_shard_count = 0;
    std::string stream_arn;
    static void members(auto& visit, auto& self) {
      visit("StreamName", self.stream_name);
      visit("CurrentShardCount", self.current_shard_count);
      visit("TargetShardCount", self.target_shard_count);
      visit("StreamARN", self.stream_arn);
    }
  };

  static base::Status check_limits(Context& context, const engine::Stream& stream,
                                   std::int64_t target) {
    const auto current = static_cast<std::int64_t>(stream.open.size());
    const auto counts =
        " your current open shard count. Current open shard count: " + std::to_string(current) +
        ", Target shard count: " + std::to_string(target);
    if (target > 2 * current) {
      return limit_exceeded("UpdateShardCount cannot scale up over double" + counts);
    }
    if (2 * target < current) {
      return limit_exceeded("UpdateShardCount cannot scale down below half" + counts);
    }
    if (target > most_shards) {
      return limit_exceeded("UpdateShardCount cannot scale a stream to more than " +
                            std::to_string(most_shards) +
                            " shards. Target shard count: " + std::to_string(target));
    }
    BOOST_OUTCOME_TRY(const auto calls, context.engine.events_today(stream, "UpdateShardCount"));
    if (calls >= most_calls_a_day) {
      return limit_exceeded("UpdateShardCount cannot be called more than " +
                            std::to_string(most_calls_a_day) + " times in 24 hours for stream " +
                            stream.row.name + " under account " + stream.row.account + ".");
    }
    if (target <= current) return base::success();
    return check_shard_limit(context, {stream.row.account, stream.row.region}, target - current);
  }

  static base::Status run(Context& context, Input& input, Output& output) {
    BOOST_OUTCOME_TRY(const auto* stream, find_stream(context, input.stream));
    BOOST_OUTCOME_TRY(expect_provisioned(*stream));
    BOOST_OUTCOME_TRY(expect_active(context, *stream));
    const auto target = *input.target_shard_count;
    BOOST_OUTCOME_TRY(check_limits(context, *stream, target));
    output.stream_name = stream->row.name;
    output.current_shard_count = static_cast<std::int32_t>(stream->open.size());
    output.target_shard_count = target;
    output.stream_arn = stream->arn();
    BOOST_OUTCOME_TRY(context.engine.add_event(*stream, "UpdateShardCount"));
    return context.engine.scale_shards(*stream, static_cast<std::size_t>(target));
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<UpdateShardCount>();
}

}  // namespace millrace::kinesis::update_shard_count
