// RestoreDeadLetterQueueRecords: dead letters can be received again as if they never had been.
#include "emulator/kinesis/queue_records.hpp"

namespace millrace::kinesis::restore_dead_letter_queue_records {
namespace {

struct RestoreDeadLetterQueueRecords {
  struct Input {
    wire::Text queue_arn;
    std::optional<std::vector<HandleEntry>> entries;
    static void members(auto& visit, auto& self) {
      visit("QueueARN", self.queue_arn, queue_arn_rules);
      visit("Entries", self.entries,
            entries_rules("com.amazonaws.kinesis.v20131202."
                          "RestoreDeadLetterQueueRecordsRequestEntry@3b7d3a38"));
    }
  };
  using Output = EntriesOutput;

  static base::Status run(Context& context, Input& input, Output& output) {
    return for_each_entry(
        context, *input.queue_arn, *input.entries, output,
        [](engine::Queues& queues, const engine::Resource& queue, const HandleEntry& entry) {
          return queues.restore(queue, *entry.receipt_handle);
        });
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<RestoreDeadLetterQueueRecords>();
}

}  // namespace millrace::kinesis::restore_dead_letter_queue_records
