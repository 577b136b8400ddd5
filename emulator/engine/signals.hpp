// Who waits for a stream to change: fan-out subscriptions, long polls, channels.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace millrace::engine {

// Thread-safe. A callback runs on the engine's thread, after the commit and before the callers of
// that commit are answered: it must be quick and must not call back into the engine (posting to an
// executor is what it is for). It may drop its own subscription or any other.
class Signals {
 public:
  using Callback = std::function<void()>;
  using Key = std::pair<std::int64_t, std::uint64_t>;  // stream, number of the subscription

  // Stops at its end: once the destructor has returned, the callback is not running and never runs
  // again (unless the destructor was called from within it).
  class Subscription {
   public:
    Subscription() = default;
    Subscription(Signals& signals, Key key) : signals_(&signals), key_(key) {}
    Subscription(Subscription&& other) noexcept
        : signals_(std::exchange(other.signals_, nullptr)), key_(std::exchange(other.key_, {})) {}
    Subscription& operator=(Subscription&& other) noexcept {
      if (this != &other) {
        drop();
        signals_ = std::exchange(other.signals_, nullptr);
        key_ = other.key_;
      }
      return *this;
    }
    ~Subscription() { drop(); }

   private:
    void drop() {
      if (signals_ != nullptr) signals_->drop(key_);
      signals_ = nullptr;
    }
    Signals* signals_ = nullptr;
    Key key_{};
  };

  // Calls back after every commit that put records into the stream, changed it or its shards,
  // deleted it, or changed a resource that reads from it; also when the clock is moved.
  [[nodiscard]] Subscription watch(std::int64_t stream_id, Callback callback);

  // The engine's thread: what the transaction under way changes.
  void note(std::int64_t stream_id) {
    if (noted_.empty() || noted_.back() != stream_id) noted_.push_back(stream_id);
  }
  // After the commit.
  void fire();
  // Instead, when the commit failed.
  void forget() { noted_.clear(); }
  // Any thread: who watches this stream has something to look at (a subscription was taken over).
  void fire(std::int64_t stream_id);
  // Any thread: everybody has (the clock was moved).
  void fire_all();

 private:
  using Entries = std::map<Key, std::shared_ptr<Callback>>;
  void drop(Key key);
  // Adds those who watch the stream; holds the mutex meanwhile.
  void collect(std::int64_t stream_id, std::vector<Entries::value_type>& due);
  void call(const std::vector<Entries::value_type>& due);

  std::vector<std::int64_t> noted_;  // the engine's thread
  std::recursive_mutex calling_;     // held while callbacks run
  std::mutex mutex_;                 // guards what follows
  std::uint64_t next_id_ = 1;
  Entries entries_;
};

}  // namespace millrace::engine
