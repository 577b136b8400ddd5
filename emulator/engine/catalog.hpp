// Streams and shards as the engine holds them in memory.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/engine/limits.hpp"
#include "emulator/engine/sequence_number.hpp"
#include "emulator/store/rows.hpp"

namespace millrace::engine {

// Whose resources a call sees.
struct Scope {
  std::string account;
  std::string region;
};

enum class StreamStatus { creating, active, updating, deleting, gone };
std::string_view to_text(StreamStatus status);

struct Shard {
  explicit Shard(store::ShardRow from)
      : row(from),
        next_index(row.next_index),
        last_ms(row.last_ms),
        committed_next(row.next_index) {}

  // Facts that do not change while the shard lives; next_index and last_ms of the row are only what
  // was loaded.
  store::ShardRow row;

  // The engine's thread only.
  std::int64_t next_index;
  std::int64_t last_ms;
  bool touched = false;  // in the transaction under way
  std::int64_t oldest_seen_ms =
      0;  // arrival of the oldest record when last looked at; 0: not known
  WriteRates writes;

  // Any thread: index after the last committed record.
  std::atomic<std::int64_t> committed_next;
  // Any thread; shared, because a read outlives the lock under which it found the shard.
  std::shared_ptr<ReadRates> reads = std::make_shared<ReadRates>();

  [[nodiscard]] SequenceNumber sequence(std::int64_t index, std::int64_t time_ms) const {
    return {.created_s = row.created_s,
            .index = static_cast<std::uint64_t>(index),
            .time_s = std::max(time_ms / 1000, row.created_s),
            .shard = row.number};
  }
  // StartingSequenceNumber and EndingSequenceNumber of its range.
  [[nodiscard]] SequenceNumber first_sequence() const { return sequence(0, 0); }
  [[nodiscard]] SequenceNumber ending_sequence() const {
    auto number = sequence(0, row.closed_ms.value_or(0));
    number.index = last_sequence_index;
    return number;
  }
};

// "shardId-000000000007"
std::string shard_id(std::uint32_t number);
// AWS takes any prefix before the first '-', leading zeros or none, and a bare number up to 2^31
// - 1.
std::optional<std::uint32_t> parse_shard_id(std::string_view text);

struct Stream {
  explicit Stream(store::StreamRow from) : row(std::move(from)) {}

  store::StreamRow row;
  std::vector<std::unique_ptr<Shard>> shards;  // by number
  std::vector<Shard*> open;                    // by hash range

  [[nodiscard]] StreamStatus status(std::int64_t now_ms) const;
  [[nodiscard]] std::string arn() const;
  [[nodiscard]] Shard* find(std::uint32_t number) const;
  // The open shard whose range holds the key; there is one for every key.
  [[nodiscard]] Shard& route(base::Uint128 hash) const;
  [[nodiscard]] std::int64_t retention_ms() const { return row.retention_hours * 3'600'000; }
  void index_open_shards();
};

// account, region, name: names of one account and region lie side by side, in order.
using StreamKey = std::tuple<std::string, std::string, std::string>;
using Streams = std::map<StreamKey, std::unique_ptr<Stream>>;

// "arn:aws:kinesis:us-east-1:000000000000:stream/name", with the partition of the region.
std::string stream_arn(const Scope& scope, std::string_view name);

}  // namespace millrace::engine
