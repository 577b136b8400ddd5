// Reads one shard, one GetRecords call at a time, at AWS's pace and through its failures.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "common/aws/kinesis_client.hpp"
#include "common/base/clock.hpp"

namespace millrace::connectors {

struct ReadPace {
  // GetRecords may be called five times a second a shard (Kinesis quotas, checked 2026-11-22).
  std::chrono::milliseconds call_interval{200};
  // While there is more to read, do not wait at all until the endpoint says it is too much: for
  // endpoints that are not AWS's.
  bool eager = false;
  // After an empty answer of a shard that is read to its tip.
  std::chrono::milliseconds empty_interval{250};
  int max_records = 10'000;  // a call, 1..10000
  aws::RetryPolicy retry{.cap = std::chrono::milliseconds{2'000}};
};

struct ReadStep {
  std::vector<aws::Record> records;
  // From the start of this step to the next one.
  std::chrono::milliseconds wait{0};
  bool ended = false;      // the shard is closed and read to its end
  bool caught_up = false;  // MillisBehindLatest was 0
  bool throttled = false;
  std::optional<base::Error> failure;  // of the kind waiting does not mend
};

// The client makes one attempt a call. Position only moves with an answer that arrived whole, so
// that a lost connection neither loses nor repeats records. One thread at a time.
class ShardReader {
 public:
  ShardReader(aws::StreamRef stream, std::string shard_id, aws::IteratorStart start)
      : stream_(std::move(stream)), shard_id_(std::move(shard_id)), start_(std::move(start)) {}

  // Takes a first iterator, so that LATEST means now. Retryable failures are left to step().
  base::Status prepare(aws::KinesisClient& client, const base::Clock& clock);

  ReadStep step(aws::KinesisClient& client, const base::Clock& clock, const ReadPace& pace,
                const aws::Random& random);

  [[nodiscard]] const std::string& shard_id() const { return shard_id_; }
  [[nodiscard]] std::int64_t millis_behind_latest() const { return behind_; }

 private:
  [[nodiscard]] aws::IteratorStart position() const;
  ReadStep after_failure(const base::Error& error, bool of_iterator, const ReadPace& pace,
                         const aws::Random& random);

  const aws::StreamRef stream_;
  const std::string shard_id_;
  aws::IteratorStart start_;
  std::string iterator_;       // empty: to be asked for
  std::string last_sequence_;  // of the newest record that was given out
  std::int64_t behind_ = -1;
  int failures_ = 0;        // in a row
  int renewals_ = 0;        // iterators refused in a row
  bool held_back_ = false;  // the endpoint has throttled: no hurry any more
};

}  // namespace millrace::connectors
