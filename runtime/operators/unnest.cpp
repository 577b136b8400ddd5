#include "runtime/operators/unnest.hpp"

#include <algorithm>
#include <numeric>

#include "runtime/data/nested.hpp"

namespace millrace::operators {

UnnestOperator::UnnestOperator(const plan::Unnest& unnest, const plan::Node& node,
                               expr::Context& context)
    : plan_(unnest), node_(node), context_(context) {}

UnnestOperator::Elements UnnestOperator::elements(const data::Column& values,
                                                  std::size_t rows) const {
  const data::LogicalType& type = plan_.value->type;
  const bool map = type.is(data::TypeKind::map);
  const bool multiset = type.is(data::TypeKind::multiset);
  const bool of_rows = !map && type.fields()[0].type.is(data::TypeKind::row);
  Elements out;
  for (std::size_t i = node_.input->fields.size(); i < node_.fields.size(); ++i) {
    out.columns.emplace_back(node_.fields[i].type);
  }
  for (std::uint32_t row = 0; row < rows; ++row) {
    if (values.is_null(row)) continue;
    const data::NestedView view(values.at<std::string_view>(row));
    std::int64_t number = 0;
    const std::size_t step = map || multiset ? 2 : 1;
    for (std::size_t i = 0; i + step <= view.size(); i += step) {
      // A NULL among rows is no row, as in Flink.
      if (of_rows && view.is_null(i)) continue;
      std::int64_t times = 1;
      if (multiset) std::memcpy(&times, view.bytes(i + 1).data(), sizeof(times));
      for (std::int64_t copy = 0; copy < times; ++copy) {
        if (of_rows) {
          const data::NestedView fields(view.bytes(i));
          for (std::size_t field = 0; field < fields.size(); ++field) {
            data::append_nested(out.columns[field], fields, field);
          }
        } else {
          data::append_nested(out.columns[0], view, i);
          if (map) data::append_nested(out.columns[1], view, i + 1);
        }
        if (plan_.ordinality) out.columns.back().append<std::int64_t>(++number);
        out.owners.push_back(row);
      }
    }
  }
  return out;
}

Status UnnestOperator::process(Chunk chunk, Output& out) {
  if (chunk.batch.rows == 0) return out.push(std::move(chunk));
  const std::size_t rows = chunk.batch.rows;
  BOOST_OUTCOME_TRY(const auto values, expr::evaluate(*plan_.value, chunk.batch, context_));
  Elements all = elements(*values, rows);
  const auto count = static_cast<std::uint32_t>(all.owners.size());
  data::Batch parts;
  parts.rows = count;
  for (data::Column& column : all.columns) {
    column.keep_alive_with(*values);
    // One NULL more, for rows that stay without an element.
    if (plan_.outer) column.append_null();
    parts.columns.push_back(data::share(std::move(column)));
  }
  std::vector<std::uint32_t> kept(count);
  std::iota(kept.begin(), kept.end(), 0U);
  if (plan_.condition && count > 0) {
    data::Batch tried = data::slice(parts, 0, count);
    BOOST_OUTCOME_TRY(kept, expr::evaluate_filter(*plan_.condition, tried, context_));
  }
  std::vector<std::uint32_t> sources;  // the row of each result, and ...
  std::vector<std::uint32_t> chosen;   // ... its element
  std::vector<std::uint32_t> ends;     // behind the results of each row
  std::size_t next = 0;
  for (std::uint32_t row = 0; row < rows; ++row) {
    const std::size_t before = chosen.size();
    for (; next < kept.size() && all.owners[kept[next]] == row; ++next) {
      sources.push_back(row);
      chosen.push_back(kept[next]);
    }
    if (plan_.outer && chosen.size() == before) {
      sources.push_back(row);
      chosen.push_back(count);
    }
    ends.push_back(static_cast<std::uint32_t>(chosen.size()));
  }
  for (Mark& mark : chunk.marks) mark.rows = mark.rows == 0 ? 0 : ends[mark.rows - 1];
  Chunk result;
  result.marks = std::move(chunk.marks);
  if (!chosen.empty()) {
    result.batch = data::select(chunk.batch, sources);
    for (const auto& column : parts.columns) {
      result.batch.columns.push_back(data::gather(column, chosen));
    }
  }
  return out.push(std::move(result));
}

}  // namespace millrace::operators
