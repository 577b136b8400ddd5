#include "emulator/engine/shared_events.hpp"

#include <algorithm>

namespace millrace::engine {

std::optional<SharedEvents::Event> SharedEvents::Shard::find(std::int64_t from,
                                                             std::int64_t committed,
                                                             std::int64_t oldest_ms) const {
  const std::lock_guard guard{mutex_};
  const bool same = newest_.bytes != nullptr && newest_.from == from && newest_.next >= committed &&
                    newest_.first_ms >= oldest_ms;
  return same ? std::optional{newest_} : std::nullopt;
}

void SharedEvents::Shard::offer(Event event) {
  const auto size = event.bytes->size();
  const std::lock_guard guard{mutex_};
  forget();
  if (sharers_.load() < 2) return;
  if (all_.held_.fetch_add(size) + size > most) {
    all_.held_.fetch_sub(size);
    return;
  }
  newest_ = std::move(event);
}

void SharedEvents::Shard::forget() {
  if (newest_.bytes != nullptr) all_.held_.fetch_sub(newest_.bytes->size());
  newest_ = {};
}

SharedEvents::Share SharedEvents::join(std::int64_t stream_id, std::uint32_t shard) {
  const std::lock_guard guard{mutex_};
  if (shards_.size() >= look_through_at_) {
    std::erase_if(shards_, [](const auto& entry) { return entry.second.expired(); });
    look_through_at_ = std::max<std::size_t>(64, 2 * shards_.size());
  }
  auto& known = shards_[{stream_id, shard}];
  auto one = known.lock();
  if (one == nullptr) {
    one = std::make_shared<Shard>(*this);
    known = one;
  }
  return Share{std::move(one)};
}

}  // namespace millrace::engine
