// The end of a chain: rows to a connector.
#pragma once

#include "runtime/connectors/sink.hpp"
#include "runtime/operators/operator.hpp"
#include "runtime/plan/plan.hpp"

namespace millrace::operators {

// Keeps NULL out of NOT NULL columns on the way, and lengths to what the columns say. All arguments
// outlive the operator.
class SinkOperator final : public Operator {
 public:
  SinkOperator(const plan::SinkPlan& plan, connectors::Sink& sink, Counters& counters)
      : plan_(plan), sink_(sink), counters_(counters) {}

  // Error: "Column 'k' is NOT NULL, however, a null value is being written into it. ..."
  Status process(Chunk chunk, Output& out) override;

 private:
  const plan::SinkPlan& plan_;
  connectors::Sink& sink_;
  Counters& counters_;
};

}  // namespace millrace::operators
