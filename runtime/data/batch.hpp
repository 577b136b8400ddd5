// Rows on their way through a job: columns of equal length, and each row's kind of change.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "runtime/data/column.hpp"
#include "runtime/data/schema.hpp"

namespace millrace::data {

enum class RowKind : std::uint8_t { insert, update_before, update_after, remove };

// "+I", "-U", "+U", "-D"
const char* row_kind_text(RowKind kind);

// Cheap to copy: columns are shared and never change.
struct Batch {
  std::size_t rows = 0;
  std::vector<ColumnPtr> columns;
  // Empty: every row is an insert.
  std::vector<RowKind> kinds;

  [[nodiscard]] RowKind kind(std::size_t row) const {
    return kinds.empty() ? RowKind::insert : kinds[row];
  }
  [[nodiscard]] bool empty() const { return rows == 0; }
};

// The rows `rows` of the batch, in that order. Columns may be null pointers here and below.
Batch select(const Batch& batch, std::span<const std::uint32_t> rows);
// The rows [begin, end).
Batch slice(const Batch& batch, std::size_t begin, std::size_t end);

// Whether a row adds to what its consumers know; the other two kinds take back.
inline bool adds(RowKind kind) {
  return kind == RowKind::insert || kind == RowKind::update_after;
}

// Collects rows into a batch; the decoders' target, and that of operators. One thread at a time.
//
//   BatchBuilder builder(schema);
//   builder.column(0).append<std::int64_t>(7);
//   builder.column(1).append(builder.arena().copy("abc"));
//   builder.finish_row();
//   Batch batch = builder.take();        // the builder starts anew
class BatchBuilder {
 public:
  explicit BatchBuilder(const Schema& schema);

  [[nodiscard]] std::size_t column_count() const { return columns_.size(); }
  Column& column(std::size_t index) { return columns_[index]; }
  // Memory that lives as long as the batch's columns.
  Arena& arena() { return *arena_; }
  const std::shared_ptr<Arena>& shared_arena() { return arena_; }

  std::span<Column> columns() { return columns_; }

  // Every column has got one more cell since the last call.
  void finish_row() {
    ++rows_;
    if (!kinds_.empty()) kinds_.push_back(RowKind::insert);
  }
  void finish_row(RowKind kind) {
    if (kind != RowKind::insert && kinds_.empty()) kinds_.assign(rows_, RowKind::insert);
    ++rows_;
    if (kind != RowKind::insert || !kinds_.empty()) kinds_.push_back(kind);
  }
  // Takes back cells appended since the last finish_row().
  void drop_row() { truncate(rows_); }
  // Takes back everything after the first `rows` rows.
  void truncate(std::size_t rows);
  [[nodiscard]] std::size_t rows() const { return rows_; }
  void reserve(std::size_t rows);
  // Bytes stay alive with the batch that take() gives next.
  void keep_alive(const std::shared_ptr<const void>& owner) { owners_.push_back(owner); }

  Batch take();

 private:
  void start();

  std::vector<LogicalType> types_;
  std::vector<Column> columns_;
  std::shared_ptr<Arena> arena_;
  std::vector<std::shared_ptr<const void>> owners_;
  std::vector<RowKind> kinds_;  // empty: all inserts so far
  std::size_t rows_ = 0;
  std::size_t reserve_ = 0;
};

}  // namespace millrace::data
