#include "emulator/engine/reader_pool.hpp"

namespace millrace::engine {
namespace {

// A read that the engine's thread does between two changes.
class ReadBetween final : public Job {
 public:
  ReadBetween(ReadJob& job, store::Reader& reader) : job_(job), reader_(reader) {}
  void run(Engine&) override { job_.run(reader_); }
  void finish(const base::Status&) override {
    job_.finish();
    delete this;
  }

 private:
  ReadJob& job_;
  store::Reader& reader_;
};

}  // namespace

base::Result<std::unique_ptr<ReaderPool>> ReaderPool::open(Engine& engine, Committer& committer,
                                                           unsigned threads) {
  std::unique_ptr<ReaderPool> pool{new ReaderPool{committer}};
  pool->in_memory_ = engine.in_memory();
  if (pool->in_memory_) threads = 1;
  for (unsigned i = 0; i < threads; ++i) {
    BOOST_OUTCOME_TRY(auto reader, engine.make_reader());
    pool->readers_.push_back(std::move(reader));
  }
  if (!pool->in_memory_) {
    for (auto& reader : pool->readers_) {
      pool->threads_.emplace_back([raw = pool.get(), &reader] { raw->work(*reader); });
    }
  }
  return pool;
}

ReaderPool::~ReaderPool() {
  {
    const std::lock_guard guard{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void ReaderPool::submit(ReadJob& job) {
  if (in_memory_) {
    committer_.submit(*new ReadBetween{job, *readers_.front()});
    return;
  }
  {
    const std::lock_guard guard{mutex_};
    queue_.push_back(&job);
  }
  wake_.notify_one();
}

void ReaderPool::work(store::Reader& reader) {
  for (;;) {
    ReadJob* job = nullptr;
    {
      std::unique_lock lock{mutex_};
      wake_.wait(lock, [this] { return !queue_.empty() || stopping_; });
      if (queue_.empty()) return;
      job = queue_.front();
      queue_.erase(queue_.begin());
    }
    job->run(reader);
    job->finish();
  }
}

}  // namespace millrace::engine
