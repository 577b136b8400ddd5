// What the operations on a queue's records share: both receives, and those that take receipt
// handles and answer for each of them alone.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "emulator/kinesis/queues.hpp"

namespace millrace::kinesis {

// Source of all limits: the service model of botocore 1.44.5, read 2026-11-23.
struct ReceiveInput {
  wire::Text queue_arn;
  wire::Integer limit;
  wire::Integer wait_time_seconds;
  wire::Integer visibility_timeout_seconds;
  static void members(auto& visit, auto& self) {
    visit("QueueARN", self.queue_arn, queue_arn_rules);
    visit("Limit", self.limit, Rules{.min = 1, .max = 10});
    visit("WaitTimeSeconds", self.wait_time_seconds, Rules{.min = 1, .max = 20});
    visit("VisibilityTimeoutSeconds", self.visibility_timeout_seconds, visibility_rules);
  }
};

struct QueueRecordShape {
  std::string receipt_handle;
  std::string record_id;
  wire::Text partition_key;
  wire::BlobView data;
  wire::EpochMs approximate_arrival_timestamp;
  wire::EpochMs first_receive_timestamp;
  std::int32_t receive_count = 0;
  static void members(auto& visit, auto& self) {
    visit("ReceiptHandle", self.receipt_handle);
    visit("RecordId", self.record_id);
    visit("PartitionKey", self.partition_key);
    visit("Data", self.data);
    visit("ApproximateArrivalTimestamp", self.approximate_arrival_timestamp);
    visit("FirstReceiveTimestamp", self.first_receive_timestamp);
    visit("ReceiveCount", self.receive_count);
  }
};

// Written straight from what was delivered.
struct QueueRecordList {
  using Described = std::vector<QueueRecordShape>;
  engine::QueueBatch batch;
  void encode(wire::Encoder& out) const;
};

struct ReceiveOutput {
  QueueRecordList queue_records;
  static void members(auto& visit, auto& self) { visit("QueueRecords", self.queue_records); }
};

// Finds nothing: the call waits (Context::wait) for as long as it was told to.
base::Status receive(Context& context, const ReceiveInput& input, engine::QueuePath path,
                     ReceiveOutput& output);

inline Rules receipt_handle_rules() {
  return {.required = true, .min = 1, .max = 1024};
}
// Of 1 to 10 entries; `element_text`: how AWS writes one into a message.
inline Rules entries_rules(const char* element_text) {
  return {.required = true, .min = 1, .max = 10, .element_text = element_text};
}

struct HandleEntry {
  wire::Text receipt_handle;
  static void members(auto& visit, auto& self) {
    visit("ReceiptHandle", self.receipt_handle, receipt_handle_rules());
  }
};

struct VisibilityEntry : HandleEntry {
  wire::Integer visibility_timeout_seconds;
  static void members(auto& visit, auto& self) {
    HandleEntry::members(visit, self);
    visit("VisibilityTimeoutSeconds", self.visibility_timeout_seconds,
          Rules{.required = true, .min = 0, .max = 43'200});
  }
};

struct HandleResult {
  std::string receipt_handle;
  static void members(auto& visit, auto& self) { visit("ReceiptHandle", self.receipt_handle); }
};

struct HandleError {
  std::string receipt_handle;
  std::string error_code;
  std::optional<std::string> error_message;
  static void members(auto& visit, auto& self) {
    visit("ReceiptHandle", self.receipt_handle);
    visit("ErrorCode", self.error_code);
    visit("ErrorMessage", self.error_message);
  }
};

struct EntriesOutput {
  std::vector<HandleResult> successful;
  std::vector<HandleError> failed;
  static void members(auto& visit, auto& self) {
    visit("Successful", self.successful);
    visit("Failed", self.failed);
  }
  // Error: one of the store, not of the entry.
  base::Status add(std::string_view receipt_handle, const base::Status& done);
};

// Does `apply(engine::Queues&, const engine::Resource&, entry)` with each entry; none of it when
// the store fails.
template <class Entry, class F>
base::Status for_each_entry(Context& context, std::string_view queue_arn,
                            const std::vector<Entry>& entries, EntriesOutput& output, F&& apply) {
  BOOST_OUTCOME_TRY(const auto queue, find_delivering(context, queue_arn));
  return context.engine.atomically([&]() -> base::Status {
    for (const auto& entry : entries) {
      BOOST_OUTCOME_TRY(output.add(*entry.receipt_handle,
                                   apply(context.engine.queues(), *queue.resource, entry)));
    }
    return base::success();
  });
}

}  // namespace millrace::kinesis
