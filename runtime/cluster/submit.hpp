// One run of `millrace-runtime submit`.
#pragma once

#include <ostream>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "common/base/result.hpp"
#include "common/base/waiter.hpp"
#include "runtime/cluster/gateway.hpp"
#include "runtime/sql/properties.hpp"
#include "runtime/sql/tree.hpp"

namespace millrace::cluster {

// What is to be run. The statements and the text they were read from outlive it.
struct Submission {
  std::string name;  // of the script, for messages
  const sql::Script& text;
  std::span<const sql::Statement> statements;
  // Of the command line: set first, and the script's own for the same key left out.
  std::vector<std::pair<std::string, std::string>> settings;
  bool detach = false;  // do not wait for the jobs
};

// A statement as it is posted: from its place in the text, with blanks before it, so that the
// positions in Flink's messages are those of the script.
std::string posted_text(const sql::Script& text, const sql::Statement& statement);

// "+I[1, x, NULL]"
std::string row_text(const Row& row);

// Posts every statement in order, prints the id of each job, then the states of the jobs as they
// change until all have ended. Rows of bare SELECTs are printed. When the waiter is stopped, the
// jobs that run are cancelled. Errors: what the gateway says, with the statement's place; failed
// jobs.
base::Status submit(const Submission& submission, Gateway& gateway, base::Waiter& waiter,
                    std::ostream& out, std::ostream& log);

}  // namespace millrace::cluster
