// DescribeChannel: one channel, in whatever state.
#include "emulator/kinesis/channels.hpp"

namespace millrace::kinesis::describe_channel {
namespace {

struct DescribeChannel {
  using Input = ChannelRef;
  using Output = ChannelAnswer;

  static base::Status run(Context& context, Input& input, Output& output) {
    BOOST_OUTCOME_TRY(auto channel, find_channel(context, *input.channel_arn));
    output.channel_description = describe(std::move(channel), context.engine.now_ms());
    return base::success();
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<DescribeChannel>();
}

}  // namespace millrace::kinesis::describe_channel
