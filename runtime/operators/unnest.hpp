// UNNEST: every row once for each element of a value.
#pragma once

#include <vector>

#include "runtime/expr/expr.hpp"
#include "runtime/operators/operator.hpp"
#include "runtime/plan/plan.hpp"

namespace millrace::operators {

// Keeps nothing; a row's copies have its kind.
class UnnestOperator final : public Operator {
 public:
  // `node` holds `unnest`; both and `context` outlive the operator.
  UnnestOperator(const plan::Unnest& unnest, const plan::Node& node, expr::Context& context);

  Status process(Chunk chunk, Output& out) override;

 private:
  // Elements of all rows one after the other, and which row each is of.
  struct Elements {
    std::vector<data::Column> columns;
    std::vector<std::uint32_t> owners;
  };
  [[nodiscard]] Elements elements(const data::Column& values, std::size_t rows) const;

  const plan::Unnest& plan_;
  const plan::Node& node_;
  expr::Context& context_;
};

}  // namespace millrace::operators
