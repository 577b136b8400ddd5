// Puts records to a Kinesis stream, in order, until they are stored.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "common/aws/kinesis_client.hpp"
#include "common/aws/retry.hpp"
#include "common/base/clock.hpp"
#include "common/base/waiter.hpp"
#include "generator/sink/sink.hpp"

namespace millrace::sink {

struct KinesisSinkOptions {
  std::string stream;
  // One PutRecord each, as the published generator; else PutRecords of up to 500.
  bool one_by_one = true;
  // How long nothing may succeed (throttled, 5xx, endpoint gone) before put() fails.
  std::chrono::milliseconds patience{60'000};
  aws::RetryPolicy retry{.cap = std::chrono::milliseconds{5'000}};
};

// PutRecords limits (API reference, checked 2026-11-22; the size is that before October 2025, which
// every endpoint takes).
constexpr std::size_t most_entries = 500;
constexpr std::size_t most_bytes = std::size_t{5} << 20U;

// The client makes one attempt a call: trying again is done here, where it is known which records
// are left. A connection lost after the request was sent may store a record twice, as with every
// AWS client.
class KinesisSink final : public Sink {
 public:
  KinesisSink(aws::KinesisClient& client, KinesisSinkOptions options, const base::Clock& clock,
              base::Waiter& waiter, aws::Random random);

  base::Status put(std::span<const Record> records) override;
  [[nodiscard]] const Totals& totals() const override { return totals_; }

 private:
  base::Status put_one(const Record& record);
  base::Status put_batch(std::vector<const Record*> batch);
  // After an attempt where nothing was stored; the error when patience is over.
  base::Status wait_after(const base::Error& error);
  void stored(const Record& record);

  aws::KinesisClient& client_;
  const KinesisSinkOptions options_;
  const base::Clock& clock_;
  base::Waiter& waiter_;
  const aws::Random random_;
  Totals totals_;
  int failures_ = 0;  // attempts in a row without a stored record
  base::Timestamp failing_since_{};
};

}  // namespace millrace::sink
