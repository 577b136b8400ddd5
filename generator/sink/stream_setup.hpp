// Before the first trade: is the endpoint up, does the stream exist, is it ready?
#pragma once

#include <chrono>
#include <string>

#include "common/aws/kinesis_client.hpp"
#include "common/base/clock.hpp"
#include "common/base/result.hpp"
#include "common/base/waiter.hpp"

namespace millrace::sink {

struct SetupOptions {
  std::string stream;
  bool create = false;
  int shards = 1;                              // of a created stream
  std::chrono::milliseconds patience{60'000};  // for an endpoint that is not up, a stream not ready
};

// Returns when the stream takes records. Errors: not_found (and no --create), timeout, cancelled.
base::Status prepare_stream(aws::KinesisClient& client, const SetupOptions& options,
                            const base::Clock& clock, base::Waiter& waiter);

}  // namespace millrace::sink
