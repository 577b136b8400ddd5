// UNION ALL.
#pragma once

#include "runtime/operators/operator.hpp"
#include "runtime/operators/row_operator.hpp"

namespace millrace::operators {

// Rows pass as they come; the watermark is the least of the inputs'.
class UnionOperator final : public Operator {
 public:
  explicit UnionOperator(std::size_t inputs) : watermark_(inputs) {}

  Status process(Chunk chunk, Output& out) override {
    return process_input(0, std::move(chunk), out);
  }
  Status process_input(std::size_t input, Chunk chunk, Output& out) override {
    std::vector<Mark> marks;
    for (const Mark& mark : chunk.marks) {
      if (watermark_.advance(input, mark.watermark_ms)) {
        marks.push_back({mark.rows, watermark_.value()});
      } else if (watermark_.all_idle()) {
        marks.push_back({mark.rows, idle_watermark});
      }
    }
    chunk.marks = std::move(marks);
    if (chunk.batch.rows == 0 && chunk.marks.empty()) return base::success();
    return out.push(std::move(chunk));
  }

 private:
  MergedWatermark watermark_;
};

}  // namespace millrace::operators
