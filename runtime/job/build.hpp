// Plan nodes to operators.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/connectors/connector.hpp"
#include "runtime/job/metered_operator.hpp"
#include "runtime/operators/chain.hpp"
#include "runtime/operators/graph.hpp"
#include "runtime/plan/plan.hpp"

namespace millrace::job {

// One sink and the operators on the way to it.
struct Branch {
  operators::Graph graph;
  std::unique_ptr<connectors::Sink> sink;
  std::size_t open_pipelines = 0;  // that still feed it
};

// Where a pipeline's rows enter a branch.
struct Entry {
  Branch* branch = nullptr;
  operators::Graph::Place place;
};

// One source, what is done to its rows for everybody, and the branches that read them.
struct Pipeline {
  std::string name;                            // of the table; empty with constants
  std::unique_ptr<connectors::Source> source;  // null: `constants` is all there is
  data::Batch constants;
  operators::Chain table;  // declared columns, watermark; its last operator feeds the entries
  std::vector<Entry> entries;
  std::vector<Branch*> branches;  // of the entries, each once
  bool finished = false;
  // Fetched and not yet processed, where several sources take turns.
  data::Batch held;
  std::size_t held_from = 0;
  bool ended = false;  // the source has nothing more than what is held
};

// What one plan runs as.
struct Built {
  // In the order of the input: sources' columns, watermarks, nodes, sinks.
  std::vector<std::unique_ptr<OperatorMetrics>> metrics;
  std::vector<std::unique_ptr<Branch>> branches;
  std::vector<std::unique_ptr<Pipeline>> pipelines;
};

// `plan`, `context`, `environment` and `counters` outlive the result. Nothing is opened. Errors:
// what a connector says of its table.
base::Result<Built> build(const plan::JobPlan& plan, const connectors::Environment& environment,
                          expr::Context& context, operators::Counters& counters);

}  // namespace millrace::job
