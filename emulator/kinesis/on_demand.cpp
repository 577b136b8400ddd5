#include "emulator/kinesis/on_demand.hpp"

#include <algorithm>

#include "emulator/kinesis/commitment.hpp"

namespace millrace::kinesis {
namespace {

constexpr std::int64_t most_mibps = 10 * 1024;  // 10 GiB/s (API reference)

}  // namespace

base::Status check_on_demand_limit(const Context& context, const engine::Scope& scope) {
  const auto limit = context.engine.options().on_demand_limit;
  if (context.engine.on_demand_streams(scope) < limit) return base::success();
  return limit_exceeded("This request would exceed the on-demand stream limit for the account " +
                        scope.account + " in " + scope.region +
                        ". Limit: " + std::to_string(limit) + ".");
}

base::Status check_warm_throughput(const Context& context, const engine::Scope& scope,
                                   std::int64_t mibps, std::size_t open) {
  if (!commitment_of(context, scope).enabled) {
    return base::Error{
        base::ErrorCode::validation,
        "WarmThroughputMiBps needs a stream in ON_DEMAND mode and an account with the "
        "minimum throughput billing commitment enabled."};
  }
  if (mibps > most_mibps) {
    return limit_exceeded("WarmThroughputMiBps can be at most " + std::to_string(most_mibps) +
                          ". Requested: " + std::to_string(mibps) + ".");
  }
  if (shards_for(mibps) <= open) return base::success();
  return check_shard_limit(context, scope, static_cast<std::int64_t>(shards_for(mibps) - open));
}

WarmThroughput warm_throughput(std::int64_t target_mibps, std::size_t open) {
  return {target_mibps, std::min(target_mibps, static_cast<std::int64_t>(open))};
}

}  // namespace millrace::kinesis
