// The partition key of each event.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "generator/market/random.hpp"

namespace millrace::sink {

enum class KeyChoice {
  constant,  // "partitionkey", as the published generator: one shard gets everything
  own,       // the ticker, or the id of what the event is about
  random,    // a new one each time
};

// "constant", "ticker" or "id", "random".
std::optional<KeyChoice> parse_key_choice(std::string_view text);

// One thread. The keys have their own sequence: another choice leaves the events as they are.
class PartitionKeys {
 public:
  PartitionKeys(KeyChoice choice, std::uint64_t seed)
      : choice_(choice), random_(seed ^ 0x6b657973ULL) {}
  std::string next(std::string_view own);

 private:
  const KeyChoice choice_;
  market::Random random_;
};

}  // namespace millrace::sink
