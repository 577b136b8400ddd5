// Group commit: the engine's thread. It takes all calls that have queued, runs them in one
// transaction, commits once, and only then lets each be answered.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "emulator/engine/engine.hpp"

namespace millrace::engine {

// One call that changes something. Owned by whoever submits it; must live until finish() was
// called.
class Job {
 public:
  virtual ~Job() = default;
  // On the engine's thread, inside the transaction.
  virtual void run(Engine& engine) = 0;
  // On the engine's thread, after the commit; with its error if it failed. The job may die in here.
  virtual void finish(const base::Status& committed) = 0;
};

class Committer {
 public:
  explicit Committer(Engine& engine);
  // Runs what is queued, commits, stops the thread.
  ~Committer();
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  // Any thread. Jobs run in the order of their submission.
  void submit(Job& job);

  // Whether the last commit worked; any thread. While it did not, writes are being refused.
  [[nodiscard]] bool healthy() const { return healthy_.load(std::memory_order_relaxed); }

 private:
  void work();
  void run(const std::vector<Job*>& jobs);
  void tidy();

  Engine& engine_;
  std::atomic<bool> healthy_{true};
  std::mutex mutex_;  // guards queue_ and stopping_
  std::condition_variable wake_;
  std::vector<Job*> queue_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace millrace::engine
