// What the tables hold, as plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/uint128.hpp"

namespace millrace::store {

// A shard's number in the data file; never reused, unlike the number in its name.
struct ShardKey {
  std::int64_t value = 0;
  friend bool operator==(ShardKey, ShardKey) = default;
};

// Bits of record.id below the shard's key.
constexpr int index_bits = 40;
constexpr std::int64_t max_index = (std::int64_t{1} << index_bits) - 1;
constexpr std::int64_t max_shard_key = (std::int64_t{1} << (62 - index_bits)) - 1;

using Tags = std::vector<std::pair<std::string, std::string>>;

struct StreamRow {
  std::int64_t id = 0;
  std::string account;
  std::string region;
  std::string name;
  std::string mode;
  std::string distribution;
  std::int64_t created_ms = 0;
  std::string transition;
  std::int64_t transition_until_ms = 0;
  std::int64_t retention_hours = 24;
  std::int64_t max_record_kib = 1024;
  std::string encryption_key;  // empty: not encrypted
  std::string metrics;         // shard-level metrics, with commas between
  std::int64_t warm_mibps = 0;
  std::string limits;  // "aws", "off"; empty: as the server has it
  std::string policy;  // JSON; empty: none
  // Records that arrived before are gone for good: what had expired when the retention was changed.
  std::int64_t trim_floor_ms = 0;
  std::string encrypted;  // when records were encrypted: "FROM-UNTIL,FROM-", in ms
  Tags tags;
};

// A consumer, channel or queue.
struct ResourceRow {
  std::int64_t id = 0;
  std::string kind;
  std::int64_t stream_id = 0;  // of the stream it reads from
  std::string account;
  std::string region;
  std::string owner;  // the stream's name of a consumer; empty otherwise
  std::string name;
  std::int64_t created_ms = 0;
  std::string transition;
  std::int64_t transition_until_ms = 0;
  std::string failed;  // why it is FAILED; empty: it is not
  std::string settings;
  std::string policy;
  Tags tags;
};

// How far a channel has delivered a shard.
struct ChannelPosition {
  ShardKey shard;
  std::int64_t next = 1;  // index of the record that is delivered next
};

struct AccountSetting {
  std::string account;
  std::string region;
  std::string key;
  std::string value;
};

struct ShardRow {
  ShardKey key;
  std::int64_t stream_id = 0;
  std::uint32_t number = 0;
  base::Uint128 hash_start = 0;
  base::Uint128 hash_end = 0;
  std::int64_t created_s = 0;
  std::optional<std::uint32_t> parent;
  std::optional<std::uint32_t> adjacent_parent;
  std::optional<std::int64_t> closed_ms;
  std::int64_t next_index = 1;
  std::int64_t last_ms = 0;
};

// Records of one shard, in order; texts lie in one buffer.
struct RecordBatch {
  struct Entry {
    std::int64_t index = 0;
    std::int64_t time_ms = 0;
    std::size_t key_at = 0;
    std::uint32_t key_size = 0;
    bool has_key = false;
    std::uint32_t data_size = 0;  // follows the key
  };
  std::vector<Entry> entries;
  std::string bytes;

  [[nodiscard]] std::string_view key(const Entry& entry) const {
    return std::string_view{bytes}.substr(entry.key_at, entry.key_size);
  }
  [[nodiscard]] std::string_view data(const Entry& entry) const {
    return std::string_view{bytes}.substr(entry.key_at + entry.key_size, entry.data_size);
  }
};

}  // namespace millrace::store
