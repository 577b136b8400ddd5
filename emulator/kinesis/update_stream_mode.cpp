// UpdateStreamMode: from provisioned to on-demand and back; the shards stay.
#include "emulator/kinesis/on_demand.hpp"

namespace millrace::kinesis::update_stream_mode {
namespace {

constexpr std::int64_t most_switches_a_day = 2;  // quotas page

struct UpdateStreamMode {
  struct Input {
    wire::Text stream_arn;
    wire::Text stream_id;
    std::optional<StreamModeInput> stream_mode_details;
    wire::Integer warm_throughput_mibps;
    static void members(auto& visit, auto& self) {
      visit("StreamARN", self.stream_arn, required_stream_arn_rules);
      visit("StreamId", self.stream_id, stream_id_rules);
      visit("StreamModeDetails", self.stream_mode_details, Rules{.required = true});
      visit("WarmThroughputMiBps", self.warm_throughput_mibps, Rules{.min = 0});
    }
  };
  using Output = NoOutput;

  // What only on-demand streams can have keeps a stream on demand.
  static base::Status check_to_provisioned(const Context& context, const engine::Stream& stream,
                                           const Input& input) {
    if (input.warm_throughput_mibps) {
      return base::Error{
          base::ErrorCode::validation,
          "WarmThroughputMiBps can only be set when a stream is updated to ON_DEMAND "
          "mode."};
    }
    const auto queues = context.engine.resources().of_stream(
        stream.row.id, engine::ResourceKind::queue, context.engine.now_ms());
    if (!queues.empty()) {
      return base::Error{base::ErrorCode::in_use,
                         "Stream " + stream.row.name + " under account " + stream.row.account +
                             " cannot be switched to PROVISIONED mode because it has queues. "
                             "Delete its queues first."};
    }
    if (stream.row.distribution == "AUTO") {
      return invalid_argument("Stream " + stream.row.name + " under account " + stream.row.account +
                              " cannot be switched to PROVISIONED mode while its record "
                              "distribution strategy is AUTO.");
    }
    return base::success();
  }

  static base::Status run(Context& context, Input& input, Output&) {
    BOOST_OUTCOME_TRY(const auto name, name_of_arn(*input.stream_arn));
    BOOST_OUTCOME_TRY(const auto* stream, find_stream(context, name));
    BOOST_OUTCOME_TRY(expect_active(context, *stream));
    const auto mode = *input.stream_mode_details->stream_mode;
    const bool on_demand = mode == "ON_DEMAND";
    const std::int64_t warm = input.warm_throughput_mibps.value_or(0);
    if (!on_demand) {
      BOOST_OUTCOME_TRY(check_to_provisioned(context, *stream, input));
    } else if (warm > 0) {
      BOOST_OUTCOME_TRY(check_warm_throughput(context, name.scope, warm, stream->open.size()));
    }
    if (stream->row.mode == mode) return base::success();
    if (on_demand) {
      BOOST_OUTCOME_TRY(check_on_demand_limit(context, name.scope));
    }
    BOOST_OUTCOME_TRY(const auto switches,
                      context.engine.events_today(*stream, "UpdateStreamMode"));
    if (switches >= most_switches_a_day) {
      return limit_exceeded("Stream " + name.name + " under account " + name.scope.account +
                            " cannot switch its mode more than " +
                            std::to_string(most_switches_a_day) + " times in 24 hours.");
    }
    BOOST_OUTCOME_TRY(context.engine.add_event(*stream, "UpdateStreamMode"));
    BOOST_OUTCOME_TRY(context.engine.alter_stream(
        *stream,
        [&](store::StreamRow& row) {
          row.mode = mode;
          row.warm_mibps = warm;
        },
        context.engine.options().transition_ms));
    return context.engine.widen(*stream, shards_for(warm));
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<UpdateStreamMode>();
}

}  // namespace millrace::kinesis::update_stream_mode
