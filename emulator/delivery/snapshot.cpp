#include "emulator/delivery/snapshot.hpp"

#include <algorithm>

namespace millrace::delivery {
namespace {

bool delivers_now(const engine::Resource& channel, std::int64_t now_ms) {
  const auto status = channel.status(now_ms);
  return (status == engine::ResourceStatus::active || status == engine::ResourceStatus::updating) &&
         channel.row.failed.empty();
}

ShardView view_of(const engine::Engine& engine, const engine::Stream& stream,
                  const engine::Shard& shard) {
  ShardView view;
  view.plan = engine.plan(stream, shard, 0);
  for (const auto& number : {shard.row.parent, shard.row.adjacent_parent}) {
    const auto* parent = number ? stream.find(*number) : nullptr;
    if (parent != nullptr) view.parents.push_back(parent->row.key);
  }
  return view;
}

}  // namespace

std::vector<ChannelView> take_snapshot(const engine::Engine& engine) {
  const auto guard = engine.lock();
  const auto now = engine.now_ms();
  std::vector<ChannelView> views;
  for (const auto* channel : engine.resources().all(engine::ResourceKind::channel, now)) {
    if (!delivers_now(*channel, now)) continue;
    const auto& row = channel->row;
    const auto* stream = engine.find(row.stream_id);
    if (stream == nullptr) continue;
    auto& view = views.emplace_back();
    view.id = row.id;
    view.channel_id = row.name;
    view.arn = channel->arn();
    view.account = row.account;
    view.region = row.region;
    view.stream_name = stream->row.name;
    view.stream_arn = stream->arn();
    view.settings = row.settings;
    // By number: a shard's number is above those of its parents.
    for (const auto& shard : stream->shards) {
      view.shards.push_back(view_of(engine, *stream, *shard));
    }
    // Children first: whoever sees a child's records sees all of its parents'.
    for (auto at = view.shards.size(); at-- > 0;) {
      view.shards[at].next = stream->shards[at]->committed_next.load(std::memory_order_acquire);
    }
  }
  return views;
}

bool delivers(const engine::Engine& engine, std::int64_t channel_id) {
  const auto guard = engine.lock();
  const auto now = engine.now_ms();
  const auto channels = engine.resources().all(engine::ResourceKind::channel, now);
  return std::any_of(channels.begin(), channels.end(), [&](const engine::Resource* channel) {
    return channel->row.id == channel_id && delivers_now(*channel, now) &&
           engine.find(channel->row.stream_id) != nullptr;
  });
}

}  // namespace millrace::delivery
