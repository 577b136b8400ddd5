// Where reading a shard begins: what GetShardIterator and SubscribeToShard are told about it.
#pragma once

#include "emulator/kinesis/streams.hpp"

namespace millrace::kinesis {

struct Start {
  const char* operation;  // in the errors
  std::string_view type;  // TRIM_HORIZON, LATEST, AT_TIMESTAMP ...
  wire::Text sequence_number;
  wire::Time timestamp;
};

struct Position {
  std::int64_t stream_id = 0;
  std::uint32_t shard = 0;
  std::int64_t index = 0;  // of the record that comes first
};

// In Lane::read, without the engine's lock. `shard` is the text of the request. Errors:
// ResourceNotFoundException, InvalidArgumentException.
base::Result<Position> find_position(const Context& context, const StreamName& name,
                                     std::string_view shard, const Start& start);

}  // namespace millrace::kinesis
