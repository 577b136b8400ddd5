#include "runtime/operators/row_operator.hpp"

#include <algorithm>

namespace millrace::operators {

bool MergedWatermark::advance(std::size_t input, std::int64_t ms) {
  idle_[input] = ms == idle_watermark;
  if (!idle_[input]) of_input_[input] = std::max(of_input_[input], ms);
  if (all_idle()) return false;
  std::int64_t least = last_watermark;
  for (std::size_t i = 0; i < of_input_.size(); ++i) {
    if (!idle_[i]) least = std::min(least, of_input_[i]);
  }
  if (least <= least_) return false;
  least_ = least;
  return true;
}

bool MergedWatermark::all_idle() const {
  return std::all_of(idle_.begin(), idle_.end(), [](bool idle) { return idle; });
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
    if (!watermark_.advance(input, mark.watermark_ms)) {
      if (watermark_.all_idle()) {
        result.marks.push_back({static_cast<std::uint32_t>(results_.rows()), idle_watermark});
        told_idle_ = true;
      } else if (told_idle_ && sent_ms_ != no_watermark) {
        // Not idle any more: the same watermark once more says so.
        result.marks.push_back({static_cast<std::uint32_t>(results_.rows()), sent_ms_});
        told_idle_ = false;
      }
      continue;
    }
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
