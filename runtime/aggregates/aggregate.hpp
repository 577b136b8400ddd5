// Aggregate functions: one row in the table and one file each.
//
//   BOOST_OUTCOME_TRY(auto call, bind_aggregate("MAX", {LogicalType::float64()}, false));
//   auto slice = call.make();
//   index.find_or_add(keys, batch.rows, groups);
//   slice->resize(index.size());
//   slice->add(groups, {}, args, arrival);
//   ...
//   auto window = call.make();                 // slices of a hopping window, oldest first
//   window->resize(n); window->merge(into, *slice, from);
//   ColumnPtr result = window->finish();
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"
#include "runtime/data/column.hpp"

namespace millrace::aggregates {

// The states of one aggregate call for many groups, side by side by group number (data::KeyIndex
// gives them). One thread at a time.
class Accumulators {
 public:
  virtual ~Accumulators() = default;

  // Groups [0, groups) exist; new ones are empty, none is removed.
  virtual void resize(std::size_t groups) = 0;
  [[nodiscard]] virtual std::size_t size() const = 0;

  // Adds the rows rows[i] (all rows of the columns, in order, when `rows` is empty) to the groups
  // groups[i].
  //   args: the call's argument columns, of the types it was bound for; none for COUNT(*)
  //   first_arrival: the running number of the batch's row 0 in the job; row r has first_arrival +
  //   r.
  //                  FIRST_VALUE and LAST_VALUE keep it, so that merging slices goes by arrival.
  // FILTER (WHERE ...) is done by leaving rows out.
  virtual void add(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
                   std::span<const data::ColumnPtr> args, std::uint64_t first_arrival) = 0;

  // Takes back rows added before, as an updating input asks for; only for calls bound with
  // `retract`. Arguments as for add().
  virtual void retract(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
                       std::span<const data::ColumnPtr> args) = 0;

  // Adds group from[i] of `other` to group into[i]. `other` comes from the same BoundAggregate and
  // is another object.
  virtual void merge(std::span<const std::uint32_t> into, const Accumulators& other,
                     std::span<const std::uint32_t> from) = 0;

  // Every group's result so far, row = group. An empty group gives 0 for COUNT and NULL for the
  // rest.
  [[nodiscard]] virtual data::ColumnPtr finish() const = 0;

  // Appends one group's result to `out`; text goes to `arena`, which the caller keeps alive.
  virtual void append_result(std::uint32_t group, data::Column& out, data::Arena& arena) const = 0;

  // What in the rows given so far ends the job; empty: nothing.
  [[nodiscard]] virtual std::string_view fault() const { return {}; }

  // Empties one group; its number may then stand for another key.
  virtual void clear_group(std::uint32_t group) = 0;

  // Empties all groups and keeps the memory.
  virtual void clear() = 0;

  // About how many bytes the states take.
  [[nodiscard]] virtual std::size_t bytes() const = 0;
};

struct AggregateFunction;

// An aggregate bound to argument types.
struct BoundAggregate {
  const AggregateFunction* function = nullptr;
  std::vector<data::LogicalType> args;  // the types the argument columns must have (same_as)
  bool distinct = false;
  data::LogicalType result;
  // Rows may be taken back. Keeps more than it would otherwise: MIN and MAX every value.
  bool retract = false;
  bool ignore_nulls = false;  // ARRAY_AGG(x IGNORE NULLS)

  [[nodiscard]] std::unique_ptr<Accumulators> make() const;
};

struct AggregateFunction {
  std::string_view name;  // upper case
  int min_args = 1;
  int max_args = 1;
  // Result type for these arguments; an error with an empty message: they do not fit.
  base::Result<data::LogicalType> (*infer)(std::span<const data::LogicalType> args) = nullptr;
  std::unique_ptr<Accumulators> (*make)(const BoundAggregate& call) = nullptr;
  std::string_view forms;  // "SUM(<NUMERIC>)"
};

// COUNT with no argument is COUNT(*). `name` in any case. DISTINCT is served for all (MIN, MAX: no
// effect). The result's `args` may be other types than the given ones: whoever calls converts
// (PERCENTILE works in DOUBLE, JSON_ARRAYAGG on texts). Errors as expr::make_call's: "No match
// found for function signature ...", "Cannot apply 'SUM' to ...".
base::Result<BoundAggregate> bind_aggregate(std::string_view name,
                                            std::vector<data::LogicalType> args, bool distinct);
// What only stands before OVER and is fed like an aggregate, rows in the order of the window: LAG
// (x, how many rows back, what else), RANK and DENSE_RANK (of what the window is ordered by).
// Errors as above.
base::Result<BoundAggregate> bind_over_function(std::string_view name,
                                                std::vector<data::LogicalType> args);
// Whether a call by this name is an aggregate; any case.
bool is_aggregate(std::string_view name);
std::span<const AggregateFunction> all_aggregates();

}  // namespace millrace::aggregates
