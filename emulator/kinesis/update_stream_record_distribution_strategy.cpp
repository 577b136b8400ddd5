// UpdateStreamRecordDistributionStrategy: by the partition key, or evenly over the shards.
#include "emulator/kinesis/streams.hpp"

namespace millrace::kinesis::update_stream_record_distribution_strategy {
namespace {

struct UpdateStreamRecordDistributionStrategy {
  struct Input {
    wire::Text stream_arn;
    wire::Text stream_id;
    wire::Text record_distribution_strategy;
    static void members(auto& visit, auto& self) {
      visit("StreamARN", self.stream_arn, required_stream_arn_rules);
      visit("StreamId", self.stream_id, stream_id_rules);
      visit("RecordDistributionStrategy", self.record_distribution_strategy,
            Rules{.required = true, .values = distribution_strategies});
    }
  };
  using Output = NoOutput;

  static base::Status run(Context& context, Input& input, Output&) {
    BOOST_OUTCOME_TRY(const auto name, name_of_arn(*input.stream_arn));
    BOOST_OUTCOME_TRY(const auto* stream, find_stream(context, name));
    if (stream->row.mode != "ON_DEMAND") {
      return invalid_argument(
          "RecordDistributionStrategy can only be set for streams in ON_DEMAND mode.");
    }
    BOOST_OUTCOME_TRY(expect_active(context, *stream));
    // Takes effect at once, as documented: the stream stays ACTIVE.
    return context.engine.alter_stream(*stream, [&](store::StreamRow& row) {
      row.distribution = *input.record_distribution_strategy;
    });
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<UpdateStreamRecordDistributionStrategy>();
}

}  // namespace millrace::kinesis::update_stream_record_distribution_strategy
