// ARRAY_AGG: the values in the order of their arrival, NULL among them unless told otherwise.
#include <algorithm>
#include <map>
#include <optional>

#include "runtime/aggregates/per_group.hpp"
#include "runtime/data/nested.hpp"

namespace millrace::aggregates {

namespace {

using Cell = std::optional<std::string>;

struct Cells {
  std::vector<Cell> cells;
  std::vector<Cell> owed;             // taken back before they came
  std::map<Cell, std::int64_t> seen;  // only for DISTINCT

  void add(const Cell& cell, bool distinct) {
    if (distinct && seen[cell]++ > 0) return;
    const auto debt = std::find(owed.begin(), owed.end(), cell);
    if (debt != owed.end()) {
      owed.erase(debt);
    } else {
      cells.push_back(cell);
    }
  }
  void take(const Cell& cell, bool distinct) {
    if (distinct) {
      const auto count = seen.find(cell);
      if (count == seen.end() || --count->second > 0) return;
      seen.erase(count);
    }
    const auto at = std::find(cells.begin(), cells.end(), cell);
    if (at != cells.end()) {
      cells.erase(at);
    } else {
      owed.push_back(cell);
    }
  }
  void add(const Cells& other) {
    const bool distinct = !other.seen.empty();
    for (const Cell& cell : other.cells) add(cell, distinct);
  }
  [[nodiscard]] std::size_t bytes() const {
    std::size_t total = 0;
    for (const Cell& cell : cells) total += sizeof(Cell) + (cell ? cell->size() : 0);
    return total;
  }
};

class ArrayAgg final : public PerGroup<Cells> {
 public:
  explicit ArrayAgg(const BoundAggregate& call)
      : PerGroup(call), distinct_(call.distinct), ignore_nulls_(call.ignore_nulls) {}

  void add(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
           std::span<const ColumnPtr> args, std::uint64_t) override {
    each_row(groups, rows, [&](Cells& cells, std::size_t row) {
      const Cell cell = cell_of(*args[0], row);
      if (cell || !ignore_nulls_) cells.add(cell, distinct_);
    });
  }
  void retract(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
               std::span<const ColumnPtr> args) override {
    each_row(groups, rows, [&](Cells& cells, std::size_t row) {
      const Cell cell = cell_of(*args[0], row);
      if (cell || !ignore_nulls_) cells.take(cell, distinct_);
    });
  }

  void append_result(std::uint32_t group, Column& out, data::Arena& arena) const override {
    if (state(group).cells.empty()) {
      out.append_null();
      return;
    }
    data::NestedBuilder builder;
    for (const Cell& cell : state(group).cells) {
      if (cell) {
        builder.add_bytes(*cell);
      } else {
        builder.add_null();
      }
    }
    out.append(builder.take(arena));
  }

 private:
  static Cell cell_of(const Column& values, std::size_t row) {
    if (values.is_null(row)) return std::nullopt;
    Cell cell = std::string();
    data::append_cell_bytes(*cell, values, row);
    return cell;
  }

  bool distinct_;
  bool ignore_nulls_;
};

}  // namespace

std::unique_ptr<Accumulators> make_array_agg(const BoundAggregate& call) {
  return std::make_unique<ArrayAgg>(call);
}

}  // namespace millrace::aggregates
