// Moves the write-ahead log into the data file while the writer goes on writing.
//
// SQLite's own way is to do it within the commit that makes the log long, which then takes as long
// as writing and syncing some thousand pages. Here a thread does that with a connection of its own,
// and the writer moves only what has been committed meanwhile: then the log is moved as a whole,
// and the next commit begins it anew.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "emulator/store/database.hpp"

namespace millrace::store {

class Checkpointer {
 public:
  // Nothing is being written. `writer` must outlive it; from here on it does no checkpoints by
  // itself. `synchronous`: the pragma that the writer was given.
  static base::Result<std::unique_ptr<Checkpointer>> start(const std::string& path,
                                                           Connection& writer,
                                                           const char* synchronous);
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  // The writer's thread, after each commit.
  void committed();

 private:
  enum class State { idle, wanted, done, stopping };
  Checkpointer(Connection& writer, Connection own);
  static int note_frames(void* self, sqlite3* handle, const char* name, int frames);
  void work();

  Connection& writer_;
  Connection own_;  // the thread's
  int log_ = -1;    // file descriptor of the log
  int frames_ = 0;  // in the log; by the writer's thread
  int last_frames_ = 0;
  int next_at_;
  std::mutex mutex_;  // guards state_
  std::condition_variable wake_;
  State state_ = State::idle;
  std::thread thread_;
};

}  // namespace millrace::store
