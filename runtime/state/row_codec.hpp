// Rows as bytes and back: how operators keep keys and rows in their state.
//
//   RowCodec codec({LogicalType::string(), LogicalType::bigint()});
//   std::string bytes;
//   codec.append(bytes, columns, row);
//   codec.read(bytes, out_columns, arena);
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/data/column.hpp"

namespace millrace::state {

// Equal rows give equal bytes and different rows different ones (NULL equals NULL, NaN equals NaN,
// -0.0 and 0.0 differ), so bytes serve as keys. Immutable; any thread.
class RowCodec {
 public:
  explicit RowCodec(std::vector<data::LogicalType> types) : types_(std::move(types)) {}

  [[nodiscard]] std::size_t size() const { return types_.size(); }
  [[nodiscard]] const std::vector<data::LogicalType>& types() const { return types_; }

  // columns[i] is of types()[i].
  void append(std::string& out, std::span<const data::ColumnPtr> columns, std::size_t row) const;
  // The fields fields[i] of a wider row; types()[i] is of columns[fields[i]].
  void append(std::string& out, std::span<const data::ColumnPtr> columns,
              std::span<const std::size_t> fields, std::size_t row) const;

  // Appends one cell to each column; text goes to `arena`, which the caller keeps alive with them.
  void read(std::string_view bytes, std::span<data::Column> columns, data::Arena& arena) const;
  // One NULL in each column.
  static void read_nulls(std::span<data::Column> columns);

 private:
  std::vector<data::LogicalType> types_;
};

}  // namespace millrace::state
