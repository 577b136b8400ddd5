#include "runtime/data/batch.hpp"

#include <numeric>

namespace millrace::data {

const char* row_kind_text(RowKind kind) {
  switch (kind) {
    case RowKind::insert:
      return "+I";
    case RowKind::update_before:
      return "-U";
    case RowKind::update_after:
      return "+U";
    case RowKind::remove:
      return "-D";
  }
  KS_ASSERT(false);
}

Batch select(const Batch& batch, std::span<const std::uint32_t> rows) {
  Batch out;
  out.rows = rows.size();
  out.columns.reserve(batch.columns.size());
  for (const ColumnPtr& column : batch.columns) {
    out.columns.push_back(column ? gather(column, rows) : nullptr);
  }
  if (!batch.kinds.empty()) {
    out.kinds.reserve(rows.size());
    for (const std::uint32_t row : rows) out.kinds.push_back(batch.kinds[row]);
  }
  return out;
}

Batch slice(const Batch& batch, std::size_t begin, std::size_t end) {
  if (begin == 0 && end == batch.rows) return batch;
  std::vector<std::uint32_t> rows(end - begin);
  std::iota(rows.begin(), rows.end(), static_cast<std::uint32_t>(begin));
  return select(batch, rows);
}

BatchBuilder::BatchBuilder(const Schema& schema) {
  types_.reserve(schema.size());
  for (const Field& field : schema.fields) types_.push_back(field.type);
  start();
}

void BatchBuilder::start() {
  columns_.clear();
  columns_.reserve(types_.size());
  for (const LogicalType& type : types_) columns_.emplace_back(type);
  if (reserve_ > 0) reserve(reserve_);
  arena_ = std::make_shared<Arena>(std::size_t{64} << 10U);
  owners_.clear();
  kinds_.clear();
  rows_ = 0;
}

void BatchBuilder::reserve(std::size_t rows) {
  reserve_ = rows;
  for (Column& column : columns_) column.reserve(rows);
}

void BatchBuilder::truncate(std::size_t rows) {
  rows_ = rows;
  if (kinds_.size() > rows_) kinds_.resize(rows_);
  for (Column& column : columns_) {
    if (column.size() > rows_) column.truncate(rows_);
  }
}

Batch BatchBuilder::take() {
  Batch batch;
  batch.rows = rows_;
  batch.kinds = std::move(kinds_);
  batch.columns.reserve(columns_.size());
  for (Column& column : columns_) {
    KS_ASSERT(column.size() == rows_);
    if (column.type().storage() == Storage::bytes) {
      column.keep_alive(arena_);
      for (const auto& owner : owners_) column.keep_alive(owner);
    }
    batch.columns.push_back(share(std::move(column)));
  }
  start();
  return batch;
}

}  // namespace millrace::data
