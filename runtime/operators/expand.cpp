#include "runtime/operators/expand.hpp"

namespace millrace::operators {

data::ColumnPtr ExpandOperator::key(std::size_t index, const data::ColumnPtr& repeated) const {
  data::Column out(fields_[index].type);
  out.keep_alive_with(*repeated);
  const std::size_t sets = plan_.sets.size();
  data::with_storage(out.type().storage(), [&]<class T>() {
    for (std::size_t row = 0; row < repeated->size(); ++row) {
      if (!plan_.sets[row % sets].kept[index] || repeated->is_null(row)) {
        out.append_null();
      } else {
        out.append<T>(repeated->at<T>(row));
      }
    }
  });
  return data::share(std::move(out));
}

Status ExpandOperator::process(Chunk chunk, Output& out) {
  const auto sets = static_cast<std::uint32_t>(plan_.sets.size());
  for (Mark& mark : chunk.marks) mark.rows *= sets;
  if (chunk.batch.rows == 0) return out.push(std::move(chunk));
  std::vector<std::uint32_t> rows;
  rows.reserve(chunk.batch.rows * sets);
  for (std::uint32_t row = 0; row < chunk.batch.rows; ++row) rows.insert(rows.end(), sets, row);
  data::Batch batch = data::select(chunk.batch, rows);
  for (std::size_t i = 0; i < plan_.keys; ++i) batch.columns[i] = key(i, batch.columns[i]);
  data::Column numbers = data::Column::of_size(fields_.back().type, rows.size());
  const auto cells = numbers.cells<std::int64_t>();
  for (std::size_t i = 0; i < rows.size(); ++i) cells[i] = plan_.sets[i % sets].number;
  batch.columns.push_back(data::share(std::move(numbers)));
  chunk.batch = std::move(batch);
  return out.push(std::move(chunk));
}

}  // namespace millrace::operators
