// A keyed operator as several instances, each on a thread of its own with its share of the keys.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/expr/context.hpp"
#include "runtime/operators/operator.hpp"
#include "runtime/operators/row_operator.hpp"

namespace millrace::operators {

// Keys fall into this many groups, and groups to instances, so that what is kept for a group can
// move to another instance as a whole (Flink's default for small parallelisms).
constexpr std::size_t key_groups = 128;
constexpr std::size_t instance_of(std::size_t key_group, std::size_t instances) {
  return key_group * instances / key_groups;
}

// Rows go to the instance of their key, watermarks and the clock to all. Chunks are split on the
// pipeline's thread into numbered jobs; what a job gives is passed on by that thread, in the order
// of the numbers, instance by instance, and behind it the least of the instances' watermarks. So
// results do not depend on how fast the threads are. Rows of a key keep their order; rows of
// different keys may stand otherwise than with one instance: an operator behind this one must not
// mind, nor read watermarks between rows.
//
// A bounded number of chunks is under way; the pipeline's thread waits for room. When the input
// pauses, all results are waited for.
class Exchange final : public Operator {
 public:
  struct Instance {
    // Of this instance alone; they outlive the operator.
    std::unique_ptr<expr::Context> context;
    std::unique_ptr<Counters> counters;
    std::unique_ptr<Operator> body;
  };

  // keys: for each input the columns that its rows are divided by. `counters` outlives the operator
  // and gets what the instances count.
  Exchange(std::vector<Instance> instances, std::vector<std::vector<std::size_t>> keys,
           Counters& counters);
  ~Exchange() override;
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  Status process(Chunk chunk, Output& out) override {
    return process_input(0, std::move(chunk), out);
  }
  Status process_input(std::size_t input, Chunk chunk, Output& out) override;
  Status on_time(std::int64_t now_ms, bool input_pending, Output& out) override;
  Status settle(Output& out) override;
  Status finish(Output& out) override;

 private:
  // What one instance does of a job, and what it gives. An instance's thread has it until it is
  // done.
  struct Part {
    std::vector<std::pair<std::size_t, Chunk>> chunks;  // and the inputs they came by
    std::vector<Chunk> results;
    Status status = base::success();
    Counters counted;
    bool done = false;
  };
  struct Job {
    std::size_t rows = 0;
    std::optional<std::int64_t> now_ms;  // told before the chunks
    bool input_pending = true;
    bool finishes = false;
    std::vector<Part> parts;  // by instance
  };

  Job& gathered();
  void split(std::size_t input, const Chunk& chunk, Job& job);
  // What has been gathered goes to the instances.
  Status submit(Output& out);
  // Passes on what is done, in order; waits for the first ones while more than `most` are under
  // way.
  Status collect(std::size_t most, Output& out);
  Status pass_on(Job& job, Output& out);
  void count(std::size_t instance, const Counters& counted);
  void work(std::size_t instance);
  void run(Instance& instance, Job& job, Part& part);
  [[nodiscard]] bool is_done(const Job& job) const;

  std::vector<Instance> instances_;
  const std::vector<std::vector<std::size_t>> keys_;
  Counters& counters_;

  // Of the pipeline's thread.
  MergedWatermark watermark_;
  std::int64_t sent_ms_ = no_watermark;
  bool told_idle_ = false;
  std::optional<std::int64_t> now_ms_;  // not yet told to the instances
  std::unique_ptr<Job> gathered_;       // small chunks go together
  std::vector<Counters> counted_;       // by instance, as of the newest job passed on
  std::vector<std::uint64_t> hashes_;
  std::vector<std::vector<std::uint32_t>> rows_of_;

  std::mutex mutex_;  // guards jobs_, todo_, the parts' done and stopping_
  std::condition_variable wake_instances_;
  std::condition_variable wake_pipeline_;
  std::deque<std::unique_ptr<Job>> jobs_;  // under way, the oldest first
  std::vector<std::deque<Job*>> todo_;     // by instance
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace millrace::operators
