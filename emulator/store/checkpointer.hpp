// Moves the write-ahead log into the data file while the writer goes on writing.
//
// SQLite's own way is to do it within the commit that makes the log long, which then takes as long
// as writing and syncing some thousand pages. Here a thread does that with a connection of its own,
// and the writer moves only what has been committed meanwhile: then the log is moved as a whole,
// and the next commit begins it anew.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "emulator/store/database.hpp"

namespace millrace::store {

class Checkpointer {
 public:
  struct Options {
    // Pages after which the log is to be begun anew; 16 MiB.
    int long_log = 4000;
    // Where readers kept it from that, it may grow by so much before the next try.
    int further = 1000;
    // No thread: a test calls move_log() when a thread might have done it.
    bool by_hand = false;
    // What a commit has written may be unsynced (durability normal).
    bool unsynced_log = false;
  };
  // Nothing is being written. `writer` must outlive it; from here on it does no checkpoints by
  // itself. `synchronous`: the pragma that the writer was given.
  static base::Result<std::unique_ptr<Checkpointer>> start(const std::string& path,
                                                           Connection& writer,
                                                           const char* synchronous,
                                                           Options options);
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  // The writer's thread, after each commit.
  void committed();
  // The thread's work, if there is any, also while the writer is in the middle of something.
  void move_log();
  // Whether the log may be moved: not after a sync of it has failed (write_log_again() says why).
  // Tries to mend that. The writer's thread, outside of transactions.
  bool mend_log();

 private:
  enum class State { idle, wanted, done, stopping };
  Checkpointer(std::string path, Connection& writer, Connection own, Options options);
  void checkpoint(Connection& connection);
  static int note_frames(void* self, sqlite3* handle, const char* name, int frames);
  void work();

  const std::string path_;
  const Options options_;
  Connection& writer_;
  Connection own_;                     // the thread's
  std::atomic<bool> doubtful_{false};  // a sync of the log may have failed
  int log_ = -1;                       // file descriptor of the log
  int frames_ = 0;                     // in the log; by the writer's thread
  int last_frames_ = 0;
  int next_at_;
  std::mutex mutex_;  // guards state_
  std::condition_variable wake_;
  State state_ = State::idle;
  std::thread thread_;
};

}  // namespace millrace::store
