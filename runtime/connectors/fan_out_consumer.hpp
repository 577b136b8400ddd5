// The registered consumer that a source's subscriptions go by: made, waited for, given back.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <string>

#include "common/aws/kinesis_client.hpp"

namespace millrace::connectors {

struct FanOutOptions {
  std::string name;
  // Of a consumer that somebody else registered; empty: found by its name.
  std::string arn;
  // Whether the job registers the consumer when it is not there, and deregisters it at its end.
  bool managed = true;
  // How long registering may take, until the consumer is ACTIVE.
  std::chrono::milliseconds patience{120'000};
};

// Thread-safe.
class FanOutConsumer {
 public:
  // Waits, and returns false when nothing more is to be waited for.
  using Wait = std::function<bool(std::chrono::milliseconds)>;

  FanOutConsumer(FanOutOptions options, aws::StreamRef stream)
      : options_(std::move(options)), stream_(std::move(stream)) {}

  // Finds or registers the consumer and waits until it is ACTIVE. Errors name the consumer.
  base::Status acquire(aws::KinesisClient& client, const Wait& wait);
  // The consumer `lost_arn` is gone: registers it again, unless another thread has done so. Error:
  // it is not ours to register.
  base::Status renew(aws::KinesisClient& client, const std::string& lost_arn, const Wait& wait);
  // Deregisters a managed consumer that acquire() found or made.
  base::Status release(aws::KinesisClient& client);

  [[nodiscard]] std::string arn() const;

 private:
  base::Result<std::string> find(aws::KinesisClient& client, const Wait& wait) const;

  const FanOutOptions options_;
  const aws::StreamRef stream_;
  std::mutex renewal_;        // held while a consumer is looked for
  mutable std::mutex mutex_;  // guards arn_
  std::string arn_;
};

}  // namespace millrace::connectors
