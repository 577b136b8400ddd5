// How far channels have delivered.
#include "emulator/store/store.hpp"

namespace millrace::store {

base::Status Store::set_channel_position(std::int64_t resource_id,
                                         const ChannelPosition& position) {
  BOOST_OUTCOME_TRY(auto write, connection_.prepare("INSERT OR REPLACE INTO channel_progress "
                                                    "SELECT id, ?, ? FROM resource WHERE id = ?"));
  return write.bind(0, position.shard.value).bind(1, position.next).bind(2, resource_id).run();
}

base::Result<std::vector<ChannelPosition>> Store::load_channel_positions(std::int64_t resource_id) {
  BOOST_OUTCOME_TRY(auto row, connection_.prepare("SELECT shard_id, next_index FROM "
                                                  "channel_progress WHERE resource_id = ?"));
  row.bind(0, resource_id);
  std::vector<ChannelPosition> positions;
  for (;;) {
    BOOST_OUTCOME_TRY(const bool found, row.step());
    if (!found) return positions;
    positions.push_back({ShardKey{row.integer(0)}, row.integer(1)});
  }
}

}  // namespace millrace::store
