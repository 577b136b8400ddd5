// A plan as text, laid out like Flink's optimized execution plan.
#pragma once

#include <string>

#include "runtime/plan/plan.hpp"

namespace millrace::plan {

// "TIMESTAMP(3) *ROWTIME*"
std::string type_text(const Field& field);

// One node without its inputs: "Calc(select=[id, (k + 1) AS n], where=[(k > 1)])".
std::string node_text(const Node& node);
// The same as Flink's messages about changes show it: before the ways to rank are chosen.
std::string undecided_text(const Node& node);

// The whole job, a tree under each sink:
//
//   Sink(table=[default_catalog.default_database.s], fields=[id, n])
//   +- Calc(...)
//      +- TableSourceScan(...)
std::string explain(const JobPlan& job);
// What the sources read and skip, and what kinds of rows the sinks get, one a line.
std::string explain_notes(const JobPlan& job);

}  // namespace millrace::plan
