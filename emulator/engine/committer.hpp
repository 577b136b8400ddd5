// Group commit: the engine's thread. It takes all calls that have queued, runs them in one
// transaction, commits once, and only then lets each be answered.
//
// When the disk refuses a commit, changes are refused from then on without being tried, until a
// small transaction of our own, tried every quarter of a second, goes through and there is room for
// what was refused and more (Store::try_room). Housekeeping goes on
// between calls: for every record that is put, two that have expired may be erased, so that the
// data file keeps its size at any load.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "emulator/engine/engine.hpp"

namespace millrace::engine {

// One call that changes something. Owned by whoever submits it; must live until finish() was
// called.
class Job {
 public:
  virtual ~Job() = default;
  // On the engine's thread, inside the transaction. Not called while changes are refused.
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

  // Whether changes are taken; any thread.
  [[nodiscard]] bool healthy() const { return healthy_.load(std::memory_order_relaxed); }
  // Why they are not; empty: they are. Any thread.
  [[nodiscard]] std::string trouble() const;

 private:
  using Time = std::chrono::steady_clock::time_point;
  void work();
  void run(const std::vector<Job*>& jobs);
  void note(const base::Status& committed);
  void probe();
  void tidy();
  bool tidy_once();
  bool shrink_once();
  [[nodiscard]] bool calls_wait();

  Engine& engine_;
  std::atomic<bool> healthy_{true};
  mutable std::mutex trouble_mutex_;  // guards trouble_
  std::optional<base::Error> trouble_;
  // Of housekeeping; the engine's thread.
  bool behind_ = false;       // there is more to erase
  std::int64_t owed_ = 0;     // records that may be erased although calls wait
  std::int64_t share_ = 500;  // records that were erased in about the time a call may wait
  std::int64_t pages_ = 64;   // and pages that were given back in it
  Time quiet_until_{};        // when a failure is logged again
  std::mutex mutex_;          // guards queue_ and stopping_
  std::condition_variable wake_;
  std::vector<Job*> queue_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace millrace::engine
