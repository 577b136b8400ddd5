// 'connector' = 'kinesis' as a sink: rows as records, in batches, each until it is stored.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <unordered_set>
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
  std::size_t max_inflight = 16;      // PutRecords calls under way at the same time
  std::size_t max_buffered = 10'000;  // records not yet stored; write() waits for room
  std::size_t max_buffered_bytes = std::size_t{64} << 20U;
  // How long nothing may succeed before the job fails; shorter when it is about to end anyway.
  std::chrono::milliseconds patience{120'000};
  std::chrono::milliseconds patience_at_end{15'000};
  aws::RetryPolicy retry{.cap = std::chrono::milliseconds{2'000}};
};

// At least once: a record whose answer was lost is sent again.
//
// Up to max_inflight threads put batches, each until all of it is stored. A batch takes no record
// whose key is in a batch under way, nor one behind such a record: records of a key keep their
// order but for those that AWS refuses inside a batch. When the service throttles, fewer batches
// are under way for a while, records pile up, and write() waits.
class KinesisSink final : public Sink {
 public:
  // The client makes one attempt a call. environment outlives the sink.
  KinesisSink(KinesisSinkOptions options, std::unique_ptr<aws::KinesisClient> client,
              std::unique_ptr<formats::Encoder> encoder, const Environment& environment,
              std::unique_ptr<base::Waiter> waiter, aws::Random random, std::string table_name);
  ~KinesisSink() override;
  KinesisSink(const KinesisSink&) = delete;
  KinesisSink& operator=(const KinesisSink&) = delete;

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
    std::uint64_t number = 0;    // in the order of write()
    std::uint64_t key_hash = 0;  // stands for the key: two with one hash only wait for each other
    base::Timestamp came{};

    [[nodiscard]] std::size_t size() const { return data.size() + key.size(); }
  };
  using Batch = std::vector<Record>;
  using Lock = std::unique_lock<std::mutex>;

  std::string key_of(const data::Batch& batch, std::size_t row);
  std::string random_key();
  base::Status add(Record record, Lock& lock);
  base::Status send_all(std::chrono::milliseconds patience);
  // Waits on wake_pipeline_, and counts how long.
  template <class Ready>
  void wait_for_senders(Lock& lock, Ready ready);
  void add_thread();
  void work();
  // The next batch that may go: a full one, or one with a record that need not wait for that.
  Batch take_batch();
  void put(Batch& batch, Lock& lock);
  // What an answer leaves of the batch; the error when something was refused.
  std::optional<base::Error> keep_refused(Batch& batch, const aws::PutRecordsResult& answer);
  void wait_after(const base::Error& error, Lock& lock);
  void fail(base::Error error);

  const KinesisSinkOptions options_;
  const std::unique_ptr<aws::KinesisClient> client_;
  const std::unique_ptr<formats::Encoder> encoder_;
  const Environment& environment_;
  const std::unique_ptr<base::Waiter> waiter_;
  const aws::Random random_;
  const std::string table_name_;

  // Of the pipeline's thread.
  std::mt19937_64 key_engine_;
  formats::EncodedRecords encoded_;

  std::mutex mutex_;  // guards everything down to threads_
  std::condition_variable wake_senders_;
  std::condition_variable wake_pipeline_;
  std::deque<Record> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::size_t unstored_ = 0;  // waiting or under way
  std::size_t unstored_bytes_ = 0;
  std::uint64_t next_number_ = 1;
  std::uint64_t forced_ = 0;  // records up to this number need not wait for a full batch
  std::unordered_set<std::uint64_t> keys_under_way_;
  bool blocked_ = false;       // a look for a batch would find none
  std::size_t under_way_ = 0;  // batches
  std::size_t allowed_;        // of them, as the service bears it
  std::size_t idle_threads_ = 0;
  int failures_ = 0;  // in a row, over all threads
  base::Timestamp failing_since_{};
  std::chrono::milliseconds patience_;
  std::optional<base::Error> failure_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;

  std::atomic<std::uint64_t> records_{0};
  std::atomic<std::uint64_t> bytes_{0};
  std::atomic<std::uint64_t> retries_{0};
  std::atomic<std::uint64_t> blocked_us_{0};
};

// Flink's partition key of a row: values as Java prints them, NULL as "null", at most 256
// characters (UTF-16 units, as Java counts).
std::string joined_key(const data::Batch& batch, std::size_t row,
                       const std::vector<std::size_t>& columns, const std::string& delimiter);

}  // namespace millrace::connectors
