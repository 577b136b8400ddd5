// The delivery of channels: a thread that turns records into objects.
//
// A shard's records are delivered in order, from the moment the channel was ACTIVE, and a child's
// after its parents'. Once the oldest record that waits is as old as the channel's data freshness
// (or very many wait), all that wait are written as one object; then the shard's position is
// committed, then the next object follows. An object's name comes from its first record: when the
// emulator dies between the two, the next one writes an object of the same name with at least the
// same records. So every record is in at least one object, and in one only unless it expired in
// between.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "emulator/delivery/calls.hpp"
#include "emulator/delivery/sink.hpp"
#include "emulator/delivery/snapshot.hpp"
#include "emulator/kinesis/channels.hpp"
#include "emulator/kinesis/key_template.hpp"

namespace millrace::delivery {

class Batch;

struct Options {
  std::optional<std::int64_t> freshness_ms;  // instead of the channels' own
  std::int64_t most_records = 50'000;        // of an object; so many waiting are not kept waiting
  std::size_t most_bytes = 16U << 20U;       // of an object's records; ended by the one that
                                             // reaches it
  std::size_t page_bytes = 1U << 20U;        // read at once
  std::int64_t first_retry_ms = 1'000;       // doubled with every failure in a row
  std::int64_t last_retry_ms = 60'000;
};

class Delivery {
 public:
  // All must outlive it.
  struct Parts {
    engine::Engine& engine;
    engine::Committer& committer;
    engine::ReaderPool& readers;
    Sink& sink;
  };
  Delivery(Parts parts, Options options) : parts_(parts), options_(options) {}
  // Ends the thread; an object under way is given up and written anew by the next Delivery.
  ~Delivery();
  Delivery(const Delivery&) = delete;
  Delivery& operator=(const Delivery&) = delete;

  // Looks a few times a second, on a thread of its own.
  void start();
  // One look, on the caller's thread; instead of start(). Returns when nothing is due.
  void step();

 private:
  struct ShardState {
    std::int64_t position = 1;              // index of the next record
    std::optional<std::int64_t> oldest_ms;  // its arrival; nullopt: not looked up
  };
  struct ChannelState {
    std::string settings_text;
    kinesis::Stored<kinesis::ChannelSettings> settings;
    std::optional<kinesis::KeyTemplate> keys;
    bool started = false;
    std::map<std::int64_t, ShardState> shards;  // by key
    int failures = 0;                           // in a row
    std::int64_t retry_at_ms = 0;
  };
  // What was read for one object.
  struct Reading {
    std::int64_t first_index = 0;
    std::int64_t first_ms = 0;
    std::int64_t next = 0;
    std::int64_t records = 0;
    std::size_t bytes = 0;
  };

  void work();
  [[nodiscard]] bool stopping();
  base::Status look(const ChannelView& view, ChannelState& state);
  base::Status take_settings(const ChannelView& view, ChannelState& state);
  base::Status find_positions(const ChannelView& view, ChannelState& state);
  base::Result<std::int64_t> find_start(const ShardView& shard, const ChannelState& state);
  base::Status deliver_shard(const ChannelView& view, ChannelState& state, const ShardView& shard);
  base::Result<bool> is_due(const ChannelView& view, const ChannelState& state,
                            const ShardView& shard, ShardState& at);
  base::Status deliver_object(const ChannelView& view, ChannelState& state, const ShardView& shard,
                              ShardState& at);
  base::Result<engine::ReadResult> read(const ShardView& shard, std::int64_t from,
                                        std::int64_t limit, std::size_t bytes);
  static std::string_view name_of(const ChannelView& view, const ChannelState& state);
  static void report_loss(const ChannelView& view, const ChannelState& state,
                          const ShardView& shard, std::int64_t from, std::int64_t to);
  base::Status put_objects(const ChannelView& view, const ChannelState& state,
                           const ShardView& shard, const Reading& reading, Batch& batch);
  void note_failure(const ChannelView& view, ChannelState& state, const base::Error& why);
  void note_success(const ChannelView& view, ChannelState& state);
  base::Status show_problem(const ChannelView& view, const std::string& problem);

  Parts parts_;
  Options options_;
  std::map<std::int64_t, ChannelState> channels_;  // by the resource's id

  std::mutex mutex_;  // guards stopping_
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace millrace::delivery
