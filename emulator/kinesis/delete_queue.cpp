// DeleteQueue: asynchronous, DELETING then gone with all it knew; the stream keeps its records.
#include "emulator/kinesis/queues.hpp"

namespace millrace::kinesis::delete_queue {
namespace {

struct DeleteQueue {
  using Input = QueueRef;
  using Output = NoOutput;

  static base::Status run(Context& context, Input& input, Output&) {
    BOOST_OUTCOME_TRY(const auto queue, find_queue(context, *input.queue_arn));
    const auto status = queue.resource->status(context.engine.now_ms());
    if (status == engine::ResourceStatus::deleting) return base::success();
    if (status != engine::ResourceStatus::creating) {  // else it counts already
      const auto& row = queue.resource->row;
      BOOST_OUTCOME_TRY(check_queues_under_way(context, {row.account, row.region}));
    }
    return context.engine.delete_resource(*queue.resource);
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<DeleteQueue>();
}

}  // namespace millrace::kinesis::delete_queue
