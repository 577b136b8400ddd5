// UpdateQueueRecordsVisibility: how long received records stay invisible, from now.
#include "emulator/kinesis/queue_records.hpp"

namespace millrace::kinesis::update_queue_records_visibility {
namespace {

struct UpdateQueueRecordsVisibility {
  struct Input {
    wire::Text queue_arn;
    std::optional<std::vector<VisibilityEntry>> entries;
    static void members(auto& visit, auto& self) {
      visit("QueueARN", self.queue_arn, queue_arn_rules);
      visit(
          "Entries", self.entries,
          entries_rules(
              "com.amazonaws.kinesis.v20131202.UpdateQueueRecordsVisibilityRequestEntry@29a5f4e7"));
    }
  };
  using Output = EntriesOutput;

  static base::Status run(Context& context, Input& input, Output& output) {
    return for_each_entry(
        context, *input.queue_arn, *input.entries, output,
        [](engine::Queues& queues, const engine::Resource& queue, const VisibilityEntry& entry) {
          return queues.set_visibility(queue, engine::QueuePath::normal, *entry.receipt_handle,
                                       *entry.visibility_timeout_seconds * 1000);
        });
  }
};

}  // namespace

std::unique_ptr<Call> make() {
  return make_call<UpdateQueueRecordsVisibility>();
}

}  // namespace millrace::kinesis::update_queue_records_visibility
