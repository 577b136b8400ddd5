// Plan nodes to operators.
#pragma once

#include <memory>
#include <vector>

#include "runtime/connectors/connector.hpp"
#include "runtime/operators/chain.hpp"
#include "runtime/plan/plan.hpp"

namespace millrace::job {

// One sink and the operators on the way to it.
struct Branch {
  operators::Chain chain;
  std::unique_ptr<connectors::Sink> sink;
};

// One source, what is done to its rows for everybody, and the branches that read them.
struct Pipeline {
  std::unique_ptr<connectors::Source> source;  // null: `constants` is all there is
  data::Batch constants;
  operators::Chain table;  // declared columns, watermark; its last operator feeds the branches
  std::vector<Branch> branches;
  bool finished = false;
};

// All pipelines of a plan. `plan`, `context`, `environment` and `counters` outlive them. Nothing is
// opened. Errors: what a connector says of its table.
base::Result<std::vector<std::unique_ptr<Pipeline>>> build(
    const plan::JobPlan& plan, const connectors::Environment& environment, expr::Context& context,
    operators::Counters& counters);

}  // namespace millrace::job
