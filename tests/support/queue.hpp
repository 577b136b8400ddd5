// A stream "s" with a queue "q", and short words for what tests do with them.
#pragma once

#include <string>
#include <vector>

#include "common/base/base64.hpp"
#include "tests/support/service.hpp"

namespace millrace::test {

struct QueueRecord {
  std::string handle;
  std::string id;
  std::string data;
  std::string key;  // "-": none
  std::int64_t receives = 0;
  double first_s = 0;
  double arrived_s = 0;
};

class QueueFixture {
 public:
  static inline const std::string stream_arn = "arn:aws:kinesis:us-east-1:000000000000:stream/s";

  explicit QueueFixture(engine::Options options = {},
                        std::optional<std::string> directory = std::nullopt)
      : service(options, std::move(directory)) {
    service.call("CreateStream",
                 R"({"StreamName":"s","StreamModeDetails":{"StreamMode":"ON_DEMAND"}})");
    wait_ms(options.transition_ms);
  }

  void wait_ms(std::int64_t ms) { service.clock.advance(base::Millis{ms}); }

  // `more`: further members of the request, with a comma before.
  Answer create_answer(const std::string& name, const std::string& start = "TRIM_HORIZON",
                       const std::string& more = "") {
    auto position = R"({"StreamARN":")" + stream_arn + "\"";
    if (!start.empty()) position += R"(,"StartingPosition":{"Type":")" + start + "\"}";
    return service.call("CreateQueue", R"({"QueueName":")" + name +
                                           R"(","StreamConfigurationList":[)" + position + "}]" +
                                           more + "}");
  }
  // Waits for ACTIVE; the queue's ARN.
  std::string create(const std::string& name = "q", const std::string& start = "TRIM_HORIZON",
                     const std::string& more = "") {
    const auto answer = create_answer(name, start, more);
    if (answer.status != 200) return answer.type + ": " + answer.message;
    wait_ms(500);
    return std::string{answer["QueueDescription"]["QueueARN"].as_text()};
  }

  Answer about(const std::string& operation, const std::string& arn, const std::string& more = "") {
    return service.call(operation, R"({"QueueARN":")" + arn + "\"" + more + "}");
  }

  void put(const std::string& data, const std::string& key = "k") {
    service.call("PutRecord", R"({"StreamName":"s","PartitionKey":")" + key + R"(","Data":")" +
                                  base::base64_encode(data) + "\"}");
  }

  std::vector<QueueRecord> receive(const std::string& arn, const std::string& more = "",
                                   const std::string& operation = "ReceiveQueueRecords") {
    return records_of(about(operation, arn, more));
  }
  std::vector<QueueRecord> receive_dead(const std::string& arn, const std::string& more = "") {
    return receive(arn, more, "ReceiveDeadLetterQueueRecords");
  }
  // The texts of what is received, sorted, with a space behind each.
  std::string texts(const std::string& arn, const std::string& more = "") {
    return texts_of(receive(arn, more));
  }
  static std::string texts_of(const std::vector<QueueRecord>& records);

  // "ok" or "ErrorCode: ErrorMessage" of an operation with one entry. `more`: further members of
  // the entry.
  std::string entry(const std::string& operation, const std::string& arn, const std::string& handle,
                    const std::string& more = "");
  std::string acknowledge(const std::string& arn, const std::string& handle) {
    return entry("AcknowledgeQueueRecords", arn, handle);
  }
  std::string set_visibility(const std::string& arn, const std::string& handle, int seconds) {
    return entry("UpdateQueueRecordsVisibility", arn, handle,
                 R"(,"VisibilityTimeoutSeconds":)" + std::to_string(seconds));
  }

  static std::vector<QueueRecord> records_of(const Answer& answer);

  Service service;
};

inline std::vector<QueueRecord> QueueFixture::records_of(const Answer& answer) {
  std::vector<QueueRecord> records;
  if (answer.status != 200) return records;
  for (const auto& one : answer["QueueRecords"].as_list()) {
    auto& record = records.emplace_back();
    record.handle = one["ReceiptHandle"].as_text();
    record.id = one["RecordId"].as_text();
    record.data = base::base64_decode(one["Data"].as_text()).value_or("not base64");
    record.key = one["PartitionKey"].is_null() ? "-" : std::string{one["PartitionKey"].as_text()};
    record.receives = one["ReceiveCount"].as_integer();
    record.first_s = one["FirstReceiveTimestamp"].as_real();
    record.arrived_s = one["ApproximateArrivalTimestamp"].as_real();
  }
  return records;
}

inline std::string QueueFixture::texts_of(const std::vector<QueueRecord>& records) {
  std::vector<std::string> texts;
  for (const auto& record : records) texts.push_back(record.data);
  std::sort(texts.begin(), texts.end());
  std::string all;
  for (const auto& text : texts) all += text + " ";
  return all;
}

inline std::string QueueFixture::entry(const std::string& operation, const std::string& arn,
                                       const std::string& handle, const std::string& more) {
  const auto answer =
      about(operation, arn, R"(,"Entries":[{"ReceiptHandle":")" + handle + "\"" + more + "}]");
  if (answer.status != 200) return answer.type + ": " + answer.message;
  const auto done = answer["Successful"].as_list();
  const auto failed = answer["Failed"].as_list();
  if (done.size() + failed.size() != 1) return "not one result: " + answer.body;
  const auto& result = done.empty() ? failed[0] : done[0];
  if (result["ReceiptHandle"].as_text() != handle) return "another handle: " + answer.body;
  if (!done.empty()) return "ok";
  return std::string{result["ErrorCode"].as_text()} + ": " +
         std::string{result["ErrorMessage"].as_text()};
}

}  // namespace millrace::test
