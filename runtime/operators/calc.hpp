// Projection and filter.
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

// The rows [begin, end) of a batch that may have null columns.
data::Batch slice_rows(const data::Batch& batch, std::size_t begin, std::size_t end);

}  // namespace millrace::operators
