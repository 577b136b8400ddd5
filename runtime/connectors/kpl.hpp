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

namespace millrace::connectors {

struct PackedRecord {
  std::string_view data;
  std::string_view partition_key;
};

// nullopt when the bytes are no aggregated record: wrong magic, wrong digest, malformed. Views into
// `bytes`.
std::optional<std::vector<PackedRecord>> unpack(std::string_view bytes);

// Replaces every aggregated record by what it holds (same sequence number and arrival time).
void deaggregate(std::vector<aws::Record>& records);

}  // namespace millrace::connectors
