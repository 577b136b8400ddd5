#include "runtime/cluster/submit.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace millrace::cluster {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::chrono::milliseconds between_looks{500};
constexpr int looks_after_cancel = 40;

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    out += c;
    if (c == '\'') out += c;
  }
  return out + "'";
}

std::string place(const Submission& submission, const sql::Statement& statement) {
  return submission.name + ":" + std::to_string(statement.where.from.line) + ":" +
         std::to_string(statement.where.from.column);
}

struct FlinkJob {
  std::string id;
  std::string at;  // the statement's place
  std::string state;

  [[nodiscard]] bool ended() const {
    constexpr std::array<std::string_view, 3> ends{"FINISHED", "CANCELED", "FAILED"};
    return std::find(ends.begin(), ends.end(), state) != ends.end();
  }
};

// The session's jobs, and what the cluster says of them.
class Jobs {
 public:
  Jobs(Gateway& gateway, std::ostream& log) : gateway_(gateway), log_(log) {}

  void add(std::string id, std::string at) {
    log_ << at << ": job " << id << " submitted\n" << std::flush;
    jobs_.push_back({std::move(id), std::move(at), ""});
  }

  // Asks for the states and prints those that are new.
  base::Status look() {
    BOOST_OUTCOME_TRY(auto shown, gateway_.run("SHOW JOBS"));
    std::map<std::string, std::string> states;
    for (const Row& row : shown.rows) {
      if (row.fields.size() >= 3 && row.fields[0] && row.fields[2]) {
        states[*row.fields[0]] = *row.fields[2];
      }
    }
    for (FlinkJob& job : jobs_) {
      const auto found = states.find(job.id);
      // A cluster forgets jobs that ended long ago.
      const std::string state = found == states.end() ? job.state : found->second;
      if (state == job.state) continue;
      job.state = state;
      log_ << "job " << job.id << ": " << state << "\n" << std::flush;
    }
    return base::success();
  }

  // Also after a stop: what was started must not go on unseen.
  void cancel() {
    gateway_.ignore_stop();
    for (const FlinkJob& job : jobs_) {
      if (job.ended()) continue;
      log_ << "cancelling job " << job.id << "\n" << std::flush;
      const auto done = gateway_.run("STOP JOB " + quoted(job.id));
      if (!done) log_ << "job " << job.id << ": " << done.error().message() << "\n" << std::flush;
    }
    base::RealWaiter pause;
    for (int looks = 0; looks < looks_after_cancel && !all_ended(); ++looks) {
      if (looks > 0) pause.wait(between_looks);
      if (!look()) return;
    }
  }

  [[nodiscard]] bool all_ended() const {
    return std::all_of(jobs_.begin(), jobs_.end(), [](const auto& job) { return job.ended(); });
  }

  [[nodiscard]] base::Status verdict() const {
    for (const FlinkJob& job : jobs_) {
      if (job.state == "FAILED") {
        return Error{ErrorCode::validation,
                     job.at + ": job " + job.id +
                         " failed on the cluster; its log and its web page say why"};
      }
    }
    return base::success();
  }

 private:
  Gateway& gateway_;
  std::ostream& log_;
  std::vector<FlinkJob> jobs_;
};

// A SET or RESET that the command line's settings make void.
bool is_overridden(const Submission& submission, const sql::Statement& statement) {
  const auto named = [&](const std::string& key) {
    return std::any_of(submission.settings.begin(), submission.settings.end(),
                       [&](const auto& setting) { return setting.first == key; });
  };
  if (const auto* set = std::get_if<sql::Set>(&statement.body)) {
    return set->option && named(set->option->key);
  }
  const auto* reset = std::get_if<sql::Reset>(&statement.body);
  return reset != nullptr && reset->key && named(*reset->key);
}

}  // namespace

std::string posted_text(const sql::Script& text, const sql::Statement& statement) {
  const auto from = statement.where.from;
  std::string out(static_cast<std::size_t>(from.line - 1), '\n');
  out.append(static_cast<std::size_t>(from.column - 1), ' ');
  return out + text.text.substr(statement.begin, statement.end - statement.begin);
}

std::string row_text(const Row& row) {
  static const std::map<std::string, std::string> kinds{
      {"INSERT", "+I"}, {"UPDATE_BEFORE", "-U"}, {"UPDATE_AFTER", "+U"}, {"DELETE", "-D"}};
  const auto kind = kinds.find(row.kind);
  std::string out = (kind == kinds.end() ? row.kind : kind->second) + "[";
  for (std::size_t i = 0; i < row.fields.size(); ++i) {
    if (i > 0) out += ", ";
    out += row.fields[i].value_or("NULL");
  }
  return out + "]";
}

base::Status submit(const Submission& submission, Gateway& gateway, base::Waiter& waiter,
                    std::ostream& out, std::ostream& log) {
  BOOST_OUTCOME_TRY(gateway.open());
  for (const auto& [key, value] : submission.settings) {
    const auto done = gateway.run("SET " + quoted(key) + " = " + quoted(value));
    if (!done) return done.error().in("--set " + key);
  }
  Jobs jobs{gateway, log};
  for (const sql::Statement& statement : submission.statements) {
    if (is_overridden(submission, statement)) continue;
    const auto done = gateway.run(posted_text(submission.text, statement), [&](const auto& rows) {
      for (const Row& row : rows) out << row_text(row) << "\n";
      out << std::flush;
    });
    if (!done) {
      jobs.cancel();
      if (done.error().code() == ErrorCode::cancelled) return base::success();
      return done.error().in(place(submission, statement));
    }
    const Outcome& outcome = done.value();
    if (!outcome.job_id.empty() && !outcome.is_query) {
      jobs.add(outcome.job_id, place(submission, statement));
    } else if (std::holds_alternative<sql::Show>(statement.body) ||
               std::holds_alternative<sql::Explain>(statement.body)) {
      for (const Row& row : outcome.rows) {
        for (const auto& field : row.fields) out << field.value_or("NULL") << "\n";
      }
      out << std::flush;
    }
  }
  if (submission.detach) return base::success();
  for (;;) {
    BOOST_OUTCOME_TRY(jobs.look());
    if (jobs.all_ended()) return jobs.verdict();
    if (!waiter.wait(between_looks)) break;
  }
  jobs.cancel();
  return base::success();
}

}  // namespace millrace::cluster
