// Small helpers of the operators that keep rows.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "runtime/data/batch.hpp"
#include "runtime/plan/plan.hpp"
#include "runtime/state/sort_key.hpp"

namespace millrace::operators {

inline std::vector<data::LogicalType> types_of(const std::vector<plan::Field>& fields) {
  std::vector<data::LogicalType> types;
  types.reserve(fields.size());
  for (const auto& field : fields) types.push_back(field.type);
  return types;
}

inline std::vector<data::LogicalType> types_of(const std::vector<plan::Field>& fields,
                                               std::span<const std::size_t> chosen) {
  std::vector<data::LogicalType> types;
  types.reserve(chosen.size());
  for (const std::size_t index : chosen) types.push_back(fields[index].type);
  return types;
}

inline std::string sort_key_of(std::span<const plan::OrderField> order, const data::Batch& batch,
                               std::size_t row) {
  std::string key;
  for (const auto& field : order) {
    state::append_sort_key(key, *batch.columns[field.column], row, field.descending,
                           field.nulls_first);
  }
  return key;
}

// The error of an aggregate that cannot go on with the rows it was given.
inline Status check_fault(const aggregates::Accumulators& state) {
  if (state.fault().empty()) return base::success();
  return base::Error(base::ErrorCode::validation, std::string(state.fault()));
}

// FILTER (WHERE ...): whether the row counts for this call.
inline bool passes(const plan::AggregateCall& call, const data::Batch& batch, std::size_t row) {
  if (!call.filter) return true;
  const data::Column& filter = *batch.columns[*call.filter];
  return !filter.is_null(row) && filter.at<std::uint8_t>(row) != 0;
}

}  // namespace millrace::operators
