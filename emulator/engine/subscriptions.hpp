// Who is subscribed to which shard: at most one subscription a consumer and shard.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace millrace::engine {

// Thread-safe; in memory only: a subscription does not outlive its connection.
class Subscriptions {
 public:
  // A second claim this soon after one that succeeded is refused (API reference, SubscribeToShard).
  static constexpr std::int64_t settle_ms = 5000;

  // One subscription's hold on its shard; it ends with the subscription.
  class Claim {
   public:
    // Another subscription has taken its place.
    [[nodiscard]] bool lost() const { return lost_.load(std::memory_order_acquire); }
    // It has taken another one's place, which has lost it and should be woken.
    [[nodiscard]] bool took_over() const { return took_over_; }

   private:
    friend class Subscriptions;
    std::atomic<bool> lost_{false};
    bool took_over_ = false;
  };

  // For a consumer (by its id in the data file) and a shard (by its number). Whoever held it has
  // lost it. nullptr: the last claim is too recent.
  std::shared_ptr<const Claim> claim(std::int64_t consumer, std::uint32_t shard,
                                     std::int64_t now_ms);

 private:
  struct Entry {
    std::weak_ptr<Claim> holder;
    std::int64_t since_ms = 0;
  };
  std::mutex mutex_;  // guards what follows
  std::map<std::pair<std::int64_t, std::uint32_t>, Entry> entries_;
  std::size_t look_through_at_ = 64;
};

}  // namespace millrace::engine
