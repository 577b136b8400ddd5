// The aggregates' make functions, one file each, and what they share.
#pragma once

#include "runtime/aggregates/aggregate.hpp"

namespace millrace::aggregates {

using base::Result;
using data::Cells;
using data::Column;
using data::ColumnPtr;
using data::LogicalType;
using data::TypeKind;

// Arguments of a type that does not fit; bind_aggregate() turns it into "Cannot apply ...".
inline base::Error no_match() {
  return {base::ErrorCode::validation, ""};
}

std::unique_ptr<Accumulators> make_count(const BoundAggregate& call);
std::unique_ptr<Accumulators> make_sum(const BoundAggregate& call);
std::unique_ptr<Accumulators> make_average(const BoundAggregate& call);
std::unique_ptr<Accumulators> make_min(const BoundAggregate& call);
std::unique_ptr<Accumulators> make_max(const BoundAggregate& call);
std::unique_ptr<Accumulators> make_first_value(const BoundAggregate& call);
std::unique_ptr<Accumulators> make_last_value(const BoundAggregate& call);
std::unique_ptr<Accumulators> make_list(const BoundAggregate& call);
std::unique_ptr<Accumulators> make_collect(const BoundAggregate& call);
std::unique_ptr<Accumulators> make_array_agg(const BoundAggregate& call);
// ..._NULL_ON_NULL and ..._ABSENT_ON_NULL, by the function's name.
std::unique_ptr<Accumulators> make_json_objectagg(const BoundAggregate& call);
std::unique_ptr<Accumulators> make_json_arrayagg(const BoundAggregate& call);
std::unique_ptr<Accumulators> make_single_value(const BoundAggregate& call);
std::unique_ptr<Accumulators> make_percentile(const BoundAggregate& call);
// STDDEV_POP, STDDEV_SAMP, VAR_POP, VAR_SAMP, by the function's name.
std::unique_ptr<Accumulators> make_variance(const BoundAggregate& call);
// LAG; RANK and DENSE_RANK.
std::unique_ptr<Accumulators> make_lag(const BoundAggregate& call);
std::unique_ptr<Accumulators> make_rank(const BoundAggregate& call);
// Any aggregate over each group's distinct values, by feeding `inner` the values not seen before.
std::unique_ptr<Accumulators> make_distinct(const BoundAggregate& call,
                                            std::unique_ptr<Accumulators> inner);

// Calls body(group, row) for each row that add() is given and whose `cells` are not NULL.
template <class T, class Body>
void each_value(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
                const Cells<T>& cells, Body&& body) {
  if (rows.empty()) {
    for (std::size_t i = 0; i < groups.size(); ++i) {
      if (!cells.is_null(i)) body(groups[i], i);
    }
    return;
  }
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (!cells.is_null(rows[i])) body(groups[i], std::size_t{rows[i]});
  }
}

// The same classes for inputs that take rows back, which keep every value.
std::unique_ptr<Accumulators> make_min_of_all(const BoundAggregate& call);
std::unique_ptr<Accumulators> make_max_of_all(const BoundAggregate& call);
std::unique_ptr<Accumulators> make_first_of_all(const BoundAggregate& call);
std::unique_ptr<Accumulators> make_last_of_all(const BoundAggregate& call);

// Appends a cell of type T, text copied.
template <class T>
void append_cell(Column& out, const T& cell, data::Arena& arena) {
  if constexpr (std::is_same_v<T, std::string_view>) {
    out.append(arena.copy(cell));
  } else {
    out.append(cell);
  }
}

// The mask of NULL results: 1 where `filled` is 0; empty when all are filled.
std::vector<std::uint8_t> nulls_where_empty(std::span<const std::uint8_t> filled);

}  // namespace millrace::aggregates
