// Calls into the engine from another thread: submitted, waited for.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "emulator/engine/committer.hpp"
#include "emulator/engine/reader_pool.hpp"

namespace millrace::delivery {

// Outlives the job that opens it, whoever is faster.
class Gate {
 public:
  void open() {
    const std::lock_guard guard{mutex_};
    open_ = true;
    changed_.notify_one();
  }
  void wait() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

// Runs `function(store::Reader&)`, a Result, on a reader's thread.
template <class F>
auto read_and_wait(engine::ReaderPool& readers, F function) {
  struct Job final : engine::ReadJob {
    explicit Job(F& f) : function(f) {}
    void run(store::Reader& reader) override { result.emplace(function(reader)); }
    void finish() override {
      const auto opened = gate;  // the job may be gone once the gate is open
      opened->open();
    }
    F& function;
    std::shared_ptr<Gate> gate = std::make_shared<Gate>();
    std::optional<decltype(function(std::declval<store::Reader&>()))> result;
  };
  Job job{function};
  const auto gate = job.gate;
  readers.submit(job);
  gate->wait();
  return std::move(*job.result);
}

// Runs `function(engine::Engine&)`, a Result, on the engine's thread; returns when it is committed.
// After an error nothing of it happened: it must run inside engine.atomically() where it writes
// more than once.
template <class F>
auto change_and_wait(engine::Committer& committer, F function)
    -> decltype(function(std::declval<engine::Engine&>())) {
  using Result = decltype(function(std::declval<engine::Engine&>()));
  struct Job final : engine::Job {
    explicit Job(F& f) : function(f) {}
    void run(engine::Engine& engine) override { result.emplace(function(engine)); }
    void finish(const base::Status& status) override {
      if (!status) committed = status.error();
      const auto opened = gate;
      opened->open();
    }
    F& function;
    std::shared_ptr<Gate> gate = std::make_shared<Gate>();
    std::optional<base::Error> committed;
    std::optional<Result> result;
  };
  Job job{function};
  const auto gate = job.gate;
  committer.submit(job);
  gate->wait();
  if (job.committed) return *job.committed;
  return std::move(*job.result);
}

}  // namespace millrace::delivery
