// Threads that read records, each with a Reader of its own: reads never wait for a commit.
//
// A store in memory has one connection, so there reads run on the engine's thread.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "emulator/engine/committer.hpp"

namespace millrace::engine {

// Owned by whoever submits it; must live until finish() was called.
class ReadJob {
 public:
  virtual ~ReadJob() = default;
  virtual void run(store::Reader& reader) = 0;
  virtual void finish() = 0;
};

class ReaderPool {
 public:
  static base::Result<std::unique_ptr<ReaderPool>> open(Engine& engine, Committer& committer,
                                                        unsigned threads);
  ~ReaderPool();
  ReaderPool(const ReaderPool&) = delete;
  ReaderPool& operator=(const ReaderPool&) = delete;

  // Any thread.
  void submit(ReadJob& job);

 private:
  explicit ReaderPool(Committer& committer) : committer_(committer) {}
  void work(store::Reader& reader);

  Committer& committer_;
  bool in_memory_ = false;
  std::vector<std::unique_ptr<store::Reader>> readers_;
  std::mutex mutex_;  // guards queue_ and stopping_
  std::condition_variable wake_;
  std::vector<ReadJob*> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace millrace::engine
