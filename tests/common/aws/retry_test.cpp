#include "common/aws/retry.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using std::chrono::milliseconds;

TEST_CASE("Retry: waits double up to the cap, scaled by chance") {
  const base::Error lost{base::ErrorCode::io, "lost"};
  const aws::RetryPolicy policy;
  const auto wait = [&](int failed, double random) {
    return aws::backoff(policy, failed, lost, [=] { return random; });
  };
  CHECK(wait(1, 0.0) == milliseconds{0});
  CHECK(wait(1, 0.5) == milliseconds{50});
  CHECK(wait(4, 0.5) == milliseconds{400});
  CHECK(wait(30, 0.5) == milliseconds{10'000});
  CHECK(wait(1000, 0.999) == milliseconds{19'980});
}

TEST_CASE("Retry: what is worth another attempt") {
  using base::ErrorCode;
  const auto worth = [](ErrorCode code, const char* name) {
    return aws::is_retryable({code, name, ""});
  };
  CHECK(worth(ErrorCode::io, ""));
  CHECK(worth(ErrorCode::timeout, ""));
  CHECK(worth(ErrorCode::internal, "InternalFailure"));
  CHECK(worth(ErrorCode::limit_exceeded, "LimitExceededException"));
  CHECK(worth(ErrorCode::invalid_argument, "ThrottlingException"));
  CHECK_FALSE(worth(ErrorCode::not_found, "ResourceNotFoundException"));
  CHECK_FALSE(worth(ErrorCode::cancelled, ""));
  CHECK_FALSE(worth(ErrorCode::protocol, ""));
  CHECK_FALSE(worth(ErrorCode::expired_iterator, "ExpiredIteratorException"));
}
