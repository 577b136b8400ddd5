// The newest event of each shard as it goes over the wire, for those who are to get the same one:
// the consumers of a shard that have all read up to its end. What is in it is not known here.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace millrace::engine {

// Thread-safe. Keeps an event only while at least two share its shard, and not more than `most`
// bytes of all shards together; who does not find what it looks for makes it itself.
class SharedEvents {
 public:
  using Bytes = std::shared_ptr<const std::string>;
  static constexpr std::size_t most = 16 * 1024 * 1024;

  struct Event {
    std::int64_t from = 0;      // index of the first record that may be in it
    std::int64_t next = 0;      // where reading goes on; all that is committed lies before it
    std::int64_t first_ms = 0;  // arrival of its first record
    std::size_t charged = 0;    // what it counts for the reader's rate
    Bytes bytes;
  };

  // One shard's. Every subscription holds it as long as it lives; must die before SharedEvents.
  class Shard {
   public:
    explicit Shard(SharedEvents& all) : all_(all) {}
    ~Shard() { forget(); }
    Shard(const Shard&) = delete;
    Shard& operator=(const Shard&) = delete;

    // What follows `from` up to the end, which is at `committed` or later; records that arrived
    // before `oldest_ms` must not be in it.
    [[nodiscard]] std::optional<Event> find(std::int64_t from, std::int64_t committed,
                                            std::int64_t oldest_ms) const;
    // In place of the one before.
    void offer(Event event);

   private:
    friend class SharedEvents;
    void forget();
    SharedEvents& all_;
    std::atomic<int> sharers_{0};
    mutable std::mutex mutex_;  // guards newest_
    Event newest_;
  };

  // A subscription's part in a shard.
  class Share {
   public:
    Share() = default;
    explicit Share(std::shared_ptr<Shard> shard) : shard_(std::move(shard)) {
      shard_->sharers_.fetch_add(1);
    }
    Share(Share&&) noexcept = default;
    Share& operator=(Share&&) = delete;
    ~Share() {
      if (shard_ != nullptr) shard_->sharers_.fetch_sub(1);
    }
    Shard* operator->() const { return shard_.get(); }

   private:
    std::shared_ptr<Shard> shard_;
  };

  [[nodiscard]] Share join(std::int64_t stream_id, std::uint32_t shard);
  [[nodiscard]] std::size_t held() const { return held_.load(); }

 private:
  std::atomic<std::size_t> held_{0};  // bytes
  std::mutex mutex_;                  // guards what follows
  std::map<std::pair<std::int64_t, std::uint32_t>, std::weak_ptr<Shard>> shards_;
  std::size_t look_through_at_ = 64;
};

}  // namespace millrace::engine
