// What SplitShard, MergeShards and UpdateShardCount share.
#pragma once

#include <string>

#include "emulator/kinesis/streams.hpp"

namespace millrace::kinesis {

// The shards of an on-demand stream are AWS's affair. Error: ValidationException.
base::Status expect_provisioned(const engine::Stream& stream);

// A shard of a stream that has not expired, open or not. Error: ResourceNotFoundException.
base::Result<const engine::Shard*> find_shard(const Context& context, const engine::Stream& stream,
                                              std::string_view id);
// Error: InvalidArgumentException.
base::Status expect_open(const engine::Stream& stream, const engine::Shard& shard);

// "shardId-000000000001 in stream X under account Y", the way errors name a shard.
std::string in_words(const engine::Stream& stream, const engine::Shard& shard);

}  // namespace millrace::kinesis
