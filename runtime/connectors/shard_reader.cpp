#include "runtime/connectors/shard_reader.hpp"

#include "common/base/log.hpp"

namespace millrace::connectors {
namespace {

using base::Error;
using base::ErrorCode;

// An iterator that was just issued and is refused so often will not be accepted the next time.
constexpr int most_renewals = 10;
constexpr int failures_until_warning = 3;

// Expired, or issued by an endpoint that has since been restarted with another secret.
bool is_iterator_refused(const Error& error) {
  return error.code() == ErrorCode::expired_iterator ||
         (error.code() == ErrorCode::invalid_argument &&
          error.name() == "InvalidArgumentException");
}

}  // namespace

aws::IteratorStart ShardReader::position() const {
  if (last_sequence_.empty()) return start_;
  return {.type = aws::IteratorType::after_sequence, .sequence_number = last_sequence_};
}

base::Status ShardReader::prepare(aws::KinesisClient& client, const base::Clock& clock) {
  const auto asked_at = base::to_epoch_ms(clock.now());
  auto iterator = client.get_shard_iterator(stream_, shard_id_, position());
  if (!iterator) return iterator.error();
  iterator_ = std::move(iterator).value();
  // Should this iterator be lost before it gave a record, "latest" still means this moment.
  if (start_.type == aws::IteratorType::latest) {
    start_ = {.type = aws::IteratorType::at_timestamp, .timestamp_ms = asked_at};
  }
  return base::success();
}

ReadStep ShardReader::step(aws::KinesisClient& client, const base::Clock& clock,
                           const ReadPace& pace, const aws::Random& random) {
  if (iterator_.empty()) {
    const auto prepared = prepare(client, clock);
    if (!prepared) return after_failure(prepared.error(), false, pace, random);
  }
  auto page = client.get_records(stream_, iterator_, pace.max_records);
  if (!page) return after_failure(page.error(), true, pace, random);
  if (failures_ >= failures_until_warning) {
    base::log().info("shard {} of {} is read again", shard_id_, stream_.name + stream_.arn);
  }
  failures_ = 0;
  renewals_ = 0;
  auto& got = page.value();
  ReadStep out;
  out.records = std::move(got.records);
  if (!out.records.empty()) last_sequence_ = out.records.back().sequence_number;
  iterator_ = std::move(got.next_iterator);
  behind_ = got.millis_behind_latest;
  out.ended = iterator_.empty();
  out.caught_up = behind_ == 0;
  const bool at_tip = out.records.empty() && behind_ == 0;
  out.wait = at_tip ? std::max(pace.empty_interval, pace.call_interval) : pace.call_interval;
  if (pace.eager && !held_back_ && !at_tip) out.wait = std::chrono::milliseconds{0};
  return out;
}

ReadStep ShardReader::after_failure(const Error& error, bool of_iterator, const ReadPace& pace,
                                    const aws::Random& random) {
  ReadStep out;
  if (of_iterator && is_iterator_refused(error) && renewals_ < most_renewals) {
    ++renewals_;
    iterator_.clear();
    out.wait = renewals_ == 1 ? std::chrono::milliseconds{0} : pace.call_interval;
    return out;
  }
  if (!aws::is_retryable(error)) {
    out.failure = error.in("reading shard " + shard_id_ + " of " + stream_.name + stream_.arn);
    return out;
  }
  ++failures_;
  out.throttled = aws::is_throttling(error);
  held_back_ = held_back_ || out.throttled;
  if (failures_ == failures_until_warning) {
    base::log().warn("reading shard {}: {}; trying again", shard_id_, error.message());
  }
  out.wait = pace.call_interval + aws::backoff(pace.retry, failures_, error, random);
  return out;
}

}  // namespace millrace::connectors
