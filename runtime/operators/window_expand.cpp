#include "runtime/operators/window_expand.hpp"

#include <algorithm>

namespace millrace::operators {

Status WindowExpandOperator::process(Chunk chunk, Output& out) {
  using data::LogicalType;
  using data::TimestampValue;
  const data::Batch& batch = chunk.batch;
  if (batch.rows == 0) return out.push({{}, std::move(chunk.marks)});
  std::vector<std::uint32_t> rows;
  std::vector<std::uint32_t> rows_before(batch.rows + 1, 0);  // results before each row
  data::Column starts(LogicalType::timestamp(3));
  data::Column ends(LogicalType::timestamp(3));
  data::Column times(plan_.window.zoned ? LogicalType::timestamp_ltz(3)
                                        : LogicalType::timestamp(3));
  std::vector<std::int64_t> ends_of_row;
  const std::int64_t now = base::to_epoch_ms(clock_.now());
  const data::Column* column =
      plan_.window.event_time ? batch.columns[plan_.time_column].get() : nullptr;
  for (std::size_t row = 0; row < batch.rows; ++row) {
    rows_before[row] = static_cast<std::uint32_t>(rows.size());
    if (column != nullptr && column->is_null(row)) continue;
    const std::int64_t line =
        slices_.to_line(column != nullptr ? column->at<TimestampValue>(row).millis : now);
    ends_of_row.clear();
    for (std::int64_t end = slices_.latest_end(line); end > line; end -= slices_.slide()) {
      ends_of_row.push_back(end);
    }
    if (slices_.cumulates()) std::reverse(ends_of_row.begin(), ends_of_row.end());
    for (const std::int64_t end : ends_of_row) {
      rows.push_back(static_cast<std::uint32_t>(row));
      starts.append(TimestampValue{slices_.start_of(end), 0});
      ends.append(TimestampValue{end, 0});
      times.append(TimestampValue{plan_.window.zoned ? slices_.fires_at(end) : end - 1, 0});
    }
  }
  rows_before[batch.rows] = static_cast<std::uint32_t>(rows.size());
  Chunk result;
  result.batch.rows = rows.size();
  if (!batch.kinds.empty()) {
    for (const std::uint32_t row : rows) result.batch.kinds.push_back(batch.kinds[row]);
  }
  for (const auto& source : batch.columns) {
    result.batch.columns.push_back(source ? data::gather(source, rows) : nullptr);
  }
  result.batch.columns.push_back(data::share(std::move(starts)));
  result.batch.columns.push_back(data::share(std::move(ends)));
  result.batch.columns.push_back(data::share(std::move(times)));
  for (const Mark& mark : chunk.marks) {
    result.marks.push_back({rows_before[mark.rows], mark.watermark_ms});
  }
  return out.push(std::move(result));
}

}  // namespace millrace::operators
