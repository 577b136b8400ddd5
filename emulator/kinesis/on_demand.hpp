// On-demand streams: limits of them, their warm throughput.
#pragma once

#include "emulator/kinesis/streams.hpp"

namespace millrace::kinesis {

constexpr std::size_t on_demand_shards = 4;  // of a new stream

// Whether the account may have one more. Error: LimitExceededException.
base::Status check_on_demand_limit(const Context& context, const engine::Scope& scope);
// Whether the account has committed itself, the amount is within limits, and its shards are too
// when so many are open already. Error: ValidationException, LimitExceededException.
base::Status check_warm_throughput(const Context& context, const engine::Scope& scope,
                                   std::int64_t mibps, std::size_t open);
// A shard takes 1 MiB/s.
inline std::size_t shards_for(std::int64_t mibps) {
  return static_cast<std::size_t>(mibps);
}

struct WarmThroughput {
  std::int64_t target_mibps = 0;
  std::int64_t current_mibps = 0;
  static void members(auto& visit, auto& self) {
    visit("TargetMiBps", self.target_mibps);
    visit("CurrentMiBps", self.current_mibps);
  }
};
WarmThroughput warm_throughput(std::int64_t target_mibps, std::size_t open);

}  // namespace millrace::kinesis
