#include "emulator/store/checkpointer.hpp"

#include <sqlite3.h>

namespace millrace::store {
namespace {

// 16 MiB of pages.
constexpr int long_log = 4000;
// Where readers kept the log from being begun anew, it may grow by so much before the next try.
constexpr int further = 1000;

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
