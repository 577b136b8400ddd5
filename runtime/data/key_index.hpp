// Gives each distinct key a dense number: the group index that aggregates work with.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "runtime/data/batch.hpp"

namespace millrace::data {

// NULL is a key like any other (GROUP BY keeps a NULL group), and equals NULL only. -0.0 and 0.0
// differ and NaN equals NaN, as in Java. Keys are never removed: a window keeps one KeyIndex per
// slice and drops it whole. One thread at a time. Cost: one hash and usually one comparison a row;
// no allocation for a known key.
//
//   KeyIndex index({LogicalType::string()});
//   std::vector<std::uint32_t> groups;
//   index.find_or_add(key_columns, batch.rows, groups);    // groups[i] < index.size()
class KeyIndex {
 public:
  explicit KeyIndex(std::vector<LogicalType> types);

  // `out` gets one number a row. New keys get the next numbers in the order of their first row.
  // No types: every row is group 0.
  void find_or_add(std::span<const ColumnPtr> keys, std::size_t rows,
                   std::vector<std::uint32_t>& out);
  // The same for chosen rows only: out[i] is the number of row rows[i].
  void find_or_add(std::span<const ColumnPtr> keys, std::span<const std::uint32_t> rows,
                   std::vector<std::uint32_t>& out);

  [[nodiscard]] std::size_t size() const { return count_; }
  // The key fields of groups [0, size()), one column a field; the columns stand on their own.
  [[nodiscard]] std::vector<ColumnPtr> keys() const;

 private:
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t group = 0;  // + 1; 0 = free
  };
  template <class RowAt>
  void run(std::span<const ColumnPtr> keys, std::size_t count, RowAt row_at,
           std::vector<std::uint32_t>& out);
  std::uint32_t add(std::span<const ColumnPtr> keys, std::size_t row);
  void grow();

  std::vector<LogicalType> types_;
  std::vector<Column> stored_;  // one a key field, row = group
  std::shared_ptr<Arena> arena_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> hashes_;  // by group
  std::size_t count_ = 0;
};

// A hash of the fields `keys` of each row, out[row]; equal keys have equal ones, by KeyIndex's
// rules and in every run.
void hash_rows(const Batch& batch, std::span<const std::size_t> keys,
               std::vector<std::uint64_t>& out);

}  // namespace millrace::data
