// Streams and shards as the engine holds them in memory.
#pragma once

#include <algorithm>
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
        committed_next(row.next_index),
        sealed(row.closed_ms.has_value()) {}

  // Facts that do not change while the shard lives; next_index and last_ms of the row are only what
  // was loaded.
  store::ShardRow row;

  // The engine's thread only.
  std::int64_t next_index;
  std::int64_t last_ms;
  bool touched = false;  // in the transaction under way
  // Arrival of the oldest record when last looked at; 0: not known.
  std::int64_t oldest_seen_ms = 0;
  bool trimming = false;  // begun, and there is more to erase
  WriteRates writes;
  // What was put since counting began: decides about splitting hot shards of on-demand streams.
  std::int64_t counted_bytes = 0;
  std::int64_t counting_since_ms = 0;

  // Any thread: index after the last committed record.
  std::atomic<std::int64_t> committed_next;
  // Any thread: closed, and that is committed, so that committed_next has its last value. Readers
  // go by this: who is told that the shard has ended has read all of it.
  std::atomic<bool> sealed;
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

// From and until when something was so; until: exclusive, INT64_MAX while it is.
struct Period {
  std::int64_t from_ms = 0;
  std::int64_t until_ms = 0;
};
// "FROM-UNTIL,FROM-", as the data file has it.
std::vector<Period> parse_periods(std::string_view text);
std::string to_text(const std::vector<Period>& periods);
bool is_within(const std::vector<Period>& periods, std::int64_t time_ms);

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
  // Records that arrived before this are gone, whether they are erased already or not.
  [[nodiscard]] std::int64_t trim_horizon_ms(std::int64_t now_ms) const {
    return std::max(row.trim_floor_ms, now_ms - retention_ms());
  }
  // Closed, and all its records gone: nobody sees the shard any more.
  [[nodiscard]] bool is_expired(const Shard& shard, std::int64_t now_ms) const {
    return shard.row.closed_ms && *shard.row.closed_ms < trim_horizon_ms(now_ms);
  }
  // As find(), but not what has expired.
  [[nodiscard]] Shard* find_kept(std::uint32_t number, std::int64_t now_ms) const;
  // A shard opens the moment its parents close, although its numbers begin a second later.
  [[nodiscard]] std::int64_t opened_ms(const Shard& shard, std::int64_t now_ms) const;
  // Whether what is put now is encrypted.
  [[nodiscard]] bool encrypts(std::int64_t now_ms) const {
    return !row.encrypted.empty() && is_within(parse_periods(row.encrypted), now_ms);
  }
  void index_open_shards();
  // Whether the open shards share the key space without gap or overlap.
  [[nodiscard]] bool covers_key_space() const;

  // The engine's thread only: where the next record of an AUTO stream goes, counted over open
  // shards.
  mutable std::uint64_t next_place = 0;
};

// account, region, name: names of one account and region lie side by side, in order.
using StreamKey = std::tuple<std::string, std::string, std::string>;
using Streams = std::map<StreamKey, std::unique_ptr<Stream>>;

// "arn:aws:kinesis:us-east-1:000000000000:stream/name", with the partition of the region.
std::string stream_arn(const Scope& scope, std::string_view name);

}  // namespace millrace::engine
