// WATERMARK FOR: where event time has got to.
#pragma once

#include <chrono>

#include "runtime/expr/expr.hpp"
#include "runtime/operators/operator.hpp"

namespace millrace::operators {

// A watermark follows the row that produced it. It is sent at once when it has moved by more than
// the interval since the last one sent, and otherwise when the input pauses and the interval has
// passed on the clock. (Flink's timer fires between rows, too: there, whether a row within the
// interval of a window's edge is late depends on the machine's speed. Here it never does.) A source
// that gives no rows for the idle timeout is told to be idle, until its next row.
class WatermarkAssigner final : public Operator {
 public:
  // rowtime: the column that must not be NULL. `watermark` is over the same columns; both outlive
  // the operator, as does the context.
  WatermarkAssigner(std::size_t rowtime, const expr::Expr& watermark,
                    std::chrono::milliseconds interval, expr::Context& context,
                    std::chrono::milliseconds idle_timeout = std::chrono::milliseconds(0))
      : rowtime_(rowtime),
        watermark_(watermark),
        interval_ms_(interval.count()),
        idle_timeout_ms_(idle_timeout.count()),
        context_(context) {}

  // Error: "RowTime field should not be null, please convert it to a non-null long value."
  Status process(Chunk chunk, Output& out) override;
  Status on_time(std::int64_t now_ms, bool input_pending, Output& out) override;

 private:
  std::size_t rowtime_;
  const expr::Expr& watermark_;
  std::int64_t interval_ms_;
  std::int64_t idle_timeout_ms_;  // 0: never idle
  expr::Context& context_;
  // Both start at the epoch, as in Flink.
  std::int64_t current_ms_ = 0;
  std::int64_t sent_ms_ = 0;
  std::int64_t next_timer_ms_ = no_watermark;
  bool idle_ = false;
  bool had_rows_ = true;
  std::int64_t active_ms_ = 0;  // when rows came last
};

}  // namespace millrace::operators
