// DescribeQueue: one queue, in whatever state.
#include "emulator/kinesis/queues.hpp"

namespace millrace::kinesis::describe_queue {
namespace {

struct DescribeQueue {
  using Input = QueueRef;
  using Output = QueueAnswer;

  static base::Status run(Context& context, Input& input, Output& output) {
    BOOST_OUTCOME_TRY(auto queue, find_queue(context, *input.queue_arn));
    output.queue_description = describe(std::move(queue), context.engine.now_ms());
    return base::success();
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<DescribeQueue>();
}

}  // namespace millrace::kinesis::describe_queue
