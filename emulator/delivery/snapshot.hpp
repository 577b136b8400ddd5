// What one look at the channels needs, taken under the engine's lock and used without it.
#pragma once

#include <string>
#include <vector>

#include "emulator/engine/engine.hpp"

namespace millrace::delivery {

struct ShardView {
  engine::ReadPlan plan;                 // from_index is the caller's to set
  std::int64_t next = 1;                 // index after the last committed record
  std::vector<store::ShardKey> parents;  // that are still there
};

struct ChannelView {
  std::int64_t id = 0;  // of the resource in the data file
  std::string channel_id;
  std::string arn;
  std::string account;
  std::string region;
  std::string stream_name;
  std::string stream_arn;
  std::string settings;
  std::vector<ShardView> shards;  // parents before children
};

// Channels that deliver now: ACTIVE or UPDATING, of a stream that is there.
std::vector<ChannelView> take_snapshot(const engine::Engine& engine);
// Whether a channel still does.
bool delivers(const engine::Engine& engine, std::int64_t channel_id);

}  // namespace millrace::delivery
