// UpdateQueue: visibility timeout and dead letters, nothing else; asynchronous, UPDATING then
// ACTIVE. The queue goes on delivering.
#include "emulator/kinesis/queues.hpp"
#include "emulator/kinesis/streams.hpp"

namespace millrace::kinesis::update_queue {
namespace {

struct UpdateQueue {
  struct Input {
    wire::Text queue_arn;
    std::optional<QueueAttributes> attributes;
    static void members(auto& visit, auto& self) {
      visit("QueueARN", self.queue_arn, queue_arn_rules);
      visit("QueueAttributes", self.attributes, required_rules);
    }
  };
  using Output = QueueAnswer;

  static base::Status run(Context& context, Input& input, Output& output) {
    const auto& wanted = *input.attributes;
    if (!wanted.visibility_timeout_seconds && !wanted.dead_letter) {
      return invalid_argument(
          "At least one of VisibilityTimeoutSeconds and DeadLetterConfiguration must be "
          "specified.");
    }
    BOOST_OUTCOME_TRY(check_attributes(wanted));
    BOOST_OUTCOME_TRY(auto queue, find_queue(context, *input.queue_arn));
    const auto status = queue.resource->status(context.engine.now_ms());
    if (status != engine::ResourceStatus::active) {
      return base::Error{base::ErrorCode::in_use, titled(queue) + " not ACTIVE, instead in state " +
                                                      std::string{to_text(status)}};
    }
    auto& settings = queue.settings.value();
    // A new timeout is for records that are received after the update.
    settings.former_visibility_s = settings.attributes->visibility_timeout_seconds;
    if (wanted.visibility_timeout_seconds) {
      settings.attributes->visibility_timeout_seconds = wanted.visibility_timeout_seconds;
    }
    if (wanted.dead_letter) settings.attributes->dead_letter = wanted.dead_letter;
    BOOST_OUTCOME_TRY(context.engine.alter_resource(
        *queue.resource, [&](store::ResourceRow& row) { row.settings = to_stored(settings); },
        context.engine.options().transition_ms));
    if (wanted.dead_letter) {
      BOOST_OUTCOME_TRY(
          context.engine.queues().set_most_receives(*queue.resource, settings.most_receives()));
    }
    BOOST_OUTCOME_TRY(auto changed, find_queue(context, *input.queue_arn));
    output.queue_description = describe(std::move(changed), context.engine.now_ms());
    return base::success();
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<UpdateQueue>();
}

}  // namespace millrace::kinesis::update_queue
