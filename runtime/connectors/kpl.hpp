// Records that the Kinesis Producer Library packed together.
//
//   F3 89 9A C2 | protobuf AggregatedRecord | MD5 of the protobuf (16 bytes)
//   AggregatedRecord: 1 = partition keys (repeated text), 2 = explicit hash keys (repeated text),
//                     3 = records (repeated): 1 key index, 2 hash key index, 3 data, 4 tags
//
// Format: aggregation-format.md of the Kinesis Producer Library, checked 2026-11-22.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "common/aws/kinesis_client.hpp"
#include "common/base/uint128.hpp"

namespace millrace::connectors {

struct PackedRecord {
  std::string_view data;
  std::string_view partition_key;
  base::Uint128 hash = 0;  // the explicit hash key, else the partition key's
};

// Of a shard, both ends included.
struct HashRange {
  base::Uint128 first = 0;
  base::Uint128 last = base::uint128_max;
  [[nodiscard]] bool contains(base::Uint128 hash) const { return first <= hash && hash <= last; }
};

// nullopt when the bytes are no aggregated record: wrong magic, wrong digest, malformed. Views into
// `bytes`.
std::optional<std::vector<PackedRecord>> unpack(std::string_view bytes);

// Replaces every aggregated record by what it holds (same sequence number and arrival time). One
// that holds a record of another shard than `shard` is left out whole: the KPL, whose map of the
// shards was old, puts its records again. So do the KCL and Flink. Returns how many were left out.
std::size_t deaggregate(std::vector<aws::Record>& records, HashRange shard = {});

}  // namespace millrace::connectors
