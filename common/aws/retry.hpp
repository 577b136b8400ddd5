// When a failed call is tried again, and after how long.
//
// AWS's standard mode: exponential backoff with full jitter (AWS SDKs and Tools Reference Guide,
// "Retry behavior", checked 2026-11-22).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include "common/base/result.hpp"

namespace millrace::aws {

// Uniform in [0, 1). Must be safe for the threads that share it.
using Random = std::function<double()>;
// Seeded from the system; any thread.
Random system_random();

struct RetryPolicy {
  int max_attempts = 3;  // the first one included
  std::chrono::milliseconds base{100};
  std::chrono::milliseconds throttled_base{500};
  std::chrono::milliseconds cap{20'000};
};

// The service said: slower.
bool is_throttling(const base::Error& error);
// The same call may succeed later: throttling, 5xx, a lost or refused connection, a deadline.
bool is_retryable(const base::Error& error);

// Before attempt `failed` + 1; failed >= 1 attempts went wrong.
std::chrono::milliseconds backoff(const RetryPolicy& policy, int failed, const base::Error& error,
                                  const Random& random);

}  // namespace millrace::aws
