// Runs the queries of a script.
//
//   Job job(plans, options);
//   BOOST_OUTCOME_TRY(auto totals, job.run());     // until the input ends or stop() is called
#pragma once

#include <atomic>
#include <functional>
#include <iosfwd>
#include <memory>
#include <vector>

#include "runtime/job/build.hpp"
#include "runtime/job/status.hpp"
#include "runtime/plan/plan.hpp"

namespace millrace::job {

struct JobOptions {
  const base::Clock* clock = nullptr;
  std::ostream* output = nullptr;        // rows of print tables and bare SELECTs
  std::ostream* error_output = nullptr;  // print with standard-error
  // Unbounded sources end where they are when the job gets there; open event-time windows close.
  bool drain = false;
  std::size_t batch_rows = 2048;
  // Told every second or so, and once at the end; may be empty.
  std::function<void(const Status&)> on_status;
};

// All plans run side by side on the thread that calls run(); each has its own clock-independent
// settings. An error of one ends all.
class Job {
 public:
  // The plans and what the options point to outlive the job.
  Job(const std::vector<plan::JobPlan>& plans, JobOptions options);
  ~Job();
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  // Success: the input ended, or stop() was called; sinks are finished in both cases. Windows still
  // open close only when the input ended. Errors end with "table 'x': " in front where a table is
  // to blame.
  base::Result<Status> run();

  // run() returns soon. Any thread.
  void stop();

 private:
  struct Part;  // one plan with its context and pipelines

  base::Status open();
  base::Status loop();
  base::Status step(Pipeline& pipeline, std::chrono::milliseconds wait, std::size_t most,
                    bool& busy);
  base::Status finish_input(Pipeline& pipeline);
  base::Status tell_time(Pipeline& pipeline, std::int64_t now_ms, bool input_pending);
  base::Status rest(Pipeline& pipeline);
  Status status() const;

  const std::vector<plan::JobPlan>& plans_;
  JobOptions options_;
  connectors::Environment environment_;
  operators::Counters counters_;
  std::vector<std::unique_ptr<Part>> parts_;
  std::int64_t idle_us_ = 0;
  std::atomic<bool> stop_{false};
  // Sources stop() may reach: written before run() loops, cleared never.
  std::atomic<bool> open_{false};
};

}  // namespace millrace::job
