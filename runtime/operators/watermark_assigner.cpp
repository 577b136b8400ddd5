#include "runtime/operators/watermark_assigner.hpp"

#include <algorithm>

namespace millrace::operators {

Status WatermarkAssigner::process(Chunk chunk, Output& out) {
  const std::size_t rows = chunk.batch.rows;
  if (rows == 0) return out.push(std::move(chunk));
  const data::Column& rowtime = *chunk.batch.columns[rowtime_];
  if (rowtime.has_nulls()) {
    for (std::size_t row = 0; row < rows; ++row) {
      if (rowtime.is_null(row)) {
        return base::Error(base::ErrorCode::validation,
                           "RowTime field should not be null, please convert it to a non-null long "
                           "value.");
      }
    }
  }
  BOOST_OUTCOME_TRY(auto column, expr::evaluate(watermark_, chunk.batch, context_));
  const data::Cells<data::TimestampValue> times(*column);
  chunk.marks.clear();  // watermarks of the source itself do not count, as in Flink
  had_rows_ = true;
  if (idle_) {
    idle_ = false;
    chunk.marks.push_back({0, sent_ms_});
  }
  for (std::size_t row = 0; row < rows; ++row) {
    if (!times.is_null(row)) current_ms_ = std::max(current_ms_, times[row].millis);
    if (current_ms_ - sent_ms_ > interval_ms_) {
      sent_ms_ = current_ms_;
      chunk.marks.push_back({static_cast<std::uint32_t>(row + 1), current_ms_});
    }
  }
  return out.push(std::move(chunk));
}

Status WatermarkAssigner::on_time(std::int64_t now_ms, bool input_pending, Output& out) {
  if (had_rows_ || input_pending) {
    had_rows_ = false;
    active_ms_ = now_ms;
  } else if (idle_timeout_ms_ > 0 && !idle_ && now_ms - active_ms_ >= idle_timeout_ms_) {
    idle_ = true;
    return out.push({{}, {{0, idle_watermark}}});
  }
  if (next_timer_ms_ == no_watermark) next_timer_ms_ = now_ms + interval_ms_;
  if (interval_ms_ == 0 || input_pending || now_ms < next_timer_ms_) return base::success();
  next_timer_ms_ = now_ms + interval_ms_;
  if (current_ms_ <= sent_ms_) return base::success();
  sent_ms_ = current_ms_;
  return out.push({{}, {{0, current_ms_}}});
}

}  // namespace millrace::operators
