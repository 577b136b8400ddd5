// TABLE(TUMBLE(...)) and TABLE(HOP(...)) without an aggregate: each row once a window.
#pragma once

#include "runtime/operators/operator.hpp"
#include "runtime/operators/window_slices.hpp"

namespace millrace::operators {

// Appends window_start, window_end and window_time; a row's latest window comes first (CUMULATE:
// its earliest), as in Flink. Late rows are not dropped here. `expand` outlives the operator.
class WindowExpandOperator final : public Operator {
 public:
  WindowExpandOperator(const plan::WindowExpand& expand, const data::TimeZone& zone,
                       const base::Clock& clock)
      : plan_(expand), slices_(expand.window, zone), clock_(clock) {}

  Status process(Chunk chunk, Output& out) override;

 private:
  const plan::WindowExpand& plan_;
  WindowSlices slices_;
  const base::Clock& clock_;
};

}  // namespace millrace::operators
