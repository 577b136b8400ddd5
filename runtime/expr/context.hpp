// What an expression may ask for beside its row.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>

#include "common/base/clock.hpp"
#include "runtime/data/time.hpp"

namespace millrace::expr {

class RegexCache;

// One a pipeline thread, owned by whoever runs the expressions (an operator or the job). Not
// thread-safe.
struct Context {
  // `clock_in` outlives the context.
  explicit Context(const base::Clock& clock_in, data::TimeZone zone_in = {});
  ~Context();
  Context(Context&&) noexcept;
  Context& operator=(Context&&) noexcept;

  const base::Clock* clock;  // CURRENT_TIMESTAMP, NOW(), PROCTIME()
  data::TimeZone zone;       // table.local-time-zone
  std::optional<std::int64_t>
      watermark_ms;  // CURRENT_WATERMARK(): set by the operator before evaluate()
  std::unique_ptr<RegexCache> regexes;  // compiled patterns, by text
  // The generators of RAND and RAND_INTEGER, one a call.
  std::unordered_map<const void*, std::uint64_t> randoms;
};

}  // namespace millrace::expr
