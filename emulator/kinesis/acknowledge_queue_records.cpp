// AcknowledgeQueueRecords: the queue does not deliver these again.
#include "emulator/kinesis/queue_records.hpp"

namespace millrace::kinesis::acknowledge_queue_records {
namespace {

struct AcknowledgeQueueRecords {
  struct Input {
    wire::Text queue_arn;
    std::optional<std::vector<HandleEntry>> entries;
    static void members(auto& visit, auto& self) {
      visit("QueueARN", self.queue_arn, queue_arn_rules);
      visit("Entries", self.entries,
            entries_rules(
                "com.amazonaws.kinesis.v20131202.AcknowledgeQueueRecordsRequestEntry@7c6908d7"));
    }
  };
  using Output = EntriesOutput;

  static base::Status run(Context& context, Input& input, Output& output) {
    return for_each_entry(
        context, *input.queue_arn, *input.entries, output,
        [](engine::Queues& queues, const engine::Resource& queue, const HandleEntry& entry) {
          return queues.acknowledge(queue, engine::QueuePath::normal, *entry.receipt_handle);
        });
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<AcknowledgeQueueRecords>();
}

}  // namespace millrace::kinesis::acknowledge_queue_records
