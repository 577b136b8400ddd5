// DescribeStreamConsumer: one consumer, in whatever state.
#include "emulator/kinesis/consumers.hpp"
#include "emulator/kinesis/streams.hpp"

namespace millrace::kinesis::describe_stream_consumer {
namespace {

struct Description : ConsumerShape {
  std::string stream_arn;
  static void members(auto& visit, auto& self) {
    ConsumerShape::members(visit, self);
    visit("StreamARN", self.stream_arn);
  }
};

struct DescribeStreamConsumer {
  using Input = ConsumerRef;
  struct Output {
    Description consumer_description;
    static void members(auto& visit, auto& self) {
      visit("ConsumerDescription", self.consumer_description);
    }
  };

  static base::Status run(Context& context, Input& input, Output& output) {
    BOOST_OUTCOME_TRY(const auto* consumer, find_consumer(context, input));
    auto& description = output.consumer_description;
    static_cast<ConsumerShape&>(description) = shape_of(*consumer, context.engine.now_ms());
    const auto& row = consumer->row;
    description.stream_arn = engine::stream_arn({row.account, row.region}, row.owner);
    return base::success();
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<DescribeStreamConsumer>();
}

}  // namespace millrace::kinesis::describe_stream_consumer
