// DescribeStreamSummary: a stream without its shards.
#include "emulator/kinesis/on_demand.hpp"

namespace millrace::kinesis::describe_stream_summary {
namespace {

struct Summary : StreamFacts {
  std::int64_t open_shard_count = 0;
  std::int64_t consumer_count = 0;
  std::int64_t max_record_size_in_kib = 1024;
  std::int32_t channel_count = 0;
  std::int32_t queue_count = 0;
  std::optional<WarmThroughput> warm_throughput;
  std::optional<std::string> record_distribution_strategy;
  static void members(auto& visit, auto& self) {
    StreamFacts::members(visit, self);
    visit("OpenShardCount", self.open_shard_count);
    visit("ConsumerCount", self.consumer_count);
    visit("MaxRecordSizeInKiB", self.max_record_size_in_kib);
    visit("ChannelCount", self.channel_count);
    visit("QueueCount", self.queue_count);
    visit("WarmThroughput", self.warm_throughput);
    visit("RecordDistributionStrategy", self.record_distribution_strategy);
  }
};

struct DescribeStreamSummary {
  using Input = StreamRef;
  struct Output {
    Summary stream_description_summary;
    static void members(auto& visit, auto& self) {
      visit("StreamDescriptionSummary", self.stream_description_summary);
    }
  };

  static base::Status run(Context& context, Input& input, Output& output) {
    BOOST_OUTCOME_TRY(const auto* stream, find_stream(context, input));
    const auto now = context.engine.now_ms();
    auto& summary = output.stream_description_summary;
    static_cast<StreamFacts&>(summary) = facts_of(*stream, now);
    const bool creating = stream->status(now) == engine::StreamStatus::creating;
    summary.open_shard_count = creating ? 0 : static_cast<std::int64_t>(stream->open.size());
    summary.consumer_count = static_cast<std::int64_t>(
        context.engine.resources()
            .of_stream(stream->row.id, engine::ResourceKind::consumer, now)
            .size());
    summary.channel_count =
        static_cast<std::int32_t>(context.engine.resources()
                                      .of_stream(stream->row.id, engine::ResourceKind::channel, now)
                                      .size());
    summary.queue_count =
        static_cast<std::int32_t>(context.engine.resources()
                                      .of_stream(stream->row.id, engine::ResourceKind::queue, now)
                                      .size());
    if (has_advantage(context, *stream)) {
      summary.warm_throughput = warm_throughput(stream->row.warm_mibps, stream->open.size());
    }
    summary.max_record_size_in_kib = stream->row.max_record_kib;
    if (stream->row.mode == "ON_DEMAND") {
      summary.record_distribution_strategy = stream->row.distribution;
    }
    return base::success();
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<DescribeStreamSummary>();
}

}  // namespace millrace::kinesis::describe_stream_summary
