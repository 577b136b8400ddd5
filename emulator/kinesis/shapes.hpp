// Shapes that several operations share: patterns, rules, and structures of answers.
// Source of all constraints: the service model of botocore 1.44.5, read 2026-11-22.
#pragma once

#include <string>
#include <vector>

#include "common/wire/members.hpp"
#include "emulator/engine/engine.hpp"

namespace millrace::kinesis {

using wire::Rules;

inline const wire::Pattern name_pattern{"[a-zA-Z0-9_.-]+"};
inline const wire::Pattern stream_arn_pattern{"arn:aws.*:kinesis:.*:\\d{12}:stream/\\S+"};
inline const wire::Pattern stream_id_pattern{"[a-z0-9]{20}-[a-z0-9]{3}"};
inline const wire::Pattern hash_key_pattern{"0|([1-9]\\d{0,38})"};
inline const wire::Pattern sequence_number_pattern{"0|([1-9]\\d{0,128})"};

inline const Rules stream_arn_rules{.min = 1, .max = 2048, .pattern = &stream_arn_pattern};
inline const Rules required_stream_arn_rules{
    .required = true, .min = 1, .max = 2048, .pattern = &stream_arn_pattern};
inline const Rules stream_id_rules{.min = 1, .max = 24, .pattern = &stream_id_pattern};
inline const Rules hash_key_rules{.pattern = &hash_key_pattern};
inline const Rules sequence_number_rules{.pattern = &sequence_number_pattern};
inline const Rules partition_key_rules{.min = 1, .max = 256};
inline const Rules data_rules{.required = true, .min = 0, .max = 10'485'760};
inline const Rules limit_rules{.min = 1, .max = 10'000};
inline const Rules required_rules{.required = true};
inline const Rules next_token_rules{.min = 1, .max = 1'048'576};

// StreamName, ShardId, ConsumerName ...
inline Rules name_rules(bool required = false) {
  return {.required = required, .min = 1, .max = 128, .pattern = &name_pattern};
}

inline constexpr std::string_view iterator_types[] = {
    "AFTER_SEQUENCE_NUMBER", "LATEST", "AT_TIMESTAMP", "AT_SEQUENCE_NUMBER", "TRIM_HORIZON"};
inline constexpr std::string_view stream_modes[] = {"PROVISIONED", "ON_DEMAND"};
inline constexpr std::string_view distribution_strategies[] = {"AUTO", "USER_PARTITION_KEY"};
inline constexpr std::string_view shard_filter_types[] = {"AFTER_SHARD_ID",    "AT_TRIM_HORIZON",
                                                          "FROM_TRIM_HORIZON", "AT_LATEST",
                                                          "AT_TIMESTAMP",      "FROM_TIMESTAMP"};

// How most operations name a stream: by name, by ARN, or by both when they agree.
struct StreamRef {
  wire::Text stream_name;
  wire::Text stream_arn;
  wire::Text stream_id;  // accepted and ignored, as documented
  static void members(auto& visit, auto& self) {
    visit("StreamName", self.stream_name, name_rules());
    visit("StreamARN", self.stream_arn, stream_arn_rules);
    visit("StreamId", self.stream_id, stream_id_rules);
  }
};

struct StreamModeDetails {
  std::string stream_mode;
  static void members(auto& visit, auto& self) { visit("StreamMode", self.stream_mode); }
};

// The same, asked for.
struct StreamModeInput {
  wire::Text stream_mode;
  static void members(auto& visit, auto& self) {
    visit("StreamMode", self.stream_mode, Rules{.required = true, .values = stream_modes});
  }
};

struct HashKeyRange {
  std::string starting_hash_key;
  std::string ending_hash_key;
  static void members(auto& visit, auto& self) {
    visit("StartingHashKey", self.starting_hash_key);
    visit("EndingHashKey", self.ending_hash_key);
  }
};

struct SequenceNumberRange {
  std::string starting_sequence_number;
  std::optional<std::string> ending_sequence_number;
  static void members(auto& visit, auto& self) {
    visit("StartingSequenceNumber", self.starting_sequence_number);
    visit("EndingSequenceNumber", self.ending_sequence_number);
  }
};

struct ShardShape {
  std::string shard_id;
  std::optional<std::string> parent_shard_id;
  std::optional<std::string> adjacent_parent_shard_id;
  HashKeyRange hash_key_range;
  SequenceNumberRange sequence_number_range;
  static void members(auto& visit, auto& self) {
    visit("ShardId", self.shard_id);
    visit("ParentShardId", self.parent_shard_id);
    visit("AdjacentParentShardId", self.adjacent_parent_shard_id);
    visit("HashKeyRange", self.hash_key_range);
    visit("SequenceNumberRange", self.sequence_number_range);
  }
};

struct ChildShardShape {
  std::string shard_id;
  std::vector<std::string> parent_shards;
  HashKeyRange hash_key_range;
  static void members(auto& visit, auto& self) {
    visit("ShardId", self.shard_id);
    visit("ParentShards", self.parent_shards);
    visit("HashKeyRange", self.hash_key_range);
  }
};

struct EnhancedMetrics {
  std::vector<std::string> shard_level_metrics;
  static void members(auto& visit, auto& self) {
    visit("ShardLevelMetrics", self.shard_level_metrics);
  }
};

HashKeyRange hash_key_range(const engine::Shard& shard);
ShardShape shape_of(const engine::Shard& shard);
// The shards that came out of a split or merge of this one.
std::vector<ChildShardShape> children_of(const engine::Stream& stream, const engine::Shard& shard);

// What DescribeStream and DescribeStreamSummary have in common.
struct StreamFacts {
  std::string stream_name;
  std::string stream_arn;
  std::string stream_status;
  StreamModeDetails stream_mode_details;
  std::int64_t retention_period_hours = 24;
  wire::EpochMs stream_creation_timestamp;
  std::vector<EnhancedMetrics> enhanced_monitoring{1};
  std::string encryption_type = "NONE";
  std::optional<std::string> key_id;
  static void members(auto& visit, auto& self) {
    visit("StreamName", self.stream_name);
    visit("StreamARN", self.stream_arn);
    visit("StreamStatus", self.stream_status);
    visit("StreamModeDetails", self.stream_mode_details);
    visit("RetentionPeriodHours", self.retention_period_hours);
    visit("StreamCreationTimestamp", self.stream_creation_timestamp);
    visit("EnhancedMonitoring", self.enhanced_monitoring);
    visit("EncryptionType", self.encryption_type);
    visit("KeyId", self.key_id);
  }
};

// The shard-level metrics that are on.
std::vector<std::string> metrics_of(const store::StreamRow& row);

StreamFacts facts_of(const engine::Stream& stream, std::int64_t now_ms);

}  // namespace millrace::kinesis
