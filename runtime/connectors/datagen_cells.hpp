// What a datagen column is filled with.
#pragma once

#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>

#include "runtime/connectors/table.hpp"
#include "runtime/data/batch.hpp"

namespace millrace::connectors {

using DatagenRandom = std::mt19937_64;

// Makes one column's cells. One thread.
class CellMaker {
 public:
  virtual ~CellMaker() = default;
  // Appends the cell of the row numbered `row`, from 0; now_ms: the clock.
  virtual void append(std::uint64_t row, std::int64_t now_ms, DatagenRandom& random,
                      data::Column& out, data::Arena& arena) = 0;
  // How many rows it can make; nothing: any number.
  [[nodiscard]] virtual std::optional<std::uint64_t> rows() const { return std::nullopt; }
};

// As the field's options say (kind, min, max, max-past, length, var-len, null-rate, start, end;
// those of an ARRAY's or MULTISET's `element`, a MAP's `key` and `value`, a ROW's fields, behind
// the field's name). Adds the options it knows of this field to `known`. Errors: in Flink's words.
base::Result<std::unique_ptr<CellMaker>> make_cells(const Table& table, const data::Field& field,
                                                    std::set<std::string>& known);

// Random cells of a type; name: the field's, "a.element" for what is inside.
base::Result<std::unique_ptr<CellMaker>> make_random_cells(const Table& table,
                                                           const std::string& name,
                                                           const data::LogicalType& type,
                                                           std::set<std::string>& known);
// The same of ARRAY, MAP, MULTISET and ROW.
base::Result<std::unique_ptr<CellMaker>> make_nested_cells(const Table& table,
                                                           const std::string& name,
                                                           const data::LogicalType& type,
                                                           std::set<std::string>& known);
// fields.<name>.null-rate
base::Result<double> null_rate_option(const Table& table, const std::string& name,
                                      std::set<std::string>& known);

// 0 up to 1, which is not reached.
inline double unit_random(DatagenRandom& random) {
  return static_cast<double>(random() >> 11U) * 0x1.0p-53;
}

}  // namespace millrace::connectors
