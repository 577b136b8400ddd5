#include "runtime/connectors/shard_subscription.hpp"

#include <algorithm>

#include "common/base/log.hpp"

namespace millrace::connectors {
namespace {

constexpr int subscriptions_until_warning = 3;

}  // namespace

ShardSubscription::Step ShardSubscription::follow(aws::KinesisClient& client,
                                                  const std::string& consumer_arn,
                                                  const base::Clock& clock,
                                                  const SubscriptionPace& pace,
                                                  const aws::Random& random,
                                                  const std::function<bool(Event)>& on_event) {
  const auto asked_at = base::to_epoch_ms(clock.now());
  const auto from = continuation_.empty()
                        ? start_
                        : aws::IteratorStart{.type = aws::IteratorType::after_sequence,
                                             .sequence_number = continuation_};
  Step out;
  const auto status = client.subscribe_to_shard(
      consumer_arn, shard_id_, from, pace.timeouts, [&](aws::RecordPage page) {
        if (failures_ >= subscriptions_until_warning) {
          base::log().info("shard {} of {} is read again", shard_id_, stream_.name + stream_.arn);
        }
        failures_ = 0;
        in_use_ = 0;
        out.ended = page.continuation_sequence.empty();
        if (!out.ended) continuation_ = std::move(page.continuation_sequence);
        Event event{std::move(page.records), page.millis_behind_latest, out.ended};
        return on_event(std::move(event)) && !out.ended;
      });
  // Should the subscription be lost before its first event, "latest" still means this moment.
  if (start_.type == aws::IteratorType::latest) {
    start_ = {.type = aws::IteratorType::at_timestamp, .timestamp_ms = asked_at};
  }
  if (status || out.ended) return out;
  return after_failure(status.error(), pace, random);
}

ShardSubscription::Step ShardSubscription::after_failure(const base::Error& error,
                                                         const SubscriptionPace& pace,
                                                         const aws::Random& random) {
  Step out;
  if (error.code() == base::ErrorCode::not_found) {
    out.consumer_lost = true;
    out.failure = error.in("subscribing to shard " + shard_id_);
    return out;
  }
  // A subscription of our own that the service has not yet seen end, or another job's.
  if (error.code() == base::ErrorCode::in_use && ++in_use_ <= pace.most_in_use) {
    out.wait = pace.in_use_wait;
    return out;
  }
  // Damage within the stream is mended by a new one, as a lost connection is.
  const bool damaged = error.code() == base::ErrorCode::protocol;
  if (!damaged && !aws::is_retryable(error)) {
    out.failure =
        error.in("subscribing to shard " + shard_id_ + " of " + stream_.name + stream_.arn);
    return out;
  }
  ++failures_;
  out.throttled = aws::is_throttling(error);
  if (failures_ == subscriptions_until_warning) {
    base::log().warn("subscribing to shard {}: {}; trying again", shard_id_, error.message());
  }
  out.wait = aws::backoff(pace.retry, failures_, error, random);
  return out;
}

}  // namespace millrace::connectors
