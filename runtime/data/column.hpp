// A column of a batch: cells of one type side by side, and which of them are NULL.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "common/base/result.hpp"
#include "runtime/data/arena.hpp"
#include "runtime/data/type.hpp"
#include "runtime/data/value.hpp"

namespace millrace::data {

// Cells by storage:  boolean std::uint8_t | int64 std::int64_t | float64 double | decimal
// base::Int128
//                    bytes std::string_view | timestamp TimestampValue
//
// Filled by one owner through append(), then shared as `ColumnPtr` and never changed again. A NULL
// row's cell holds a zero value. A constant column stores one cell and answers it for each of its
// rows: read through at() or Cells, which know that, or call flatten(). Strings are views: whoever
// appends one makes sure, with keep_alive(), that its bytes live as long as the column.
class Column {
 public:
  Column() : Column(LogicalType{}) {}
  explicit Column(const LogicalType& type);

  // `rows` times the same value; for literals. The value's alternative fits the type's storage, or
  // is NULL.
  static Column constant(const LogicalType& type, const Value& value, std::size_t rows);
  // `rows` cells with zero values and no NULLs, to be written through cells<T>().
  static Column of_size(const LogicalType& type, std::size_t rows);

  [[nodiscard]] const LogicalType& type() const { return type_; }
  // The same cells under another type of the same storage (a changed precision, NOT NULL dropped).
  void set_type(const LogicalType& type);
  [[nodiscard]] std::size_t size() const { return constant_ ? constant_rows_ : stored(); }
  [[nodiscard]] bool is_constant() const { return constant_; }

  [[nodiscard]] bool has_nulls() const { return !nulls_.empty(); }
  [[nodiscard]] bool is_null(std::size_t row) const {
    return !nulls_.empty() && nulls_[constant_ ? 0 : row] != 0;
  }
  // One byte a stored row, 1 = NULL; empty when no row is NULL. Length 1 for a constant column.
  [[nodiscard]] std::span<const std::uint8_t> nulls() const { return nulls_; }

  // Row `row`'s cell; T is the C++ type of the storage.
  template <class T>
  [[nodiscard]] const T& at(std::size_t row) const {
    return std::get<std::vector<T>>(cells_)[constant_ ? 0 : row];
  }
  // The stored cells: size() of them, or one for a constant column.
  template <class T>
  [[nodiscard]] std::span<const T> cells() const {
    return std::get<std::vector<T>>(cells_);
  }
  template <class T>
  [[nodiscard]] std::span<T> cells() {
    return std::get<std::vector<T>>(cells_);
  }

  template <class T>
  void append(T cell) {
    std::get<std::vector<T>>(cells_).push_back(cell);
    if (!nulls_.empty()) nulls_.push_back(0);
  }
  void append_null();
  // Appends a copy of the value (bytes go to `arena`, which this column then keeps alive).
  void append_value(const Value& value, const std::shared_ptr<Arena>& arena);
  // Takes back the newest rows, so that `rows` remain. Not for constant columns.
  void truncate(std::size_t rows);
  void reserve(std::size_t rows);

  // Marks a row NULL after the fact; the cell should be left zero. Not for constant columns.
  void set_null(std::size_t row);
  // `nulls` as in nulls(); empty clears.
  void set_nulls(std::vector<std::uint8_t> nulls) { nulls_ = std::move(nulls); }

  // The bytes the views point into live at least as long as this column and its copies.
  void keep_alive(std::shared_ptr<const void> owner);
  // All owners `other` keeps alive.
  void keep_alive_with(const Column& other);

  // For a column of one stored row: it now answers this cell for `rows` rows.
  void make_constant(std::size_t rows);

 private:
  [[nodiscard]] std::size_t stored() const;

  LogicalType type_;
  bool constant_ = false;
  std::size_t constant_rows_ = 0;
  std::variant<std::vector<std::uint8_t>, std::vector<std::int64_t>, std::vector<double>,
               std::vector<base::Int128>, std::vector<std::string_view>,
               std::vector<TimestampValue>>
      cells_;
  std::vector<std::uint8_t> nulls_;
  std::vector<std::shared_ptr<const void>> owners_;
};

using ColumnPtr = std::shared_ptr<const Column>;

inline ColumnPtr share(Column column) {
  return std::make_shared<const Column>(std::move(column));
}

// Calls `body` with the C++ type of a storage's cells as its template argument:
//
//   with_storage(column.type().storage(), [&]<class T>() { use(column.cells<T>()); });
template <class Body>
decltype(auto) with_storage(Storage storage, Body&& body) {
  switch (storage) {
    case Storage::boolean:
      return body.template operator()<std::uint8_t>();
    case Storage::int64:
      return body.template operator()<std::int64_t>();
    case Storage::float64:
      return body.template operator()<double>();
    case Storage::decimal:
      return body.template operator()<base::Int128>();
    case Storage::bytes:
      return body.template operator()<std::string_view>();
    case Storage::timestamp:
      return body.template operator()<TimestampValue>();
  }
  KS_ASSERT(false);
}

// Fast reading in a loop: constant and flat columns alike, without a branch.
template <class T>
class Cells {
 public:
  explicit Cells(const Column& column)
      : cells_(column.cells<T>().data()),
        nulls_(column.has_nulls() ? column.nulls().data() : &no_null),
        step_(column.is_constant() ? 0 : 1),
        null_step_(column.has_nulls() ? step_ : 0) {}

  const T& operator[](std::size_t row) const { return cells_[row * step_]; }
  [[nodiscard]] bool is_null(std::size_t row) const { return nulls_[row * null_step_] != 0; }

 private:
  static constexpr std::uint8_t no_null = 0;
  const T* cells_;
  const std::uint8_t* nulls_;
  std::size_t step_;
  std::size_t null_step_;
};

// The rows `rows` of `column`, in that order; shares the column's bytes.
ColumnPtr gather(const ColumnPtr& column, std::span<const std::uint32_t> rows);
// A column that is not constant, with the same rows.
ColumnPtr flatten(const ColumnPtr& column);
// All columns' rows one after the other; same storage, at least one column.
ColumnPtr concat(std::span<const ColumnPtr> columns);
// A copy of one cell.
Value value_at(const Column& column, std::size_t row);

}  // namespace millrace::data
