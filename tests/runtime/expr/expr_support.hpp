// What the tests of expressions share: a call is computed on literals, and on columns of three rows
// whose middle row is NULL; both must agree.
#pragma once

#include <doctest/doctest.h>

#include "runtime/data/text.hpp"
#include "runtime/expr/expr.hpp"

namespace millrace::expr {

inline base::ManualClock& test_clock() {
  static base::ManualClock clock(1704067204250);  // 2024-01-01T00:00:04.250Z
  return clock;
}

inline ExprPtr number(std::string_view text) {
  if (text.starts_with('-')) return make_call("-", {make_number(text.substr(1)).value()}).value();
  return make_number(text).value();
}
inline ExprPtr str(std::string_view text) {
  return make_string(text);
}
inline ExprPtr dec(std::string_view text, int precision, int scale) {
  return make_cast(number(text), data::LogicalType::decimal(precision, scale)).value();
}
inline ExprPtr dbl(double value) {
  return make_literal(value, data::LogicalType::float64());
}
inline ExprPtr big(std::int64_t value) {
  return make_literal(value, data::LogicalType::bigint());
}
inline ExprPtr ts(std::string_view text, int precision = 3) {
  return make_cast(str(text), data::LogicalType::timestamp(precision)).value();
}

inline std::string cell_text(const data::Column& column, std::size_t row) {
  if (column.is_null(row)) return "NULL";
  std::string out;
  data::append_sql_text(out, column, row, data::TimeZone{});
  return out;
}

// The result's text, "NULL", or "error: ..." when building or evaluating fails.
inline std::string run(const base::Result<ExprPtr>& expr, const data::Batch& batch) {
  if (!expr) return "error: " + expr.error().message();
  Context context(test_clock());
  const auto column = evaluate(*expr.value(), batch, context);
  if (!column) return "error: " + column.error().message();
  REQUIRE(column.value()->size() == batch.rows);
  REQUIRE(column.value()->type().storage() == expr.value()->type.storage());
  return cell_text(*column.value(), batch.rows - 1);
}

inline std::string on_literals(std::string_view name, const std::vector<ExprPtr>& args) {
  data::Batch one;
  one.rows = 1;
  return run(make_call(name, args), one);
}

// The arguments as columns: (value, NULL, value). `literal`: a bit for each argument that stays a
// literal.
inline std::string on_columns(std::string_view name, const std::vector<ExprPtr>& args,
                              unsigned literal = 0) {
  data::Batch batch;
  batch.rows = 3;
  std::vector<ExprPtr> columns;
  const auto arena = std::make_shared<data::Arena>();
  for (std::size_t i = 0; i < args.size(); ++i) {
    if (((literal >> i) & 1U) != 0 || args[i]->type.is(data::TypeKind::null)) {
      columns.push_back(args[i]);
      continue;
    }
    data::Column column(args[i]->type.with_nullable(true));
    column.append_value(args[i]->literal, arena);
    column.append_null();
    column.append_value(args[i]->literal, arena);
    columns.push_back(make_column(batch.columns.size(), "c", column.type()));
    batch.columns.push_back(data::share(std::move(column)));
  }
  return run(make_call(name, columns), batch);
}

// Type and text of a call on literals, and the same text on columns.
inline std::string compute(std::string_view name, const std::vector<ExprPtr>& args,
                           unsigned literal = 0) {
  const std::string folded = on_literals(name, args);
  CHECK(on_columns(name, args, literal) == folded);
  return folded;
}

inline std::string type_of(std::string_view name, const std::vector<ExprPtr>& args) {
  const auto expr = make_call(name, args);
  return expr ? expr.value()->type.text() : "error: " + expr.error().message();
}

}  // namespace millrace::expr
