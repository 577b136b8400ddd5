#include "runtime/operators/table_columns.hpp"

namespace millrace::operators {

using plan::TableColumn;

TableColumns::TableColumns(const plan::TableInput& input, std::vector<bool> used,
                           expr::Context& context)
    : input_(input), used_(std::move(used)), context_(context) {
  source_column_.resize(input.columns.size());
  for (std::size_t i = 0; i < input.columns.size(); ++i) {
    if (!used_[i] || input.columns[i].kind != TableColumn::Kind::physical) continue;
    source_column_[i] = projection_.size();
    projection_.push_back(input.columns[i].index);
  }
  for (std::size_t i = 0; i < input.columns.size(); ++i) {
    if (!used_[i] || input.columns[i].kind != TableColumn::Kind::metadata) continue;
    source_column_[i] = projection_.size() + metadata_.size();
    metadata_.push_back(input.metadata[input.columns[i].index]);
  }
}

Status TableColumns::process(Chunk chunk, Output& out) {
  if (chunk.batch.rows == 0) return out.push({{}, std::move(chunk.marks)});
  Chunk result;
  result.marks = std::move(chunk.marks);
  result.batch.rows = chunk.batch.rows;
  result.batch.kinds = std::move(chunk.batch.kinds);
  result.batch.columns.resize(input_.columns.size());
  for (std::size_t i = 0; i < input_.columns.size(); ++i) {
    const TableColumn& column = input_.columns[i];
    if (!used_[i] || column.kind == TableColumn::Kind::computed) continue;
    const data::ColumnPtr& source = chunk.batch.columns[source_column_[i]];
    if (column.kind == TableColumn::Kind::physical ||
        column.expression->kind == expr::Expr::Kind::column) {
      result.batch.columns[i] = source;
      continue;
    }
    const data::Batch alone{chunk.batch.rows, {source}, {}};
    BOOST_OUTCOME_TRY(auto converted, expr::evaluate(*column.expression, alone, context_));
    result.batch.columns[i] = std::move(converted);
  }
  for (std::size_t i = 0; i < input_.columns.size(); ++i) {
    if (!used_[i] || input_.columns[i].kind != TableColumn::Kind::computed) continue;
    BOOST_OUTCOME_TRY(auto computed,
                      expr::evaluate(*input_.columns[i].expression, result.batch, context_));
    result.batch.columns[i] = std::move(computed);
  }
  return out.push(std::move(result));
}

}  // namespace millrace::operators
