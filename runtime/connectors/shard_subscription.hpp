// Reads one shard by subscriptions (enhanced fan-out), one after the other.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/aws/kinesis_client.hpp"
#include "common/base/clock.hpp"

namespace millrace::connectors {

struct SubscriptionPace {
  // Of a subscription: until its first answer, and between two events. AWS sends an event every few
  // seconds, with or without records.
  net::StreamTimeouts timeouts{.head = std::chrono::milliseconds{60'000},
                               .idle = std::chrono::milliseconds{35'000}};
  // A consumer and shard may be subscribed to again after 5 seconds; sooner it is "in use" (API
  // reference, SubscribeToShard, checked 2026-12-01).
  std::chrono::milliseconds in_use_wait{1'000};
  // How often in a row "in use" is taken for another job's subscription that ends by itself.
  int most_in_use = 60;
  aws::RetryPolicy retry{.cap = std::chrono::milliseconds{2'000}};
};

// Position only moves with an event that was taken, so that a lost connection neither loses nor
// repeats records. One thread at a time.
class ShardSubscription {
 public:
  struct Event {
    std::vector<aws::Record> records;
    std::int64_t millis_behind = 0;
    bool ended = false;  // the shard is closed and read to its end
  };
  struct Step {
    std::chrono::milliseconds wait{0};  // before the next subscription
    bool ended = false;
    bool throttled = false;
    bool consumer_lost = false;          // it is not registered (any more)
    std::optional<base::Error> failure;  // of the kind waiting does not mend
  };

  ShardSubscription(aws::StreamRef stream, std::string shard_id, aws::IteratorStart start)
      : stream_(std::move(stream)), shard_id_(std::move(shard_id)), start_(std::move(start)) {}

  // One subscription, from where the last one got to, until it ends or `on_event` returns false.
  Step follow(aws::KinesisClient& client, const std::string& consumer_arn, const base::Clock& clock,
              const SubscriptionPace& pace, const aws::Random& random,
              const std::function<bool(Event)>& on_event);

  [[nodiscard]] const std::string& shard_id() const { return shard_id_; }

 private:
  Step after_failure(const base::Error& error, const SubscriptionPace& pace,
                     const aws::Random& random);

  const aws::StreamRef stream_;
  const std::string shard_id_;
  aws::IteratorStart start_;
  std::string continuation_;  // of the newest event; empty: none came yet
  int failures_ = 0;          // in a row
  int in_use_ = 0;            // in a row
};

}  // namespace millrace::connectors
