// How records get into the data file.
//
// What a transaction appends is kept until its commit and then written in one of two ways:
//
//   a shard got much    as chunks of that shard: rows of the table `chunk`, up to 32 KiB of
//                       records each
//   a shard got little  as one row of the table `journal`, for all such shards together, and after
//                       the commit in memory (Pending), from where they are read
//
// When what is pending has grown to 4 MiB it becomes chunks, all of it at once, and the journal is
// emptied. So a commit touches few pages however many shards it has records for, and records of a
// shard end up side by side. A record is either in the journal or in a chunk.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "emulator/store/database.hpp"
#include "emulator/store/packed.hpp"
#include "emulator/store/pending.hpp"
#include "emulator/store/rows.hpp"

namespace millrace::store {

// Writes chunks, one shard after the other.
class ChunkWriter {
 public:
  static base::Result<ChunkWriter> open(Connection& connection);
  // Entries of a shard in the order of their indexes.
  base::Status add(ShardKey shard, const RecordBatch& from, const RecordBatch::Entry& entry);
  // Writes what has been added; before the next shard's, and at the end.
  base::Status finish();

 private:
  explicit ChunkWriter(Statement insert) : insert_(std::move(insert)) {}
  Statement insert_;
  Packer packer_;
  std::int64_t first_id_ = 0;
  std::int64_t count_ = 0;
  std::int64_t first_ms_ = 0;
  std::int64_t last_ms_ = 0;
};

// The writer's thread only, but for pending().
class Records {
 public:
  // A store in memory needs no journal. Reads what the journal holds.
  static base::Result<std::unique_ptr<Records>> open(Connection& connection, bool in_memory);

  // Of the transaction under way; not within a savepoint. Indexes of a shard rise.
  void append(ShardKey shard, std::int64_t index, std::int64_t time_ms,
              const std::optional<std::string_view>& partition_key, std::string_view data);
  // Before the commit, after it, or instead of it.
  base::Status write();
  void committed();
  void discard();

  // How many bytes the commit under way may write, about: what was appended, and what is pending.
  [[nodiscard]] std::size_t unwritten() const;

  // All that is pending becomes chunks, with this transaction; not within a savepoint.
  base::Status settle();
  [[nodiscard]] bool has_pending_below(ShardKey shard, std::int64_t index) const;
  // A shard may be gone when what is pending becomes chunks.
  void expect_deletions() { deletions_ = true; }

  struct Last {
    std::int64_t index = 0;
    std::int64_t time_ms = 0;
  };
  // Of the committed records of a shard that are kept.
  base::Result<std::optional<Last>> last(ShardKey shard);
  // Erases chunks of a shard that lie below an index as a whole, until about `limit` records are
  // gone. How many are.
  base::Result<std::int64_t> erase(ShardKey shard, std::int64_t below_index, std::int64_t limit);
  // Makes the memory what the disk is, after a commit that failed.
  base::Status load();

  // Any thread.
  [[nodiscard]] const Pending& pending() const { return pending_; }
  // Of the transaction under way; nullptr: nothing.
  [[nodiscard]] const RecordBatch* appended(ShardKey shard) const;

 private:
  struct Group {
    ShardKey shard;
    RecordBatch records;
  };
  Records(Connection& connection, bool in_memory, ChunkWriter chunks)
      : connection_(connection), in_memory_(in_memory), chunks_(std::move(chunks)) {}
  Group& group_of(ShardKey shard);
  [[nodiscard]] bool is_direct(const Group& group) const;
  base::Status write_chunks(ShardKey shard, const RecordBatch* first, const RecordBatch* second);
  base::Status write_journal();
  base::Result<bool> exists(ShardKey shard);
  void forget_groups();

  Connection& connection_;
  bool in_memory_;
  ChunkWriter chunks_;
  std::optional<Statement> insert_journal_, empty_journal_, read_journal_, last_, range_, erase_,
      erase_queued_, find_shard_;
  Packer packer_;
  Pending pending_;
  bool deletions_ = true;  // a journal that was read may hold records of shards that are gone

  // Of the transaction under way. Groups keep their memory for the next.
  std::vector<Group> groups_;
  std::size_t used_ = 0;
  std::unordered_map<std::int64_t, std::size_t> group_at_;
  bool settled_ = false;
};

}  // namespace millrace::store
