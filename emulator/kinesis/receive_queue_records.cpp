// ReceiveQueueRecords: up to 10 visible records, each in flight from then on.
#include "emulator/kinesis/queue_records.hpp"

namespace millrace::kinesis::receive_queue_records {
namespace {

struct ReceiveQueueRecords {
  using Input = ReceiveInput;
  using Output = ReceiveOutput;

  static base::Status run(Context& context, Input& input, Output& output) {
    return receive(context, input, engine::QueuePath::normal, output);
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<ReceiveQueueRecords>();
}

}  // namespace millrace::kinesis::receive_queue_records
