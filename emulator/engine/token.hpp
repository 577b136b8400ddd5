// What lies inside the opaque texts: shard iterators and page tokens.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/base/result.hpp"
#include "emulator/engine/seal.hpp"

namespace millrace::engine {

// Iterators and page tokens live this long (API reference: 5 minutes, 300 seconds).
constexpr std::int64_t token_life_ms = 300'000;

// A place in a shard; the record with this index comes next.
struct ShardIterator {
  std::int64_t issued_ms = 0;
  std::int64_t stream_id = 0;  // of the data file: a stream made anew under the name is another one
  std::string account;
  std::string region;
  std::string stream;
  std::uint32_t shard = 0;
  std::int64_t index = 0;
};

// Where a listing goes on.
struct PageToken {
  std::int64_t issued_ms = 0;
  std::string operation;  // that gave it
  std::string account;
  std::string region;
  std::string stream;  // empty in a listing of streams
  std::string after;   // the last name given
  std::string filter;  // what was asked for, as the operation's own text
};

std::string to_text(const ShardIterator& iterator, const Seal& seal);
std::string to_text(const PageToken& token, const Seal& seal);
// nullopt: not such a token.
std::optional<ShardIterator> parse_iterator(std::string_view text, const Seal& seal);
std::optional<PageToken> parse_page_token(std::string_view text, const Seal& seal);

}  // namespace millrace::engine
