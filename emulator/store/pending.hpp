// The newest records, in memory: those that are on the disk in the journal, as they came, and not
// yet in chunks, sorted by shard.
//
// One writer (the engine's thread), any number of readers. What is here is committed.
#pragma once

#include <atomic>
#include <optional>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

#include "emulator/store/rows.hpp"

namespace millrace::store {

// Collects records of a shard up to a number and a size.
class Page {
 public:
  Page(std::size_t limit, std::size_t max_bytes) : limit_(limit), max_bytes_(max_bytes) {}
  // False: there was no room, and next_time_ms says when the record arrived.
  bool add(std::int64_t index, std::int64_t time_ms, bool has_key, std::size_t key_size,
           std::string_view record) {
    if (records.entries.size() >= limit_ ||
        (!records.entries.empty() && records.bytes.size() + record.size() > max_bytes_)) {
      next_time_ms = time_ms;
      return false;
    }
    records.append(index, time_ms, has_key, key_size, record);
    return true;
  }
  // From an index on; false when there was no room for all.
  bool add(const RecordBatch& batch, std::int64_t from_index);

  RecordBatch records;
  std::optional<std::int64_t> next_time_ms;  // of the record that follows

 private:
  std::size_t limit_;
  std::size_t max_bytes_;
};

class Pending {
 public:
  using Shards = std::unordered_map<std::int64_t, RecordBatch>;  // by shard.id

  // --- any thread ---
  // Changes whenever records leave for the chunks. A reader that looked for them there first, and
  // then here, missed none if it is the same before and after.
  [[nodiscard]] std::uint64_t generation() const {
    return generation_.load(std::memory_order_acquire);
  }
  // False: the chunks have to be asked. True: all that there is of the shard from the index on is
  // here (it may be nothing), and `page` has it.
  bool read_tip(ShardKey shard, std::int64_t from_index, Page& page) const;
  void read(ShardKey shard, std::int64_t from_index, Page& page) const;
  // The index of the first record that arrived at `time_ms` or later.
  [[nodiscard]] std::optional<std::int64_t> first_at(ShardKey shard, std::int64_t time_ms) const;

  // --- the writer's thread ---
  [[nodiscard]] const Shards& shards() const { return shards_; }
  [[nodiscard]] std::size_t size() const { return size_; }  // bytes, about
  void add(ShardKey shard, const RecordBatch& records);
  void replace(Shards shards);  // clears, with {}

 private:
  static std::size_t size_of(const RecordBatch& records) {
    return records.bytes.size() + records.entries.size() * sizeof(RecordBatch::Entry);
  }
  mutable std::shared_mutex mutex_;  // guards shards_ against its readers
  Shards shards_;
  std::size_t size_ = 0;
  std::atomic<std::uint64_t> generation_{0};
};

// The index of the first record of a batch that arrived at `time_ms` or later.
std::optional<std::int64_t> first_at(const RecordBatch& batch, std::int64_t time_ms);

}  // namespace millrace::store
