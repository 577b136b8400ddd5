// What the tables hold, as plain values.
#pragma once

#include <algorithm>
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

// Bits of a record's id below the shard's key.
constexpr int index_bits = 40;
constexpr std::int64_t max_index = (std::int64_t{1} << index_bits) - 1;
constexpr std::int64_t max_shard_key = (std::int64_t{1} << (62 - index_bits)) - 1;

// What names a record in the data file: its shard and its index in it.
inline std::int64_t record_id(ShardKey shard, std::int64_t index) {
  return (shard.value << index_bits) + index;
}
inline ShardKey shard_of(std::int64_t record_id) {
  return {record_id >> index_bits};
}
inline std::int64_t index_of(std::int64_t record_id) {
  return record_id & max_index;
}

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

  // `record` is the key and behind it the data.
  void append(std::int64_t index, std::int64_t time_ms, bool has_key, std::size_t key_size,
              std::string_view record) {
    append(index, time_ms, has_key, record.substr(0, key_size), record.substr(key_size));
  }
  void append(std::int64_t index, std::int64_t time_ms, bool has_key, std::string_view key,
              std::string_view data) {
    entries.push_back({.index = index,
                       .time_ms = time_ms,
                       .key_at = bytes.size(),
                       .key_size = static_cast<std::uint32_t>(key.size()),
                       .has_key = has_key,
                       .data_size = static_cast<std::uint32_t>(data.size())});
    bytes.append(key);
    bytes.append(data);
  }
  void append(const RecordBatch& from, const Entry& entry) {
    append(entry.index, entry.time_ms, entry.has_key, entry.key_size, from.record(entry));
  }
  void clear() {
    entries.clear();
    bytes.clear();
  }

  [[nodiscard]] std::string_view key(const Entry& entry) const {
    return std::string_view{bytes}.substr(entry.key_at, entry.key_size);
  }
  [[nodiscard]] std::string_view data(const Entry& entry) const {
    return std::string_view{bytes}.substr(entry.key_at + entry.key_size, entry.data_size);
  }
  [[nodiscard]] std::string_view record(const Entry& entry) const {
    return std::string_view{bytes}.substr(entry.key_at,
                                          std::size_t{entry.key_size} + entry.data_size);
  }
  // The first entry of an index or a later one.
  [[nodiscard]] std::size_t find(std::int64_t index) const {
    const auto at =
        std::lower_bound(entries.begin(), entries.end(), index,
                         [](const Entry& one, std::int64_t wanted) { return one.index < wanted; });
    return static_cast<std::size_t>(at - entries.begin());
  }
};

}  // namespace millrace::store
