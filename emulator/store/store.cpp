#include "emulator/store/store.hpp"

#include <fcntl.h>
#include <openssl/rand.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "emulator/store/log_file.hpp"
#include "emulator/store/schema.hpp"

namespace millrace::store {

using base::Error;
using base::ErrorCode;

namespace {

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
  checkpointer_.reset();
  begin_.reset();
  commit_.reset();
  records_.reset();
  // The log goes back into the data file: what is left behind is one file that any tool can copy.
  if (!path_.empty()) (void)connection_.run("PRAGMA wal_checkpoint(TRUNCATE)");
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
  if (!path_.empty()) {
    BOOST_OUTCOME_TRY(connection_.run("PRAGMA journal_mode = WAL"));
  }
  synchronous_ = synchronous(durability);
  BOOST_OUTCOME_TRY(connection_.run(synchronous_));
  BOOST_OUTCOME_TRY(connection_.run("PRAGMA foreign_keys = ON"));
  BOOST_OUTCOME_TRY(connection_.run("PRAGMA cache_size = -16000"));
  BOOST_OUTCOME_TRY(connection_.run("PRAGMA wal_autocheckpoint = 4000"));
  BOOST_OUTCOME_TRY(connection_.run("PRAGMA temp_store = MEMORY"));
  BOOST_OUTCOME_TRY(migrate(connection_));
  BOOST_OUTCOME_TRY(begin_, connection_.prepare("BEGIN IMMEDIATE"));
  BOOST_OUTCOME_TRY(commit_, connection_.prepare("COMMIT"));
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
  BOOST_OUTCOME_TRY(records_->write());
  BOOST_OUTCOME_TRY(commit_->run());
  records_->committed();
  if (checkpointer_) checkpointer_->committed();
  return base::success();
}

base::Status Store::checkpoint_in_background() {
  if (in_memory() || checkpointer_) return base::success();
  BOOST_OUTCOME_TRY(checkpointer_, Checkpointer::start(path_, connection_, synchronous_));
  return base::success();
}

void Store::rollback() {
  records_->discard();
  // After some errors SQLite has rolled back by itself.
  if (connection_.in_transaction()) (void)connection_.run("ROLLBACK");
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
