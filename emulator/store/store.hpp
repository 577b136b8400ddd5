// The data file: one writer, any number of readers.
//
// SQLite in WAL mode. The writer's methods may be called by one thread only (the engine's); a
// Reader belongs to the thread that uses it and sees what was committed when its call began. In
// memory there is one connection, so readers of a memory store must be used by the writer's thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emulator/store/checkpointer.hpp"
#include "emulator/store/database.hpp"
#include "emulator/store/records.hpp"
#include "emulator/store/rows.hpp"

namespace millrace::store {

// What a commit waits for. full: the disk has it (survives a power cut); normal: the kernel has it
// (survives a crash of the process); off: like normal, and SQLite orders nothing on the disk.
enum class Durability { full, normal, off };

// Reads records of shards: the newest from memory, the others from their chunks, with one seek.
class Reader {
 public:
  // On a connection of its own, or on the writer's.
  static base::Result<Reader> open(const std::string& path, const Records& records);
  static base::Result<Reader> over(Connection& shared, const Records& records);
  // Also sees what the transaction under way has appended; the writer's thread only.
  void see_uncommitted() { uncommitted_ = true; }

  // Records of a shard from `from_index` on: at most `limit`, and at most `max_bytes` of key and
  // data unless the first alone is larger. Also says whether a further record exists and its
  // arrival time.
  base::Result<Page> scan(ShardKey shard, std::int64_t from_index, std::size_t limit,
                          std::size_t max_bytes);

  // Index of the first record that arrived at `time_ms` or later; nullopt when there is none.
  // Arrival times rise with the index, so this is a binary search of O(log n) seeks.
  base::Result<std::optional<std::int64_t>> first_at(ShardKey shard, std::int64_t time_ms);

 private:
  // A chunk but for its records.
  struct Summary {
    std::int64_t index = 0;  // of the first record
    std::int64_t first_ms = 0;
  };
  Reader(const Records& records, std::unique_ptr<Connection> owned, Statement scan, Statement at,
         Statement last);
  base::Status scan_chunks(ShardKey shard, std::int64_t from_index, Page& page);
  base::Result<std::optional<Summary>> summary(Statement& statement, ShardKey shard,
                                               std::int64_t from_index);
  base::Result<std::optional<std::int64_t>> first_in_chunks(ShardKey shard, std::int64_t time_ms);

  const Records& records_;
  std::unique_ptr<Connection> owned_;  // null when it shares the writer's
  Statement scan_;
  Statement at_;
  Statement last_;
  bool uncommitted_ = false;
};

class Store {
 public:
  // directory: made when it does not exist; locked against a second process. nullopt: in memory.
  static base::Result<std::unique_ptr<Store>> open(const std::optional<std::string>& directory,
                                                   Durability durability);
  ~Store();

  [[nodiscard]] bool in_memory() const { return path_.empty(); }
  base::Result<std::unique_ptr<Reader>> make_reader();
  // On the writer's connection; also sees what the transaction under way has appended.
  base::Result<std::unique_ptr<Reader>> make_inner_reader();

  // --- writer's thread only ---
  base::Status begin();
  base::Status commit();
  // Moves the log into the data file on a thread of its own from here on, instead of within some
  // commits. Nothing to do in memory.
  base::Status checkpoint_in_background(Checkpointer::Options options = {});
  // nullptr: none was started.
  [[nodiscard]] Checkpointer* checkpointer() { return checkpointer_.get(); }
  // Undoes all since begin(); never fails in a way the caller could act on.
  void rollback();
  // Whether the disk has room for what the largest transaction that was undone since the last
  // success would have written (at most 16 MiB) and `least` bytes: writes as much into the log, and
  // undoes it. The room in the log stays. Outside of transactions; nothing to do in memory.
  base::Status try_room(std::size_t least = 1U << 20U);
  base::Status savepoint();
  base::Status release_savepoint();
  base::Status rollback_to_savepoint();

  // Written with the commit; not within a savepoint. Indexes of a shard rise.
  void append(ShardKey shard, std::int64_t index, std::int64_t time_ms,
              const std::optional<std::string_view>& partition_key, std::string_view data) {
    records_->append(shard, index, time_ms, partition_key, data);
  }

  // Both fill in the new keys.
  base::Status insert_stream(StreamRow& stream);
  base::Status insert_shard(ShardRow& shard);
  // Writes all that may change of a stream but its tags.
  base::Status update_stream(const StreamRow& stream);
  base::Status replace_stream_tags(std::int64_t stream_id, const Tags& tags);
  // Forgets the stream; its records are erased later by erase_doomed().
  base::Status delete_stream(std::int64_t stream_id);

  // Closes a shard: writes closed_ms, next_index and last_ms.
  base::Status close_shard(const ShardRow& shard);
  // Forgets a closed shard; its records are erased later by erase_doomed().
  base::Status delete_shard(ShardKey shard);

  // Fills in the new id.
  base::Status insert_resource(ResourceRow& resource);
  // Writes all that may change of a resource, tags included.
  base::Status update_resource(const ResourceRow& resource);
  base::Status delete_resource(std::int64_t resource_id);
  base::Result<std::vector<ResourceRow>> load_resources();

  // Does nothing when the channel is gone.
  base::Status set_channel_position(std::int64_t resource_id, const ChannelPosition& position);
  base::Result<std::vector<ChannelPosition>> load_channel_positions(std::int64_t resource_id);

  // An empty value removes the setting.
  base::Status set_account(const AccountSetting& setting);
  base::Result<std::vector<AccountSetting>> load_account_settings();

  // Notes a call that is counted over a day; older ones of the kind than `forget_before_ms` are
  // forgotten.
  base::Status add_event(std::int64_t stream_id, std::string_view kind, std::int64_t time_ms,
                         std::int64_t forget_before_ms);
  base::Result<std::int64_t> count_events(std::int64_t stream_id, std::string_view kind,
                                          std::int64_t since_ms);

  // A value kept under a name in the data file; nullopt: none.
  base::Result<std::optional<std::string>> meta(std::string_view key);
  base::Status set_meta(std::string_view key, std::string_view value);

  // For stores of one purpose beside this one (queue records, say): the writer's connection.
  [[nodiscard]] Connection& writer() { return connection_; }

  // Removes records of a shard below `index`, about `limit` of them, and keeps `next_index` and
  // `last_ms` so that numbers go on rising. A chunk goes as a whole: what arrived up to ten minutes
  // before stays until the last of them is below. Returns how many went.
  base::Result<std::int64_t> trim(const ShardRow& shard, std::int64_t below_index,
                                  std::int64_t limit);
  // Erases about `limit` records of deleted streams; 0 when none is left.
  base::Result<std::int64_t> erase_doomed(std::int64_t limit);

  // Whether so many pages of the data file are free (a burst has expired, say) that they are to be
  // given back: from 16 MiB and a third of the file on, until it is a fifth. Never for a file
  // made by a version that did not know this: it cannot shrink without VACUUM.
  base::Result<bool> has_spare_pages();
  // Moves up to so many pages from the end of the file to free places before it, with the
  // transaction under way; a checkpoint then makes the file shorter.
  base::Status give_back(std::int64_t pages);

  base::Result<std::vector<StreamRow>> load_streams();
  // next_index and last_ms are those after the last record kept.
  base::Result<std::vector<ShardRow>> load_shards();

  // A secret of this data file, made at first use.
  base::Result<std::string> secret(std::size_t bytes);

 private:
  Store(std::string path, int lock, Connection connection);
  base::Status prepare(Durability durability);

  std::string path_;  // empty: in memory
  int lock_ = -1;     // file descriptor of the directory's lock
  Connection connection_;
  Durability durability_ = Durability::full;
  const char* synchronous_ = "";  // the pragma
  std::size_t undone_bytes_ = 0;
  std::optional<Statement> count_pages_, count_free_;
  bool shrinks_ = false;    // the file can
  bool shrinking_ = false;  // it has begun
  std::optional<Statement> begin_, commit_;
  std::unique_ptr<Records> records_;
  std::unique_ptr<Checkpointer> checkpointer_;
};

}  // namespace millrace::store
