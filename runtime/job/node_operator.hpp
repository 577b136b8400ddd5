// Plan nodes to operators.
#pragma once

#include <memory>

#include "runtime/expr/context.hpp"
#include "runtime/operators/operator.hpp"
#include "runtime/plan/plan.hpp"

namespace millrace::job {

// What operators are given beside their node. All of it outlives them.
struct Surroundings {
  expr::Context& context;
  const base::Clock& clock;
  operators::Counters& counters;
  std::int64_t state_ttl_ms = 0;  // 0: state is kept for ever
};

// The operator of a node that is neither a Scan nor ConstantRows. The node outlives it.
std::unique_ptr<operators::Operator> make_operator(const plan::Node& node,
                                                   const Surroundings& around);

}  // namespace millrace::job
