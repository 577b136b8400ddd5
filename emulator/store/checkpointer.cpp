#include "emulator/store/checkpointer.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <vector>

#include "emulator/store/log_file.hpp"

namespace millrace::store {
namespace {

// A page in the log.
constexpr off_t frame_bytes = 4120;
// The disk that a longer log must not fill.
constexpr std::uint64_t roomy = std::uint64_t{1} << 30U;

// A sync of a file that grows waits for the file system's own journal, and for all others that do:
// it takes twice the time, or ten times on a busy disk. So the log is made as long as it will be;
// SQLite stops reading at what is no page of its. Where that fails, the log grows as it always did.
// Nobody may be writing.
void lengthen(int log, const std::string& path, off_t expected_bytes) {
  struct statvfs disk {};
  struct stat file {};
  if (::statvfs(path.c_str(), &disk) != 0 || ::fstat(log, &file) != 0) return;
  if (std::uint64_t{disk.f_bavail} * disk.f_frsize < roomy) return;
  const std::vector<char> zeros(1U << 20U);
  for (off_t at = file.st_size; at < expected_bytes;) {
    const auto done = ::pwrite(log, zeros.data(), zeros.size(), at);
    if (done <= 0) {
      (void)!::ftruncate(log, file.st_size);  // too long is no harm
      return;
    }
    at += done;
  }
}

}  // namespace

base::Result<std::unique_ptr<Checkpointer>> Checkpointer::start(const std::string& path,
                                                                Connection& writer,
                                                                const char* synchronous,
                                                                Options options) {
  BOOST_OUTCOME_TRY(auto own, Connection::open(path, Connection::Access::read_write));
  BOOST_OUTCOME_TRY(own.run(synchronous));
  BOOST_OUTCOME_TRY(own.run("PRAGMA cache_size = -1000"));
  std::unique_ptr<Checkpointer> made{new Checkpointer{path, writer, std::move(own), options}};
  const auto log = path + "-wal";
  made->log_ = ::open(log.c_str(), O_RDWR | O_CLOEXEC);
  // What it may grow to before it is begun anew.
  if (made->log_ >= 0) lengthen(made->log_, log, (options.long_log + 500) * frame_bytes);
  sqlite3_wal_hook(writer.handle(), &note_frames, made.get());
  if (!options.by_hand) made->thread_ = std::thread{[raw = made.get()] { raw->work(); }};
  return made;
}

Checkpointer::Checkpointer(std::string path, Connection& writer, Connection own, Options options)
    : path_(std::move(path)),
      options_(options),
      writer_(writer),
      own_(std::move(own)),
      next_at_(options.long_log) {}

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard guard{mutex_};
    state_ = State::stopping;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
  if (log_ >= 0) ::close(log_);
  sqlite3_wal_hook(writer_.handle(), nullptr, nullptr);
}

int Checkpointer::note_frames(void* self, sqlite3*, const char*, int frames) {
  static_cast<Checkpointer*>(self)->frames_ = frames;
  return SQLITE_OK;
}

// What could not be moved stays in the log and is moved the next time; if the disk is at fault, the
// next commit says so.
void Checkpointer::checkpoint(Connection& connection) {
  const int code = sqlite3_wal_checkpoint_v2(connection.handle(), nullptr,
                                             SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (code != SQLITE_OK && code != SQLITE_BUSY && code != SQLITE_LOCKED) doubtful_ = true;
}

bool Checkpointer::mend_log() {
  // With durability full each commit has synced the log, and a failed sync has failed the commit.
  if (!options_.unsynced_log || !doubtful_) return true;
  if (!write_log_again(path_)) return false;
  doubtful_ = false;
  return true;
}

void Checkpointer::committed() {
  if (frames_ < last_frames_) next_at_ = options_.long_log;  // the log was begun anew
  last_frames_ = frames_;
  if (frames_ < next_at_) return;
  State before{};
  {
    const std::lock_guard guard{mutex_};
    before = state_;
  }
  // The thread does nothing and changes nothing but where it is wanted to.
  if (before == State::wanted) return;
  if (!mend_log()) {
    next_at_ = frames_ + options_.further;
    return;
  }
  {
    const std::lock_guard guard{mutex_};
    state_ = before == State::idle ? State::wanted : State::idle;
  }
  if (before == State::idle) {
    wake_.notify_one();
    return;
  }
  checkpoint(writer_);
  next_at_ = frames_ + options_.further;
}

void Checkpointer::move_log() {
  std::unique_lock lock{mutex_};
  if (state_ != State::wanted) return;
  lock.unlock();
  checkpoint(own_);
  lock.lock();
  if (state_ == State::wanted) state_ = State::done;
}

void Checkpointer::work() {
  // So that the first put need not wait for it.
  if (log_ >= 0) (void)::fdatasync(log_);
  std::unique_lock lock{mutex_};
  for (;;) {
    wake_.wait(lock, [this] { return state_ == State::wanted || state_ == State::stopping; });
    if (state_ == State::stopping) return;
    lock.unlock();
    move_log();
    lock.lock();
  }
}

}  // namespace millrace::store
