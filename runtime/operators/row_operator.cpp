#include "runtime/operators/row_operator.hpp"

#include <algorithm>

namespace millrace::operators {

bool MergedWatermark::advance(std::size_t input, std::int64_t ms) {
  if (ms <= of_input_[input]) return false;
  of_input_[input] = ms;
  const std::int64_t least = *std::min_element(of_input_.begin(), of_input_.end());
  if (least <= least_) return false;
  least_ = least;
  return true;
}

Status RowOperator::process_input(std::size_t input, Chunk chunk, Output& out) {
  Chunk result;
  std::size_t row = 0;
  const auto rows_until = [&](std::size_t end) -> Status {
    for (; row < end; ++row, ++arrived_) {
      BOOST_OUTCOME_TRY(take_row(input, chunk.batch, row));
    }
    return base::success();
  };
  for (const Mark& mark : chunk.marks) {
    BOOST_OUTCOME_TRY(rows_until(mark.rows));
    if (!watermark_.advance(input, mark.watermark_ms)) continue;
    BOOST_OUTCOME_TRY(take_watermark(watermark_.value()));
    const std::int64_t told = outgoing(watermark_.value());
    if (told <= sent_ms_) continue;
    sent_ms_ = told;
    result.marks.push_back({static_cast<std::uint32_t>(results_.rows()), told});
  }
  BOOST_OUTCOME_TRY(rows_until(chunk.batch.rows));
  if (results_.rows() == 0 && result.marks.empty()) return base::success();
  if (results_.rows() > 0) result.batch = results_.take();
  return out.push(std::move(result));
}

Status RowOperator::on_time(std::int64_t now_ms, bool input_pending, Output& out) {
  (void)input_pending;
  BOOST_OUTCOME_TRY(take_time(now_ms));
  if (results_.rows() == 0) return base::success();
  return out.push({results_.take(), {}});
}

}  // namespace millrace::operators
