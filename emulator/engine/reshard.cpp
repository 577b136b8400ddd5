// Splitting, merging, scaling: how a stream's shards change while it is written and read.
#include <algorithm>

#include "emulator/engine/engine.hpp"
#include "emulator/engine/reshaping.hpp"

namespace millrace::engine {
namespace {

std::size_t place_of(const Stream& stream, const Shard& shard) {
  const auto at = std::find(stream.open.begin(), stream.open.end(), &shard);
  KS_ASSERT(at != stream.open.end());
  return static_cast<std::size_t>(at - stream.open.begin());
}

}  // namespace

base::Status Engine::split_shard(const Stream& stream, const Shard& shard, base::Uint128 key) {
  Reshaping plan{stream, now_ms()};
  plan.split(place_of(stream, shard), key);
  return reshape(stream, plan);
}

base::Status Engine::merge_shards(const Stream& stream, const Shard& low, const Shard& high) {
  Reshaping plan{stream, now_ms()};
  const auto at = place_of(stream, low);
  KS_ASSERT(at + 1 == place_of(stream, high));
  plan.merge(at);
  return reshape(stream, plan);
}

base::Status Engine::scale_shards(const Stream& stream, std::size_t target) {
  Reshaping plan{stream, now_ms()};
  plan.scale_to(target);
  return reshape(stream, plan);
}

base::Status Engine::widen(const Stream& stream, std::size_t target) {
  Reshaping plan{stream, now_ms()};
  plan.widen_to(target);
  return reshape(stream, plan);
}

// What was put into a parent earlier in this transaction is in its next_index and is committed
// along with its end; what is put later goes to its children.
base::Status Engine::reshape(const Stream& stream, const Reshaping& plan) {
  if (!plan.changes_something()) return base::success();
  auto* mine = find_mutable({stream.row.account, stream.row.region}, stream.row.name);
  KS_ASSERT(mine == &stream);
  auto row = stream.row;
  if (options_.transition_ms > 0) {
    row.transition = "UPDATING";
    row.transition_until_ms = now_ms() + options_.transition_ms;
  }
  auto rows = plan.rows();
  const auto made = rows.begin() + static_cast<std::ptrdiff_t>(plan.existing());
  BOOST_OUTCOME_TRY(atomically([&]() -> base::Status {
    for (auto at = rows.begin(); at != made; ++at) {
      if (!at->closed_ms) continue;
      BOOST_OUTCOME_TRY(store_.close_shard(*at));
    }
    for (auto at = made; at != rows.end(); ++at) {
      BOOST_OUTCOME_TRY(store_.insert_shard(*at));
    }
    return store_.update_stream(row);
  }));
  signals_.note(row.id);
  const std::unique_lock guard{mutex_};
  mine->row = std::move(row);
  for (auto at = made; at != rows.end(); ++at) {
    auto opened = *at;
    opened.closed_ms.reset();  // told below, so that it counts from the commit on
    mine->shards.push_back(std::make_unique<Shard>(opened));
    mine->shards.back()->counting_since_ms = now_ms();
  }
  for (const auto& changed : rows) {
    if (!changed.closed_ms) continue;
    auto* shard = mine->find(changed.number);
    shard->row.closed_ms = changed.closed_ms;
    touch(*shard);
  }
  mine->index_open_shards();
  KS_ASSERT(mine->covers_key_space());
  return base::success();
}

}  // namespace millrace::engine
