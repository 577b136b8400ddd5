#include "generator/sink/kinesis_sink.hpp"

#include "common/base/log.hpp"

namespace millrace::sink {

using base::Error;
using base::ErrorCode;

KinesisSink::KinesisSink(aws::KinesisClient& client, KinesisSinkOptions options,
                         const base::Clock& clock, base::Waiter& waiter, aws::Random random)
    : client_(client),
      options_(std::move(options)),
      clock_(clock),
      waiter_(waiter),
      random_(std::move(random)) {}

base::Status KinesisSink::put(std::span<const Record> records) {
  if (options_.one_by_one) {
    for (const auto& record : records) {
      BOOST_OUTCOME_TRY(put_one(record));
    }
    return base::success();
  }
  std::vector<const Record*> batch;
  std::size_t bytes = 0;
  for (const auto& record : records) {
    const std::size_t size = record.data.size() + record.partition_key.size();
    if (batch.size() == most_entries || (!batch.empty() && bytes + size > most_bytes)) {
      BOOST_OUTCOME_TRY(put_batch(std::move(batch)));
      batch = {};
      bytes = 0;
    }
    batch.push_back(&record);
    bytes += size;
  }
  return batch.empty() ? base::success() : put_batch(std::move(batch));
}

base::Status KinesisSink::put_one(const Record& record) {
  while (true) {
    const auto result =
        client_.put_record({.name = options_.stream}, {record.data, record.partition_key});
    if (result) {
      stored(record);
      return base::success();
    }
    BOOST_OUTCOME_TRY(wait_after(result.error()));
    ++totals_.retries;
  }
}

base::Status KinesisSink::put_batch(std::vector<const Record*> batch) {
  while (!batch.empty()) {
    std::vector<aws::PutEntry> entries;
    entries.reserve(batch.size());
    for (const auto* record : batch) entries.push_back({record->data, record->partition_key});
    const auto result = client_.put_records({.name = options_.stream}, entries);
    if (!result) {
      BOOST_OUTCOME_TRY(wait_after(result.error()));
      totals_.retries += batch.size();
      continue;
    }
    // What failed is sent again before anything newer: order per key is only lost inside a batch.
    std::vector<const Record*> failed;
    const aws::PutResult* why = nullptr;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const auto& entry = result.value().records[i];
      if (entry.error_code.empty()) {
        stored(*batch[i]);
      } else {
        failed.push_back(batch[i]);
        why = &entry;
      }
    }
    if (why != nullptr) {
      const Error error{ErrorCode::throughput_exceeded, why->error_code,
                        why->error_code + ": " + why->error_message};
      BOOST_OUTCOME_TRY(wait_after(error));
      totals_.retries += failed.size();
    }
    batch = std::move(failed);
  }
  return base::success();
}

void KinesisSink::stored(const Record& record) {
  if (failures_ > 2) base::log().info("records are taken again");
  failures_ = 0;
  ++totals_.records;
  totals_.bytes += record.data.size();
}

base::Status KinesisSink::wait_after(const Error& error) {
  if (error.code() == ErrorCode::cancelled || waiter_.stopped()) {
    return Error{ErrorCode::cancelled, "stopped"};
  }
  if (!aws::is_retryable(error)) {
    return error.in("putting to stream '" + options_.stream + "'");
  }
  const auto now = clock_.now();
  if (++failures_ == 1) failing_since_ = now;
  if (failures_ == 3) base::log().warn("{}; trying again", error.message());
  if (now - failing_since_ > options_.patience) {
    return Error{ErrorCode::timeout, "gave up putting to stream '" + options_.stream + "' after " +
                                         std::to_string(options_.patience.count() / 1000) +
                                         " s: " + error.message()};
  }
  if (!waiter_.wait(aws::backoff(options_.retry, failures_, error, random_))) {
    return Error{ErrorCode::cancelled, "stopped"};
  }
  return base::success();
}

}  // namespace millrace::sink
