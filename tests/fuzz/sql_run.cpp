// Queries over rows written in the script, planned and run: functions, casts, arithmetic and
// operators on whatever values.
#include <sstream>

#include "common/base/log.hpp"
#include "runtime/job/job.hpp"
#include "runtime/plan/planner.hpp"
#include "runtime/sql/parser.hpp"
#include "tests/fuzz/target.hpp"

using namespace millrace;

namespace {

// Nothing outside this process is read or written, and the input ends.
bool harmless(const plan::JobPlan& job) {
  if (!plan::inputs_of(job).empty()) return false;
  for (const auto& sink : job.sinks) {
    const auto connector = sink.table->options.find("connector");
    if (connector == sink.table->options.end()) return false;
    if (connector->second != "print" && connector->second != "blackhole") return false;
  }
  return true;
}

}  // namespace

FUZZ_TARGET(sql_run) {
  (void)base::set_log_level("off");
  const auto script = sql::fill_properties(input);
  if (!script) return;
  const auto statements = sql::parse_script(script.value());
  if (!statements) return;
  plan::Planner planner;
  const auto planned = planner.plan(statements.value());
  if (!planned) return;
  const base::ManualClock clock;
  for (const auto& statement : planned.value().jobs) {
    if (!harmless(statement.job)) continue;
    const std::vector<plan::JobPlan> plans = {statement.job};
    std::ostringstream output;
    job::JobOptions options;
    options.clock = &clock;
    options.output = &output;
    options.error_output = &output;
    job::Job job{plans, options};
    (void)job.run();  // an error is an answer, too
  }
}
