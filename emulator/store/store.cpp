#include "emulator/store/store.hpp"

#include <fcntl.h>
#include <openssl/rand.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "emulator/store/log_file.hpp"
#include "emulator/store/schema.hpp"

namespace millrace::store {

using base::Error;
using base::ErrorCode;

namespace {

constexpr const char* writers_cache = "PRAGMA cache_size = -16000";
constexpr std::size_t most_room = 16U << 20U;
constexpr std::int64_t incremental = 2;  // of PRAGMA auto_vacuum
constexpr std::int64_t spare_pages = 4096;

const char* synchronous(Durability durability) {
  switch (durability) {
    case Durability::full:
      return "PRAGMA synchronous = FULL";
    case Durability::normal:
      return "PRAGMA synchronous = NORMAL";
    case Durability::off:
      return "PRAGMA synchronous = OFF";
  }
  return "";
}

base::Result<int> lock_directory(const std::string& directory) {
  std::error_code failed;
  std::filesystem::create_directories(directory, failed);
  if (failed) {
    return Error{ErrorCode::io,
                 "cannot make the data directory " + directory + ": " + failed.message()};
  }
  const auto path = directory + "/lock";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) {
    return Error{ErrorCode::io,
                 "cannot write to the data directory " + directory + ": " + std::strerror(errno)};
  }
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    ::close(file);
    return Error{ErrorCode::io,
                 "the data directory " + directory + " is in use by another millrace-emulator"};
  }
  return file;
}

}  // namespace

Store::Store(std::string path, int lock, Connection connection)
    : path_(std::move(path)), lock_(lock), connection_(std::move(connection)) {}

Store::~Store() {
  const bool sound = !checkpointer_ || checkpointer_->mend_log();
  checkpointer_.reset();
  begin_.reset();
  commit_.reset();
  count_pages_.reset();
  count_free_.reset();
  records_.reset();
  // The log goes back into the data file: what is left behind is one file that any tool can copy.
  if (!path_.empty() && sound) (void)connection_.run("PRAGMA wal_checkpoint(TRUNCATE)");
  // Else the next start does it, from a log that it has written again.
  if (!sound) connection_.keep_log();
  if (lock_ >= 0) ::close(lock_);
}

base::Result<std::unique_ptr<Store>> Store::open(const std::optional<std::string>& directory,
                                                 Durability durability) {
  std::string path;
  int lock = -1;
  if (directory) {
    BOOST_OUTCOME_TRY(lock, lock_directory(*directory));
    path = *directory + "/millrace.db";
    if (auto whole = write_log_again(path); !whole) {
      ::close(lock);
      return whole.error();
    }
  }
  auto connection =
      Connection::open(path.empty() ? ":memory:" : path, Connection::Access::read_write);
  if (!connection) {
    if (lock >= 0) ::close(lock);
    return connection.error();
  }
  std::unique_ptr<Store> store{new Store{path, lock, std::move(connection).value()}};
  auto prepared = store->prepare(durability);
  if (!prepared) return prepared.error().in(path.empty() ? "memory store" : path);
  return store;
}

base::Status Store::prepare(Durability durability) {
  // Of a new file only; an old one keeps what it was made with.
  BOOST_OUTCOME_TRY(connection_.run("PRAGMA auto_vacuum = INCREMENTAL"));
  if (!path_.empty()) {
    BOOST_OUTCOME_TRY(connection_.run("PRAGMA journal_mode = WAL"));
  }
  durability_ = durability;
  synchronous_ = synchronous(durability);
  BOOST_OUTCOME_TRY(connection_.run(synchronous_));
  BOOST_OUTCOME_TRY(connection_.run("PRAGMA foreign_keys = ON"));
  BOOST_OUTCOME_TRY(connection_.run(writers_cache));
  BOOST_OUTCOME_TRY(connection_.run("PRAGMA wal_autocheckpoint = 4000"));
  BOOST_OUTCOME_TRY(connection_.run("PRAGMA temp_store = MEMORY"));
  // Debian's SQLite writes zeros over all that is deleted, unless told not to.
  BOOST_OUTCOME_TRY(connection_.run("PRAGMA secure_delete = OFF"));
  BOOST_OUTCOME_TRY(migrate(connection_));
  BOOST_OUTCOME_TRY(begin_, connection_.prepare("BEGIN IMMEDIATE"));
  BOOST_OUTCOME_TRY(commit_, connection_.prepare("COMMIT"));
  BOOST_OUTCOME_TRY(count_pages_, connection_.prepare("PRAGMA page_count"));
  BOOST_OUTCOME_TRY(count_free_, connection_.prepare("PRAGMA freelist_count"));
  BOOST_OUTCOME_TRY(auto mode, connection_.prepare("PRAGMA auto_vacuum"));
  BOOST_OUTCOME_TRY(mode.step());
  shrinks_ = !in_memory() && mode.integer(0) == incremental;
  BOOST_OUTCOME_TRY(records_, Records::open(connection_, in_memory()));
  return base::success();
}

base::Result<std::unique_ptr<Reader>> Store::make_reader() {
  BOOST_OUTCOME_TRY(auto reader, in_memory() ? Reader::over(connection_, *records_)
                                             : Reader::open(path_, *records_));
  return std::make_unique<Reader>(std::move(reader));
}

base::Result<std::unique_ptr<Reader>> Store::make_inner_reader() {
  BOOST_OUTCOME_TRY(auto reader, Reader::over(connection_, *records_));
  reader.see_uncommitted();
  return std::make_unique<Reader>(std::move(reader));
}

base::Status Store::begin() {
  return begin_->run();
}
base::Status Store::commit() {
  const auto bytes = records_->unwritten();
  auto done = records_->write();
  if (done) done = commit_->run();
  if (!done) {
    undone_bytes_ = std::max(undone_bytes_, bytes);
    return done;
  }
  records_->committed();
  if (checkpointer_) checkpointer_->committed();
  return base::success();
}

base::Status Store::checkpoint_in_background(Checkpointer::Options options) {
  if (in_memory() || checkpointer_) return base::success();
  options.unsynced_log = durability_ == Durability::normal;
  BOOST_OUTCOME_TRY(checkpointer_, Checkpointer::start(path_, connection_, synchronous_, options));
  return base::success();
}

void Store::rollback() {
  undone_bytes_ = std::max(undone_bytes_, records_->unwritten());
  records_->discard();
  // After some errors SQLite has rolled back by itself.
  if (connection_.in_transaction()) (void)connection_.run("ROLLBACK");
}

base::Status Store::try_room(std::size_t least) {
  if (in_memory()) return base::success();
  const auto bytes = least + std::min(undone_bytes_ + undone_bytes_ / 8, most_room);
  const auto fill =
      "INSERT OR REPLACE INTO meta VALUES ('room', zeroblob(" + std::to_string(bytes) + "))";
  // With so small a cache SQLite writes pages into the log before the transaction ends.
  BOOST_OUTCOME_TRY(connection_.run("PRAGMA cache_size = 20"));
  auto tried = begin();
  if (tried) tried = connection_.run(fill.c_str());
  if (connection_.in_transaction()) (void)connection_.run("ROLLBACK");
  BOOST_OUTCOME_TRY(connection_.run(writers_cache));
  if (tried) undone_bytes_ = 0;
  return tried;
}

base::Status Store::savepoint() {
  return connection_.run("SAVEPOINT call");
}
base::Status Store::release_savepoint() {
  return connection_.run("RELEASE call");
}
base::Status Store::rollback_to_savepoint() {
  return connection_.run("ROLLBACK TO call; RELEASE call");
}

base::Result<std::int64_t> Store::trim(const ShardRow& shard, std::int64_t below_index,
                                       std::int64_t limit) {
  if (records_->has_pending_below(shard.key, below_index)) {
    BOOST_OUTCOME_TRY(records_->settle());
  }
  BOOST_OUTCOME_TRY(const auto erased, records_->erase(shard.key, below_index, limit));
  if (erased == 0) return erased;
  BOOST_OUTCOME_TRY(
      auto floor, connection_.prepare("UPDATE shard SET next_index = ?, last_ms = ? WHERE id = ?"));
  BOOST_OUTCOME_TRY(
      floor.bind(0, shard.next_index).bind(1, shard.last_ms).bind(2, shard.key.value).run());
  return erased;
}

base::Result<std::int64_t> Store::erase_doomed(std::int64_t limit) {
  BOOST_OUTCOME_TRY(auto next, connection_.prepare("SELECT id FROM doomed_shard LIMIT 1"));
  BOOST_OUTCOME_TRY(const bool found, next.step());
  if (!found) return std::int64_t{0};
  const ShardKey shard{next.integer(0)};
  next.reset();
  BOOST_OUTCOME_TRY(const auto erased, records_->erase(shard, max_index, limit));
  if (erased > 0) return erased;
  BOOST_OUTCOME_TRY(auto forget, connection_.prepare("DELETE FROM doomed_shard WHERE id = ?"));
  BOOST_OUTCOME_TRY(forget.bind(0, shard.value).run());
  return std::int64_t{1};
}

base::Result<bool> Store::has_spare_pages() {
  if (!shrinks_) return false;
  std::array<std::int64_t, 2> counts{};
  for (auto at = counts.begin(); auto* statement : {&*count_pages_, &*count_free_}) {
    const ResetGuard guard{*statement};
    BOOST_OUTCOME_TRY(statement->step());
    *at++ = statement->integer(0);
  }
  const auto [pages, free] = counts;
  shrinking_ = free >= spare_pages && free >= pages / (shrinking_ ? 5 : 3);
  return shrinking_;
}

base::Status Store::give_back(std::int64_t pages) {
  const auto sql = "PRAGMA incremental_vacuum(" + std::to_string(pages) + ")";
  return connection_.run(sql.c_str());
}

base::Result<std::string> Store::secret(std::size_t bytes) {
  BOOST_OUTCOME_TRY(auto find, connection_.prepare("SELECT value FROM meta WHERE key = 'secret'"));
  BOOST_OUTCOME_TRY(const bool found, find.step());
  if (found && find.blob(0).size() == bytes) return std::string{find.blob(0)};
  find.reset();
  std::string made(bytes, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(made.data()), static_cast<int>(bytes)) != 1) {
    return Error{ErrorCode::internal, "no randomness to be had from OpenSSL"};
  }
  BOOST_OUTCOME_TRY(auto keep,
                    connection_.prepare("INSERT OR REPLACE INTO meta VALUES ('secret', ?)"));
  BOOST_OUTCOME_TRY(keep.bind_blob(0, made).run());
  return made;
}

}  // namespace millrace::store
