// What a job reads and what its sinks get, beside the plan itself.
#include "runtime/plan/explain.hpp"
#include "runtime/plan/planner.hpp"

namespace millrace::plan {

std::string explain_notes(const JobPlan& job) {
  std::string out = "== Sources ==\n";
  for (const auto& input : inputs_of(job)) {
    const auto used = used_columns(job, *input);
    std::string read;
    std::string left_out;
    for (std::size_t i = 0; i < used.size(); ++i) {
      std::string& list = used[i] ? read : left_out;
      list += (list.empty() ? "" : ", ") + input->columns[i].field.name;
    }
    out += input->table->name + ": reads [" + read + "]";
    if (!left_out.empty()) out += ", skips [" + left_out + "]";
    out += input->watermark ? ", watermark " + expr::to_text(*input->watermark) + "\n"
                            : ", no watermark\n";
  }
  out += "== Sinks ==\n";
  for (const auto& sink : job.sinks) {
    const Changes changes = changes_of(*sink.query);
    out += sink.table->name + ": " +
           (changes.any() ? "gets " + changes_text(changes) + " of " +
                                undecided_text(*changing_node(*sink.query))
                          : std::string("append-only")) +
           "\n";
  }
  return out;
}

}  // namespace millrace::plan
