// UpdateStreamWarmThroughput: shards enough for a throughput, before it comes.
#include "emulator/kinesis/on_demand.hpp"

namespace millrace::kinesis::update_stream_warm_throughput {
namespace {

struct UpdateStreamWarmThroughput {
  struct Input {
    StreamRef stream;
    wire::Integer warm_throughput_mibps;
    static void members(auto& visit, auto& self) {
      StreamRef::members(visit, self.stream);
      visit("WarmThroughputMiBps", self.warm_throughput_mibps, Rules{.required = true, .min = 0});
    }
  };
  struct Output {
    std::string stream_arn;
    std::string stream_name;
    WarmThroughput warm_throughput;
    static void members(auto& visit, auto& self) {
      visit("StreamARN", self.stream_arn);
      visit("StreamName", self.stream_name);
      visit("WarmThroughput", self.warm_throughput);
    }
  };

  static base::Status run(Context& context, Input& input, Output& output) {
    BOOST_OUTCOME_TRY(const auto* stream, find_stream(context, input.stream));
    const engine::Scope scope{stream->row.account, stream->row.region};
    if (stream->row.mode != "ON_DEMAND") {
      return base::Error{base::ErrorCode::validation,
                         "Request is invalid. Stream " + stream->row.name + " under account " +
                             stream->row.account + " is in Provisioned mode."};
    }
    const std::int64_t wanted = *input.warm_throughput_mibps;
    const auto open = stream->open.size();
    BOOST_OUTCOME_TRY(check_warm_throughput(context, scope, wanted, open));
    BOOST_OUTCOME_TRY(expect_active(context, *stream));
    output.stream_arn = stream->arn();
    output.stream_name = stream->row.name;
    output.warm_throughput = warm_throughput(wanted, open);
    BOOST_OUTCOME_TRY(context.engine.alter_stream(
        *stream, [&](store::StreamRow& row) { row.warm_mibps = wanted; },
        context.engine.options().transition_ms));
    return context.engine.widen(*stream, shards_for(wanted));
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<UpdateStreamWarmThroughput>();
}

}  // namespace millrace::kinesis::update_stream_warm_throughput
