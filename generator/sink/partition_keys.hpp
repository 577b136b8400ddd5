// The partition key of each trade.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "generator/market/random.hpp"

namespace millrace::sink {

enum class KeyChoice {
  constant,  // "partitionkey", as the published generator: one shard gets everything
  ticker,
  random,  // a new one each time
};

std::optional<KeyChoice> parse_key_choice(std::string_view text);

// One thread. The keys have their own sequence: another choice leaves the trades as they are.
class PartitionKeys {
 public:
  PartitionKeys(KeyChoice choice, std::uint64_t seed)
      : choice_(choice), random_(seed ^ 0x6b657973ULL) {}
  std::string next(std::string_view ticker);

 private:
  const KeyChoice choice_;
  market::Random random_;
};

}  // namespace millrace::sink
