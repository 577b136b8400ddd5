#include "common/aws/retry.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <string_view>

namespace millrace::aws {
namespace {

constexpr std::array<std::string_view, 12> throttling_names{
    "ProvisionedThroughputExceededException",
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottled",
    "RequestThrottledException",
    "RequestLimitExceeded",
    "LimitExceededException",
    "BandwidthLimitExceeded",
    "TooManyRequestsException",
    "SlowDown",
    "KMSThrottlingException",
};

}  // namespace

Random system_random() {
  return [] {
    thread_local std::mt19937_64 engine{std::random_device{}()};
    return std::uniform_real_distribution<double>{0.0, 1.0}(engine);
  };
}

bool is_throttling(const base::Error& error) {
  return std::find(throttling_names.begin(), throttling_names.end(), error.name()) !=
         throttling_names.end();
}

bool is_retryable(const base::Error& error) {
  using base::ErrorCode;
  switch (error.code()) {
    case ErrorCode::throughput_exceeded:
    case ErrorCode::io:
    case ErrorCode::timeout:
    case ErrorCode::internal:
      return true;
    default:
      return is_throttling(error);
  }
}

std::chrono::milliseconds backoff(const RetryPolicy& policy, int failed, const base::Error& error,
                                  const Random& random) {
  const auto base = is_throttling(error) ? policy.throttled_base : policy.base;
  const int doublings = std::clamp(failed - 1, 0, 20);
  const auto most = std::min(policy.cap, base * (std::int64_t{1} << doublings));
  return std::chrono::milliseconds{
      static_cast<std::int64_t>(random() * static_cast<double>(most.count()))};
}

}  // namespace millrace::aws
