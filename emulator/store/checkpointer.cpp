#include "emulator/store/checkpointer.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <vector>

namespace millrace::store {
namespace {

// 16 MiB of pages.
constexpr int long_log = 4000;
// Where readers kept the log from being begun anew, it may grow by so much before the next try.
constexpr int further = 1000;

// What the log may grow to before it is begun anew, and the disk that this must not fill.
constexpr off_t expected_bytes = (long_log + 500) * 4120;
constexpr std::uint64_t roomy = std::uint64_t{1} << 30U;

// A sync of a file that grows waits for the file system's own journal, and for all others that do:
// it takes twice the time, or ten times on a busy disk. So the log is made as long as it will be;
// SQLite stops reading at what is no page of its. Where that fails, the log grows as it always did.
// Nobody may be writing.
void lengthen(int log, const std::string& path) {
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

// What could not be moved stays in the log and is moved the next time; if the disk is at fault, the
// next commit says so.
void checkpoint(Connection& connection) {
  (void)sqlite3_wal_checkpoint_v2(connection.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr,
                                  nullptr);
}

}  // namespace

base::Result<std::unique_ptr<Checkpointer>> Checkpointer::start(const std::string& path,
                                                                Connection& writer,
                                                                const char* synchronous) {
  BOOST_OUTCOME_TRY(auto own, Connection::open(path, Connection::Access::read_write));
  BOOST_OUTCOME_TRY(own.run(synchronous));
  BOOST_OUTCOME_TRY(own.run("PRAGMA cache_size = -1000"));
  std::unique_ptr<Checkpointer> made{new Checkpointer{writer, std::move(own)}};
  const auto log = path + "-wal";
  made->log_ = ::open(log.c_str(), O_RDWR | O_CLOEXEC);
  if (made->log_ >= 0) lengthen(made->log_, log);
  sqlite3_wal_hook(writer.handle(), &note_frames, made.get());
  made->thread_ = std::thread{[raw = made.get()] { raw->work(); }};
  return made;
}

Checkpointer::Checkpointer(Connection& writer, Connection own)
    : writer_(writer), own_(std::move(own)), next_at_(long_log) {}

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard guard{mutex_};
    state_ = State::stopping;
  }
  wake_.notify_one();
  thread_.join();
  if (log_ >= 0) ::close(log_);
  sqlite3_wal_hook(writer_.handle(), nullptr, nullptr);
}

int Checkpointer::note_frames(void* self, sqlite3*, const char*, int frames) {
  static_cast<Checkpointer*>(self)->frames_ = frames;
  return SQLITE_OK;
}

void Checkpointer::committed() {
  if (frames_ < last_frames_) next_at_ = long_log;  // the log was begun anew
  last_frames_ = frames_;
  if (frames_ < next_at_) return;
  {
    const std::lock_guard guard{mutex_};
    if (state_ == State::wanted) return;
    if (state_ == State::idle) {
      state_ = State::wanted;
      wake_.notify_one();
      return;
    }
    state_ = State::idle;
  }
  checkpoint(writer_);
  next_at_ = frames_ + further;
}

void Checkpointer::work() {
  // So that the first put need not wait for it.
  if (log_ >= 0) (void)::fdatasync(log_);
  std::unique_lock lock{mutex_};
  for (;;) {
    wake_.wait(lock, [this] { return state_ == State::wanted || state_ == State::stopping; });
    if (state_ == State::stopping) return;
    lock.unlock();
    checkpoint(own_);
    lock.lock();
    if (state_ == State::wanted) state_ = State::done;
  }
}

}  // namespace millrace::store
