#include "runtime/operators/temporal_sort.hpp"

#include "runtime/operators/row_types.hpp"

namespace millrace::operators {

TemporalSortOperator::TemporalSortOperator(const plan::TemporalSort& sort, const plan::Node& node,
                                           Counters& counters)
    : RowOperator(node.fields, 1),
      plan_(sort),
      counters_(counters),
      codec_(types_of(node.fields)),
      waiting_(store_.ordered<Place, std::string>("waiting")) {}

Status TemporalSortOperator::take_row(std::size_t, const data::Batch& batch, std::size_t row) {
  std::string bytes;
  codec_.append(bytes, batch.columns, row);
  if (!plan_.event_time) {
    codec_.read(bytes, results().columns(), results().arena());
    results().finish_row();
    return base::success();
  }
  const data::Column& times = *batch.columns[plan_.order.front().column];
  if (times.is_null(row)) return base::success();
  const std::int64_t time_ms = times.at<data::TimestampValue>(row).millis;
  if (time_ms <= watermark()) {
    ++counters_.late_rows;
    return base::success();
  }
  waiting_.emplace(Place{time_ms, sort_key_of(plan_.order, batch, row), arrived()},
                   std::move(bytes));
  return base::success();
}

Status TemporalSortOperator::take_watermark(std::int64_t ms) {
  while (!waiting_.empty() && std::get<0>(waiting_.begin()->first) <= ms) {
    codec_.read(waiting_.begin()->second, results().columns(), results().arena());
    results().finish_row();
    waiting_.erase(waiting_.begin());
  }
  return base::success();
}

}  // namespace millrace::operators
