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
                      data::Column& out, data::Arena& arena) const = 0;
  // How many rows it can make; nothing: any number.
  [[nodiscard]] virtual std::optional<std::uint64_t> rows() const { return std::nullopt; }
};

// As the field's options say (kind, min, max, max-past, length, var-len, null-rate, start, end).
// Adds the options it knows of this field to `known`. Errors: in Flink's words.
base::Result<std::unique_ptr<CellMaker>> make_cells(const Table& table, const data::Field& field,
                                                    std::set<std::string>& known);

}  // namespace millrace::connectors
