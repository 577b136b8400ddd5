// ARRAY, MAP, MULTISET and ROW values: cells inside of one cell.
//
// Such a cell is bytes, so that every operator keeps, hashes and compares it like a text. Integers
// are those of the machine, unaligned:
//
//   | count: 4 | end[0]: 4 | ... | end[count-1]: 4 | cell 0 | ... | cell count-1 |
//
// end[i] is where cell i ends, counted from the first cell; its highest bit says NULL (the cell is
// then empty). A cell is what Column holds, as bytes: 1 of BOOLEAN, 8 of integers, DATE, TIME and
// DOUBLE, 16 of DECIMAL, 12 of a timestamp; texts as they are; nested ones in this same form. An
// array holds its elements, a row its fields, a map k, v, k, v, ..., a multiset e, n, e, n, ...
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/data/column.hpp"

namespace millrace::data {

// Reads a nested cell; the bytes must outlive it.
class NestedView {
 public:
  explicit NestedView(std::string_view bytes) : bytes_(bytes), count_(word(0)) {}

  // Cells, so twice the entries of a map.
  [[nodiscard]] std::size_t size() const { return count_; }
  [[nodiscard]] bool is_null(std::size_t i) const { return (word(i + 1) & null_bit) != 0; }
  [[nodiscard]] std::string_view bytes(std::size_t i) const {
    const std::size_t begin = i == 0 ? 0 : word(i) & ~null_bit;
    const std::size_t end = word(i + 1) & ~null_bit;
    return bytes_.substr(4 * (count_ + 1) + begin, end - begin);
  }

  static constexpr std::uint32_t null_bit = 0x80000000U;

 private:
  [[nodiscard]] std::uint32_t word(std::size_t i) const {
    if (bytes_.size() < 4 * (i + 1)) return 0;  // the empty text of a NULL cell holds nothing
    std::uint32_t value;
    std::memcpy(&value, bytes_.data() + 4 * i, sizeof(value));
    return value;
  }

  std::string_view bytes_;
  std::size_t count_;
};

// Writes a nested cell; reused from value to value.
//
//   builder.add(column, row); builder.add_null();
//   cell = builder.take(arena);             // and it is empty again
class NestedBuilder {
 public:
  void add_null();
  // A cell that is already in its bytes' form.
  void add_bytes(std::string_view cell);
  // Cell i of another value.
  void add(const NestedView& view, std::size_t i);
  void add(const Column& column, std::size_t row);
  [[nodiscard]] std::size_t size() const { return ends_.size(); }
  [[nodiscard]] std::string_view take(Arena& arena);
  [[nodiscard]] std::string take();
  void clear();

 private:
  [[nodiscard]] std::size_t bytes() const { return 4 * (ends_.size() + 1) + cells_.size(); }
  void write(char* to) const;

  std::vector<std::uint32_t> ends_;
  std::string cells_;
};

// Appends one cell of that column as bytes; not for NULL.
void append_cell_bytes(std::string& out, const Column& column, std::size_t row);
// Appends cell i to a column of the cell's type; texts stay views into `view`'s bytes.
void append_nested(Column& out, const NestedView& view, std::size_t i);

// The order in which a java.util.HashMap shows entries with these keys' hashes (Object.hashCode),
// put into it one after the other.
std::vector<std::size_t> hash_map_order(std::span<const std::uint32_t> hashes);
// Flink's StringData.hashCode: Murmur 3 over the UTF-8 bytes.
std::uint32_t string_data_hash(std::string_view text);

// What one part of a nested column is, row by row: field `field` of each ROW. A NULL row gives
// NULL.
ColumnPtr nested_field(const ColumnPtr& column, std::size_t field, std::size_t rows);

// The cells of an array, or the keys or values of a map, of all rows one after the other.
struct NestedCells {
  ColumnPtr cells;
  // rows + 1 of them: row i's cells are [starts[i], starts[i + 1]); none for a NULL row.
  std::vector<std::uint32_t> starts;
};
// part: index into the type's fields().
NestedCells nested_cells(const ColumnPtr& column, std::size_t part, std::size_t rows);

}  // namespace millrace::data
