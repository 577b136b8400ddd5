#include "emulator/kinesis/shapes.hpp"

namespace millrace::kinesis {

HashKeyRange hash_key_range(const engine::Shard& shard) {
  return {base::to_decimal(shard.row.hash_start), base::to_decimal(shard.row.hash_end)};
}

ShardShape shape_of(const engine::Shard& shard) {
  ShardShape shape;
  shape.shard_id = engine::shard_id(shard.row.number);
  if (shard.row.parent) shape.parent_shard_id = engine::shard_id(*shard.row.parent);
  if (shard.row.adjacent_parent) {
    shape.adjacent_parent_shard_id = engine::shard_id(*shard.row.adjacent_parent);
  }
  shape.hash_key_range = hash_key_range(shard);
  shape.sequence_number_range.starting_sequence_number =
      engine::SequenceText{shard.first_sequence()}.str();
  if (shard.row.closed_ms) {
    shape.sequence_number_range.ending_sequence_number =
        engine::SequenceText{shard.ending_sequence()}.str();
  }
  return shape;
}

std::vector<ChildShardShape> children_of(const engine::Stream& stream, const engine::Shard& shard) {
  std::vector<ChildShardShape> children;
  for (const auto& other : stream.shards) {
    const auto& row = other->row;
    if (row.parent != shard.row.number && row.adjacent_parent != shard.row.number) continue;
    ChildShardShape child{engine::shard_id(row.number), {}, hash_key_range(*other)};
    if (row.parent) child.parent_shards.push_back(engine::shard_id(*row.parent));
    if (row.adjacent_parent) child.parent_shards.push_back(engine::shard_id(*row.adjacent_parent));
    children.push_back(std::move(child));
  }
  return children;
}

std::vector<std::string> metrics_of(const store::StreamRow& row) {
  std::vector<std::string> metrics;
  for (std::string_view rest = row.metrics; !rest.empty();) {
    const auto comma = std::min(rest.find(','), rest.size());
    metrics.emplace_back(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return metrics;
}

StreamFacts facts_of(const engine::Stream& stream, std::int64_t now_ms) {
  StreamFacts facts;
  facts.stream_name = stream.row.name;
  facts.stream_arn = stream.arn();
  facts.stream_status = engine::to_text(stream.status(now_ms));
  facts.stream_mode_details.stream_mode = stream.row.mode;
  facts.retention_period_hours = stream.row.retention_hours;
  // AWS keeps whole seconds.
  facts.stream_creation_timestamp.ms = stream.row.created_ms / 1000 * 1000;
  facts.enhanced_monitoring.front().shard_level_metrics = metrics_of(stream.row);
  if (!stream.row.encryption_key.empty()) {
    facts.encryption_type = "KMS";
    facts.key_id = stream.row.encryption_key;
  }
  return facts;
}

}  // namespace millrace::kinesis
