// ReceiveDeadLetterQueueRecords: up to 10 records that were received too often without an
// acknowledge.
#include "emulator/kinesis/queue_records.hpp"

namespace millrace::kinesis::receive_dead_letter_queue_records {
namespace {

struct ReceiveDeadLetterQueueRecords {
  using Input = ReceiveInput;
  using Output = ReceiveOutput;

  static base::Status run(Context& context, Input& input, Output& output) {
    return receive(context, input, engine::QueuePath::dead_letter, output);
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<ReceiveDeadLetterQueueRecords>();
}

}  // namespace millrace::kinesis::receive_dead_letter_queue_records
