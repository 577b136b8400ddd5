// AcknowledgeDeadLetterQueueRecords: dead letters are discarded.
#include "emulator/kinesis/queue_records.hpp"

namespace millrace::kinesis::acknowledge_dead_letter_queue_records {
namespace {

struct AcknowledgeDeadLetterQueueRecords {
  struct Input {
    wire::Text queue_arn;
    std::optional<std::vector<HandleEntry>> entries;
    static void members(auto& visit, auto& self) {
      visit("QueueARN", self.queue_arn, queue_arn_rules);
      visit("Entries", self.entries,
            entries_rules("com.amazonaws.kinesis.v20131202."
                          "AcknowledgeDeadLetterQueueRecordsRequestEntry@1d2a54b2"));
    }
  };
  using Output = EntriesOutput;

  static base::Status run(Context& context, Input& input, Output& output) {
    return for_each_entry(
        context, *input.queue_arn, *input.entries, output,
        [](engine::Queues& queues, const engine::Resource& queue, const HandleEntry& entry) {
          return queues.acknowledge(queue, engine::QueuePath::dead_letter, *entry.receipt_handle);
        });
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<AcknowledgeDeadLetterQueueRecords>();
}

}  // namespace millrace::kinesis::acknowledge_dead_letter_queue_records
