// Source batches to rows of a declared table.
#pragma once

#include <memory>

#include "runtime/expr/expr.hpp"
#include "runtime/operators/operator.hpp"
#include "runtime/plan/plan.hpp"

namespace millrace::operators {

// Spreads what the source was asked for (some physical columns, then metadata) over all declared
// columns and computes the computed ones. Columns nobody uses are null pointers. `input` and
// `context` outlive it.
class TableColumns final : public Operator {
 public:
  // used: for each column of `input` whether anything reads it.
  TableColumns(const plan::TableInput& input, std::vector<bool> used, expr::Context& context);

  // What the source is to deliver.
  [[nodiscard]] const std::vector<std::size_t>& projection() const { return projection_; }
  [[nodiscard]] const std::vector<connectors::MetadataColumn>& metadata() const {
    return metadata_;
  }

  Status process(Chunk chunk, Output& out) override;

 private:
  const plan::TableInput& input_;
  std::vector<bool> used_;
  expr::Context& context_;
  std::vector<std::size_t> projection_;
  std::vector<connectors::MetadataColumn> metadata_;
  std::vector<std::size_t> source_column_;  // by declared column
};

}  // namespace millrace::operators
