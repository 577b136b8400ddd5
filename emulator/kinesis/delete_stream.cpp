// DeleteStream: asynchronous, DELETING then gone.
#include "emulator/kinesis/streams.hpp"

namespace millrace::kinesis::delete_stream {
namespace {

struct DeleteStream {
  struct Input {
    StreamRef stream;
    wire::Boolean enforce_consumer_deletion;
    static void members(auto& visit, auto& self) {
      StreamRef::members(visit, self.stream);
      visit("EnforceConsumerDeletion", self.enforce_consumer_deletion);
    }
  };
  using Output = NoOutput;

  // A channel that delivers, or is about to, keeps its stream alive, and so does a queue.
  static base::Status expect_no_channels_or_queues(const Context& context,
                                                   const engine::Stream& stream) {
    const auto now = context.engine.now_ms();
    for (const auto* channel :
         context.engine.resources().of_stream(stream.row.id, engine::ResourceKind::channel, now)) {
      const auto status = channel->status(now);
      if (status == engine::ResourceStatus::deleting || status == engine::ResourceStatus::failed) {
        continue;
      }
      return base::Error{base::ErrorCode::in_use,
                         "DeleteStream can't delete " + stream.arn() + " because " +
                             channel->arn() +
                             " is associated with this data stream. Delete its channels first."};
    }
    const auto queues =
        context.engine.resources().of_stream(stream.row.id, engine::ResourceKind::queue, now);
    if (!queues.empty()) {
      return base::Error{base::ErrorCode::in_use,
                         "DeleteStream can't delete " + stream.arn() + " because " +
                             queues.front()->arn() +
                             " is associated with this data stream. Delete its queues first."};
    }
    return base::success();
  }

  static base::Status run(Context& context, Input& input, Output&) {
    BOOST_OUTCOME_TRY(const auto name, name_of(context, input.stream));
    BOOST_OUTCOME_TRY(const auto* stream, find_stream(context, name));
    const auto now = context.engine.now_ms();
    if (stream->status(now) == engine::StreamStatus::deleting) return base::success();
    BOOST_OUTCOME_TRY(expect_no_channels_or_queues(context, *stream));
    const auto consumers =
        context.engine.resources().of_stream(stream->row.id, engine::ResourceKind::consumer, now);
    if (!consumers.empty() && !input.enforce_consumer_deletion.value_or(false)) {
      return base::Error{
          base::ErrorCode::in_use,
          "DeleteStream can't delete " + stream->arn() +
              " because there are consumers associated with this data stream. To delete " +
              name.name +
              " anyway, set the EnforceConsumerDeletion parameter to true to force the deletion of "
              "all the consumers that are associated with it."};
    }
    for (const auto* consumer : consumers) {
      BOOST_OUTCOME_TRY(context.engine.delete_resource(*consumer));
    }
    return context.engine.delete_stream(name.scope, name.name);
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<DeleteStream>();
}

}  // namespace millrace::kinesis::delete_stream
