// The Kinesis engine: streams, shards, records, time. Knows nothing of HTTP or of request formats.
//
// Threads. One thread changes things (the engine's: see Committer); it alone calls the verbs under
// "changes", between begin() and commit(). Any thread may look: it holds lock() while it touches a
// Stream or Shard. Reading records needs no lock, only a ReadPlan made under it and a Reader of the
// thread's own.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "common/base/clock.hpp"
#include "common/base/result.hpp"
#include "emulator/engine/catalog.hpp"
#include "emulator/engine/queues.hpp"
#include "emulator/engine/resources.hpp"
#include "emulator/engine/seal.hpp"
#include "emulator/engine/shared_events.hpp"
#include "emulator/engine/signals.hpp"
#include "emulator/engine/subscriptions.hpp"
#include "emulator/engine/token.hpp"
#include "emulator/store/store.hpp"

namespace millrace::engine {

class Reshaping;

struct Options {
  std::int64_t transition_ms = 500;   // how long CREATING and DELETING last
  std::int64_t shard_limit = 500;     // open shards per account and region
  std::int64_t on_demand_limit = 50;  // on-demand streams per account and region
  bool aws_limits = false;            // AWS's rates, where a stream has no setting of its own
  // A shard of an on-demand stream that takes more than this for a whole window is split in two.
  // AWS: above 500 KB/s, within 15 minutes.
  std::int64_t hot_bytes_per_s = 500'000;
  std::int64_t hot_window_ms = 60'000;
  std::int64_t queue_in_flight_limit = 120'000;  // records of one queue (quotas page)
};

// What CreateStream may choose.
struct NewStream {
  std::string name;
  std::uint32_t shards = 1;
  std::string mode = "PROVISIONED";
  std::string distribution = "USER_PARTITION_KEY";
  std::int64_t max_record_kib = 1024;
  std::int64_t warm_mibps = 0;
  std::vector<std::pair<std::string, std::string>> tags;
};

// A record on its way in; texts must live until append() returns.
struct NewRecord {
  std::optional<std::string_view> partition_key;
  std::string_view data;
  base::Uint128 hash = 0;
};

struct Appended {
  SequenceNumber sequence;
  bool throttled = false;  // not appended: of the sequence only the shard counts
};

// All that reading a shard from a place needs, so that it can be done without the lock.
struct ReadPlan {
  store::ShardKey shard;
  std::uint32_t number = 0;
  std::int64_t created_s = 0;
  std::int64_t from_index = 0;
  std::int64_t oldest_ms = 0;  // records that arrived before are expired
  bool closed = false;         // all that was ever put is committed
  std::vector<Period> encrypted;
};

struct ReadResult {
  store::RecordBatch records;
  std::int64_t next_index = 0;
  std::int64_t millis_behind = 0;
  bool at_end = false;  // of a closed shard: nothing will ever follow
};

class Engine {
 public:
  // Loads what the store holds. `store` and `clock` must outlive the engine.
  static base::Result<std::unique_ptr<Engine>> open(store::Store& store, const base::Clock& clock,
                                                    Options options);

  // The engine's time: the clock's and the offset that set_clock_offset() gave it.
  [[nodiscard]] std::int64_t now_ms() const {
    return base::to_epoch_ms(clock_.now()) + clock_offset_ms();
  }
  [[nodiscard]] std::int64_t clock_offset_ms() const {
    return offset_ms_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] const Options& options() const { return options_; }
  // Whether AWS's rates hold for the stream; hold the lock.
  [[nodiscard]] bool limits_on(const Stream& stream) const {
    return stream.row.limits.empty() ? options_.aws_limits : stream.row.limits == "aws";
  }
  [[nodiscard]] CallRates& call_rates() { return call_rates_; }
  [[nodiscard]] const Seal& seal() const { return *seal_; }
  [[nodiscard]] bool in_memory() const { return store_.in_memory(); }
  base::Result<std::unique_ptr<store::Reader>> make_reader() { return store_.make_reader(); }
  [[nodiscard]] Signals& signals() { return signals_; }
  [[nodiscard]] Subscriptions& subscriptions() { return subscriptions_; }
  [[nodiscard]] SharedEvents& shared_events() { return shared_events_; }
  // The engine's thread; for what keeps tables of its own beside the engine's.
  [[nodiscard]] store::Store& store() { return store_; }

  // --- looking; hold the lock while using what is returned (the engine's thread needs none) ---
  [[nodiscard]] std::shared_lock<std::shared_mutex> lock() const {
    return std::shared_lock{mutex_};
  }
  // nullptr: no such stream (or it is gone).
  [[nodiscard]] const Stream* find(const Scope& scope, std::string_view name) const;
  // Streams of an account and region after a name, in order, at most `limit`.
  [[nodiscard]] std::vector<const Stream*> list(const Scope& scope, std::string_view after,
                                                std::size_t limit) const;
  // All there are, sorted by account, region and name.
  [[nodiscard]] std::vector<const Stream*> list() const;
  [[nodiscard]] std::int64_t open_shards(const Scope& scope) const;
  [[nodiscard]] std::int64_t on_demand_streams(const Scope& scope) const;
  // By the data file's id; nullptr: none, or it is gone.
  [[nodiscard]] const Stream* find(std::int64_t stream_id) const;
  [[nodiscard]] const Resources& resources() const { return resources_; }
  // What is set for an account in a region; empty: nothing.
  [[nodiscard]] std::string account_setting(const Scope& scope, std::string_view key) const;
  [[nodiscard]] ReadPlan plan(const Stream& stream, const Shard& shard,
                              std::int64_t from_index) const;

  // --- reading records; any thread with a Reader of its own, no lock ---
  base::Result<ReadResult> read(store::Reader& reader, const ReadPlan& plan, std::size_t limit,
                                std::size_t max_bytes) const;

  // --- changes; the engine's thread only ---
  base::Status begin();
  // Error: nothing of the transaction happened, and the memory is as the disk is again.
  base::Status commit();
  // Whether further changes may be tried. Not after SQLite has rolled the transaction back by
  // itself: what came after would be written outside of it.
  [[nodiscard]] bool can_go_on() const {
    return in_memory() || (!broken_ && store_.writer().in_transaction());
  }
  // Makes the commit of the transaction under way fail: a write of it has, half way.
  void give_up(base::Error why) { broken_ = std::move(why); }
  // Runs a change that may fail half way in the store: all of it or nothing.
  template <class F>
  base::Status atomically(F&& change);

  // The caller has checked limits and that the name is free.
  base::Status create_stream(const Scope& scope, NewStream wanted) {
    return create_stream(scope, std::move(wanted), options_.transition_ms);
  }
  base::Status create_stream(const Scope& scope, NewStream wanted, std::int64_t creating_ms);
  // Begins DELETING.
  base::Status delete_stream(const Scope& scope, std::string_view name);
  // Changes what `change` (called with a StreamRow&) changes of a stream; not its tags. The stream
  // is UPDATING for `updating_ms`; 0: it stays as it is.
  template <class F>
  base::Status alter_stream(const Stream& stream, F&& change, std::int64_t updating_ms = 0);
  // Resharding. All happens at once, in this transaction: parents close, children open, and the
  // stream is UPDATING for options().transition_ms. The caller has checked limits; `key` lies
  // within the open shard, `low` and `high` are open and neighbours.
  base::Status split_shard(const Stream& stream, const Shard& shard, base::Uint128 key);
  base::Status merge_shards(const Stream& stream, const Shard& low, const Shard& high);
  // As UpdateShardCount does: up by splitting every shard, and then down by merging neighbours.
  base::Status scale_shards(const Stream& stream, std::size_t target);
  // By splitting the widest shards until so many are open; nothing if they are already.
  base::Status widen(const Stream& stream, std::size_t target);
  // Sorted by key.
  base::Status set_tags(const Stream& stream, store::Tags tags);
  // Calls of a kind in the last 24 hours, and one more of them.
  base::Result<std::int64_t> events_today(const Stream& stream, std::string_view kind);
  base::Status add_event(const Stream& stream, std::string_view kind);
  // An empty value removes the setting.
  base::Status set_account(const Scope& scope, std::string_view key, std::string_view value);

  // Fills in what names the stream that the resource reads from; CREATING lasts as for streams.
  base::Result<const Resource*> create_resource(const Stream& stream, store::ResourceRow row);
  // UPDATING for `updating_ms`; 0: its life cycle stays as it is.
  template <class F>
  base::Status alter_resource(const Resource& resource, F&& change, std::int64_t updating_ms = 0);
  base::Status delete_resource(const Resource& resource);
  // What queues deliver, and to whom; for changes like all here.
  [[nodiscard]] Queues& queues() { return *queues_; }

  // Appends all records or none: after an error nothing of the transaction will be committed. `out`
  // gets one entry a record, in order. Where limits are on, records above a shard's rate are left
  // out.
  base::Status append(const Stream& stream, std::span<const NewRecord> records,
                      std::vector<Appended>& out);

  // Moves the engine's time, forward or back, for good: the data file keeps the offset. When it
  // goes back, states stay as they are and what is under way keeps the time it has left. After the
  // commit everybody who watches a stream is called, and the Committer does its housekeeping before
  // it answers. Error: invalid_argument when time would leave the years 1970 to 2477.
  base::Status set_clock_offset(std::int64_t offset_ms);
  // How many records were ever appended, failed transactions included; the engine's thread.
  [[nodiscard]] std::int64_t appended() const { return appended_; }
  // Whether a commit has moved the clock since the last question.
  [[nodiscard]] bool take_clock_moved() { return std::exchange(time_jumped_, false); }

  // A little housekeeping: sees that the clock was set back, ends DELETING, splits hot shards of
  // on-demand streams, trims what is past its retention, forgets closed shards that are empty,
  // erases what belonged to deleted streams and shards; at most `limit` records. True when there is
  // more to do.
  base::Result<bool> tidy(std::int64_t limit);

 private:
  Engine(store::Store& store, const base::Clock& clock, Options options)
      : store_(store), clock_(clock), options_(options), resources_(store, mutex_) {}
  base::Status replace_row(const Stream& stream, store::StreamRow row);
  base::Status replace_row(const Resource& resource, store::ResourceRow row);
  base::Status load();
  base::Status load_account();
  base::Status load_clock();
  base::Status shift_transitions(std::int64_t now, std::int64_t back_ms);
  base::Status notice_clock();
  void bound_transitions();
  base::Status append_all(const Stream& stream, std::span<const NewRecord> records,
                          std::vector<Appended>& out);
  [[nodiscard]] Stream* find_mutable(const Scope& scope, std::string_view name) const;
  void drop(Streams::iterator at);
  void touch(Shard& shard);
  base::Status reshape(const Stream& stream, const Reshaping& plan);
  base::Status split_hot_shards(Stream& stream);
  base::Status forget_expired_shards(Stream& stream);
  base::Result<bool> tidy_all(std::int64_t limit);
  static std::int64_t slack_ms(const Stream& stream);
  base::Result<bool> trim(Stream& stream, Shard& shard, std::int64_t& left);

  store::Store& store_;
  const base::Clock& clock_;
  Options options_;
  std::atomic<std::int64_t> offset_ms_{0};
  std::int64_t latest_ms_ = 0;  // that housekeeping has seen, since the clock went back
  bool clock_moved_ = false;    // by the transaction under way
  bool time_jumped_ = false;    // by a committed one; the engine's thread
  std::unique_ptr<Seal> seal_;
  std::unique_ptr<store::Reader> own_reader_;  // the engine's thread
  std::vector<Shard*> touched_;                // by the transaction under way
  // Why the transaction under way cannot be committed any more: a write failed half way.
  std::optional<base::Error> broken_;
  std::int64_t appended_ = 0;
  bool stale_ = false;     // a transaction failed, and the disk could not be read after it
  bool doubtful_ = false;  // the last transaction failed

  // Guards streams_ and what hangs on it, except the fields a Shard marks for the engine's thread.
  mutable std::shared_mutex mutex_;
  Streams streams_;
  Resources resources_;
  std::map<std::tuple<std::string, std::string, std::string>, std::string> account_settings_;
  Signals signals_;
  Subscriptions subscriptions_;
  SharedEvents shared_events_;
  CallRates call_rates_;
  std::unique_ptr<Queues> queues_;
};

template <class F>
base::Status Engine::alter_stream(const Stream& stream, F&& change, std::int64_t updating_ms) {
  auto row = stream.row;
  change(row);
  if (updating_ms > 0) {
    row.transition = "UPDATING";
    row.transition_until_ms = now_ms() + updating_ms;
  }
  return replace_row(stream, std::move(row));
}

template <class F>
base::Status Engine::alter_resource(const Resource& resource, F&& change,
                                    std::int64_t updating_ms) {
  auto row = resource.row;
  change(row);
  if (updating_ms > 0) {
    row.transition = "UPDATING";
    row.transition_until_ms = now_ms() + updating_ms;
  }
  return replace_row(resource, std::move(row));
}

template <class F>
base::Status Engine::atomically(F&& change) {
  if (broken_) return *broken_;
  BOOST_OUTCOME_TRY(store_.savepoint());
  auto done = change();
  if (!done) {
    // After a full disk, say, SQLite has rolled back more than was asked for.
    if (!store_.rollback_to_savepoint()) broken_ = done.error();
    return done;
  }
  return store_.release_savepoint();
}

}  // namespace millrace::engine
