// 'connector' = 'kinesis' as a sink: rows as records, in batches, each until it is stored.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "common/aws/kinesis_client.hpp"
#include "common/base/clock.hpp"
#include "common/base/waiter.hpp"
#include "runtime/connectors/sink.hpp"
#include "runtime/formats/format.hpp"

namespace millrace::connectors {

struct KinesisSinkOptions {
  aws::StreamRef stream;
  // A record's partition key: these columns' values with the delimiter between, the number of the
  // sink's subtask, or (neither) a random one.
  std::vector<std::size_t> key_columns;
  std::string delimiter = "|";
  bool fixed_key = false;
  bool fail_on_error = false;
  std::size_t batch_records = 500;      // 1..500
  std::size_t batch_bytes = 5'242'880;  // of data and keys
  std::chrono::milliseconds flush_after{5'000};
  // How long nothing may succeed before the job fails; shorter when it is about to end anyway.
  std::chrono::milliseconds patience{120'000};
  std::chrono::milliseconds patience_at_end{15'000};
  aws::RetryPolicy retry{.cap = std::chrono::milliseconds{2'000}};
};

// At least once: a record whose answer was lost is sent again. Sends on the pipeline's thread, one
// request after the other, so that records of a key keep their order but for those that AWS refuses
// inside a batch.
class KinesisSink final : public Sink {
 public:
  // The client makes one attempt a call. environment outlives the sink.
  KinesisSink(KinesisSinkOptions options, std::unique_ptr<aws::KinesisClient> client,
              std::unique_ptr<formats::Encoder> encoder, const Environment& environment,
              std::unique_ptr<base::Waiter> waiter, aws::Random random, std::string table_name);

  base::Status open() override;
  base::Status write(const data::Batch& batch) override;
  base::Status flush() override;
  base::Status tick() override;
  base::Status finish() override;
  [[nodiscard]] SinkMetrics metrics() const override;

 private:
  struct Record {
    std::string data;
    std::string key;
  };

  std::string key_of(const data::Batch& batch, std::size_t row);
  std::string random_key();
  base::Status add(Record record);
  base::Status send_all(std::chrono::milliseconds patience);
  base::Status wait_after(const base::Error& error, std::chrono::milliseconds patience);

  const KinesisSinkOptions options_;
  const std::unique_ptr<aws::KinesisClient> client_;
  const std::unique_ptr<formats::Encoder> encoder_;
  const Environment& environment_;
  const std::unique_ptr<base::Waiter> waiter_;
  const aws::Random random_;
  const std::string table_name_;
  std::mt19937_64 key_engine_;
  formats::EncodedRecords encoded_;
  std::vector<Record> buffer_;
  std::size_t buffered_bytes_ = 0;
  base::Timestamp oldest_{};  // when the first of the buffer came
  int failures_ = 0;          // in a row
  base::Timestamp failing_since_{};

  std::atomic<std::uint64_t> records_{0};
  std::atomic<std::uint64_t> bytes_{0};
  std::atomic<std::uint64_t> retries_{0};
};

// Flink's partition key of a row: values as Java prints them, NULL as "null", at most 256
// characters (UTF-16 units, as Java counts).
std::string joined_key(const data::Batch& batch, std::size_t row,
                       const std::vector<std::size_t>& columns, const std::string& delimiter);

}  // namespace millrace::connectors
