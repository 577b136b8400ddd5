// Projection and filter. A row keeps its kind: of an update one half may pass and the other not.
#pragma once

#include "runtime/expr/expr.hpp"
#include "runtime/operators/operator.hpp"
#include "runtime/plan/plan.hpp"

namespace millrace::operators {

// `calc` and `context` outlive the operator.
class CalcOperator final : public Operator {
 public:
  CalcOperator(const plan::Calc& calc, expr::Context& context);

  Status process(Chunk chunk, Output& out) override;

 private:
  Result<Chunk> apply(Chunk chunk);

  const plan::Calc& calc_;
  expr::Context& context_;
  std::vector<std::size_t> needed_;  // columns the projections read
  bool reads_watermark_ = false;     // CURRENT_WATERMARK(): rows between marks are taken apart
  std::int64_t watermark_ms_ = no_watermark;
};

// Whether CURRENT_WATERMARK() stands somewhere in it.
bool calls_watermark(const expr::Expr& tree);

}  // namespace millrace::operators
