#include "runtime/operators/sink.hpp"

#include <algorithm>

#include "runtime/operators/length_enforcer.hpp"

namespace millrace::operators {

Status SinkOperator::process(Chunk chunk, Output& out) {
  (void)out;
  data::Batch& batch = chunk.batch;
  if (batch.rows == 0) return base::success();
  std::vector<std::uint8_t> drop;
  for (const std::size_t index : plan_.not_null) {
    const data::Column& column = *batch.columns[index];
    if (!column.has_nulls()) continue;
    for (std::size_t row = 0; row < batch.rows; ++row) {
      if (!column.is_null(row)) continue;
      if (!plan_.settings.drop_null_rows) {
        return base::Error(base::ErrorCode::validation,
                           "Column '" + plan_.query->fields[index].name +
                               "' is NOT NULL, however, a null value is being written into it. You "
                               "can set job configuration 'table.exec.sink.not-null-enforcer'="
                               "'DROP' to suppress this exception and drop such records silently.");
      }
      drop.resize(batch.rows, 0);
      drop[row] = 1;
    }
  }
  if (!drop.empty()) {
    std::vector<std::uint32_t> kept;
    for (std::uint32_t row = 0; row < batch.rows; ++row) {
      if (drop[row] == 0) kept.push_back(row);
    }
    batch = data::select(batch, kept);
    if (batch.rows == 0) return base::success();
  }
  BOOST_OUTCOME_TRY(enforce_lengths(batch, plan_.query->fields, plan_.settings.lengths));
  counters_.rows_out += batch.rows;
  return sink_.write(batch);
}

}  // namespace millrace::operators
