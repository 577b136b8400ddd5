// What the functions on ARRAY, MAP, MULTISET and ROW share.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/data/nested.hpp"
#include "runtime/expr/kernels.hpp"

namespace millrace::expr {

using data::NestedBuilder;
using data::NestedView;

// The type of an array's elements, a map's keys (0) and values (1).
inline const LogicalType& part_type(const LogicalType& type, std::size_t part = 0) {
  return type.fields()[part].type;
}

// A row's nested cell.
inline NestedView view_at(const Column& column, std::size_t row) {
  return NestedView(column.at<std::string_view>(row));
}

// One cell as the bytes it has inside of a nested one.
inline std::string cell_bytes(const Column& column, std::size_t row) {
  std::string out;
  data::append_cell_bytes(out, column, row);
  return out;
}

// Equal, NULL included.
inline bool same_cell(const NestedView& a, std::size_t i, const NestedView& b, std::size_t j) {
  return a.is_null(i) == b.is_null(j) && a.bytes(i) == b.bytes(j);
}

// A map in the making: entries in the order their keys came first; of equal keys the last value
// counts. The views outlive it.
class MapEntries {
 public:
  void put(const NestedView& keys, std::size_t key, const NestedView& values, std::size_t value) {
    for (Entry& entry : entries_) {
      if (same_cell(entry.keys, entry.key, keys, key)) {
        entry.values = values;
        entry.value = value;
        return;
      }
    }
    entries_.push_back({keys, key, values, value});
  }
  void write(NestedBuilder& out) const {
    for (const Entry& entry : entries_) {
      out.add(entry.keys, entry.key);
      out.add(entry.values, entry.value);
    }
  }

 private:
  struct Entry {
    NestedView keys;
    std::size_t key;
    NestedView values;
    std::size_t value;
  };
  std::vector<Entry> entries_;
};

// Rows of a nested result: write(row, builder) says false for a row that becomes NULL; rows for
// which an argument of `strict` is NULL are NULL at once.
template <class Write>
Column build_nested(const LogicalType& type, std::span<const ColumnPtr> strict, std::size_t rows,
                    Write&& write) {
  Column out = Column::of_size(type, rows);
  auto arena = std::make_shared<data::Arena>();
  std::vector<std::uint8_t> nulls = any_null(strict, rows);
  const std::span<std::string_view> cells = out.cells<std::string_view>();
  NestedBuilder builder;
  for (std::size_t row = 0; row < rows; ++row) {
    if (!nulls.empty() && nulls[row] != 0) continue;
    builder.clear();
    if (write(row, builder)) {
      cells[row] = builder.take(*arena);
    } else {
      if (nulls.empty()) nulls.assign(rows, 0);
      nulls[row] = 1;
    }
  }
  out.set_nulls(std::move(nulls));
  out.keep_alive(arena);
  return out;
}

// What functions on arrays and maps say of arguments that do not fit.
inline Error invalid_arguments() {
  return {ErrorCode::validation, "Invalid input arguments."};
}

}  // namespace millrace::expr
