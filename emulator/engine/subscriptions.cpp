#include "emulator/engine/subscriptions.hpp"

#include <algorithm>

namespace millrace::engine {

std::shared_ptr<const Subscriptions::Claim> Subscriptions::claim(std::int64_t consumer,
                                                                 std::uint32_t shard,
                                                                 std::int64_t now_ms) {
  const std::lock_guard guard{mutex_};
  if (entries_.size() >= look_through_at_) {
    std::erase_if(entries_, [&](const auto& entry) {
      return entry.second.holder.expired() && now_ms - entry.second.since_ms >= settle_ms;
    });
    look_through_at_ = std::max<std::size_t>(64, 2 * entries_.size());
  }
  const auto [at, is_new] = entries_.try_emplace({consumer, shard});
  auto& entry = at->second;
  // The clock may have gone back: then it is not recent either.
  const auto age = now_ms - entry.since_ms;
  if (!is_new && age >= 0 && age < settle_ms) return nullptr;
  auto made = std::make_shared<Claim>();
  if (const auto holder = entry.holder.lock()) {
    holder->lost_.store(true, std::memory_order_release);
    made->took_over_ = true;
  }
  entry.holder = made;
  entry.since_ms = now_ms;
  return made;
}

}  // namespace millrace::engine
