#include "runtime/connectors/fan_out_consumer.hpp"

#include <algorithm>

#include "common/base/log.hpp"

namespace millrace::connectors {
namespace {

using base::Error;
using base::ErrorCode;
using std::chrono::milliseconds;

constexpr milliseconds shortest_wait{100};
constexpr milliseconds longest_wait{2'000};

}  // namespace

std::string FanOutConsumer::arn() const {
  const std::lock_guard lock{mutex_};
  return arn_;
}

base::Result<std::string> FanOutConsumer::find(aws::KinesisClient& client, const Wait& wait) const {
  if (!options_.arn.empty()) return options_.arn;
  const std::string what = "the consumer '" + options_.name + "'";
  std::string stream_arn = stream_.arn;
  milliseconds waited{0};
  milliseconds next{shortest_wait};
  // Whether there is time for another try after this one.
  const auto pause = [&](const std::string& why) -> base::Status {
    if (waited >= options_.patience) {
      return Error{ErrorCode::timeout, what + " was not ACTIVE after " +
                                           std::to_string(waited.count() / 1000) + " s: " + why};
    }
    if (!wait(next)) return Error{ErrorCode::cancelled, what + ": stopped"};
    waited += next;
    next = std::min(next * 2, longest_wait);
    return base::success();
  };
  while (true) {
    if (stream_arn.empty()) {
      auto summary = client.describe_stream_summary(stream_);
      if (summary) {
        stream_arn = std::move(summary).value().arn;
      } else if (!aws::is_retryable(summary.error())) {
        return summary.error().in(what);
      } else {
        BOOST_OUTCOME_TRY(pause(summary.error().message()));
        continue;
      }
    }
    auto found = client.describe_stream_consumer(stream_arn, options_.name);
    if (!found && found.error().code() == ErrorCode::not_found) {
      if (!options_.managed) return found.error().in(what + ", which the job does not manage");
      found = client.register_stream_consumer(stream_arn, options_.name);
      // Another job was faster, or the stream is being changed.
      if (!found && found.error().code() == ErrorCode::in_use) {
        BOOST_OUTCOME_TRY(pause(found.error().message()));
        continue;
      }
    }
    if (!found) {
      if (!aws::is_retryable(found.error())) return found.error().in(what);
      BOOST_OUTCOME_TRY(pause(found.error().message()));
      continue;
    }
    if (found.value().status == "ACTIVE") return std::move(found).value().arn;
    BOOST_OUTCOME_TRY(pause("it is " + found.value().status));
  }
}

base::Status FanOutConsumer::acquire(aws::KinesisClient& client, const Wait& wait) {
  const std::lock_guard renewing{renewal_};
  BOOST_OUTCOME_TRY(auto found, find(client, wait));
  const std::lock_guard lock{mutex_};
  arn_ = std::move(found);
  return base::success();
}

base::Status FanOutConsumer::renew(aws::KinesisClient& client, const std::string& lost_arn,
                                   const Wait& wait) {
  const std::lock_guard renewing{renewal_};
  if (arn() != lost_arn) return base::success();
  if (!options_.managed) {
    return Error{ErrorCode::not_found, "the consumer '" +
                                           (options_.name.empty() ? options_.arn : options_.name) +
                                           "' is gone, and the job does not manage it"};
  }
  base::log().warn("the consumer '{}' is gone and is registered again", options_.name);
  BOOST_OUTCOME_TRY(auto found, find(client, wait));
  const std::lock_guard lock{mutex_};
  arn_ = std::move(found);
  return base::success();
}

base::Status FanOutConsumer::release(aws::KinesisClient& client) {
  std::string mine;
  {
    const std::lock_guard lock{mutex_};
    if (options_.managed) mine.swap(arn_);
  }
  if (mine.empty()) return base::success();
  auto status = client.deregister_stream_consumer(mine);
  // Somebody else's doing, or the stream's end.
  if (!status && status.error().code() == ErrorCode::not_found) return base::success();
  if (!status) return status.error().in("deregistering the consumer '" + options_.name + "'");
  return base::success();
}

}  // namespace millrace::connectors
