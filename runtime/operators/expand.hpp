// GROUPING SETS: every row once for each set.
#pragma once

#include "runtime/operators/operator.hpp"
#include "runtime/plan/plan.hpp"

namespace millrace::operators {

// Keeps nothing.
class ExpandOperator final : public Operator {
 public:
  // `node` holds `expand` and outlives the operator.
  ExpandOperator(const plan::Expand& expand, const plan::Node& node)
      : plan_(expand), fields_(node.fields) {}

  Status process(Chunk chunk, Output& out) override;

 private:
  // A key with NULL where the set does not have it.
  [[nodiscard]] data::ColumnPtr key(std::size_t index, const data::ColumnPtr& repeated) const;

  const plan::Expand& plan_;
  const std::vector<plan::Field>& fields_;
};

}  // namespace millrace::operators
