// DeleteChannel: asynchronous, DELETING then gone; what was delivered stays.
#include "emulator/kinesis/channels.hpp"

namespace millrace::kinesis::delete_channel {
namespace {

struct DeleteChannel {
  using Input = ChannelRef;
  using Output = NoOutput;

  static base::Status run(Context& context, Input& input, Output&) {
    BOOST_OUTCOME_TRY(const auto channel, find_channel(context, *input.channel_arn));
    return context.engine.delete_resource(*channel.resource);
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<DeleteChannel>();
}

}  // namespace millrace::kinesis::delete_channel
