#include <numeric>

#include "runtime/expr/expr.hpp"
#include "runtime/expr/kernels.hpp"
#include "runtime/expr/regex.hpp"

namespace millrace::expr {

Context::Context(const base::Clock& clock_in, data::TimeZone zone_in)
    : clock(&clock_in), zone(std::move(zone_in)), regexes(std::make_unique<RegexCache>()) {}
Context::~Context() = default;
Context::Context(Context&&) noexcept = default;
Context& Context::operator=(Context&&) noexcept = default;

LogicalType nullable_as(const LogicalType& type, std::span<const ExprPtr> args) {
  return type.with_nullable(std::any_of(args.begin(), args.end(),
                                        [](const ExprPtr& arg) { return arg->type.nullable(); }));
}

std::vector<std::uint8_t> any_null(std::span<const ColumnPtr> args, std::size_t rows) {
  std::vector<std::uint8_t> nulls;
  for (const ColumnPtr& arg : args) {
    if (!arg->has_nulls()) continue;
    const std::span<const std::uint8_t> own = arg->nulls();
    if (arg->is_constant()) {
      if (own[0] != 0) nulls.assign(rows, 1);
      continue;
    }
    if (nulls.empty()) {
      nulls.assign(own.begin(), own.begin() + static_cast<std::ptrdiff_t>(rows));
      continue;
    }
    for (std::size_t row = 0; row < rows; ++row) nulls[row] |= own[row];
  }
  return nulls;
}

void scatter(Column& out, std::vector<std::uint8_t>& nulls, const Column& part,
             std::span<const std::uint32_t> rows) {
  data::with_storage(out.type().storage(), [&]<class T>() {
    const std::span<T> to = out.cells<T>();
    const Cells<T> from(part);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      to[rows[i]] = from[i];
      nulls[rows[i]] = from.is_null(i) ? 1 : 0;
    }
  });
  out.keep_alive_with(part);
}

Result<ColumnPtr> evaluate_rows(const Expr& expr, const data::Batch& batch,
                                std::span<const std::uint32_t> rows, Context& context) {
  if (rows.size() == batch.rows) return evaluate(expr, batch, context);
  if (expr.kind != Expr::Kind::call && expr.kind != Expr::Kind::cast) {
    BOOST_OUTCOME_TRY(const ColumnPtr column, evaluate(expr, batch, context));
    return data::gather(column, rows);
  }
  data::Batch chosen;
  chosen.rows = rows.size();
  chosen.columns.resize(batch.columns.size());
  for (const std::size_t column : referenced_columns(expr)) {
    chosen.columns[column] = data::gather(batch.columns[column], rows);
  }
  return evaluate(expr, chosen, context);
}

namespace {

Result<ColumnPtr> evaluate_call(const Expr& expr, const data::Batch& batch, Context& context) {
  const bool cast = expr.kind == Expr::Kind::cast;
  if (!cast && expr.function->lazy != nullptr) return expr.function->lazy(expr, batch, context);
  std::vector<ColumnPtr> args;
  args.reserve(expr.args.size());
  bool constant = true;
  for (const ExprPtr& arg : expr.args) {
    BOOST_OUTCOME_TRY(ColumnPtr column, evaluate(*arg, batch, context));
    constant = constant && column->is_constant();
    args.push_back(std::move(column));
  }
  // One row computed answers for all of them: literals' calls, and the clock, which is read once a
  // batch.
  const std::size_t rows = constant ? 1 : batch.rows;
  auto column = cast ? cast_column(args[0], expr.type, expr.try_cast, rows, context)
                     : expr.kernel(expr, args, rows, context);
  BOOST_OUTCOME_TRY(Column result, std::move(column));
  if (constant) result.make_constant(batch.rows);
  return data::share(std::move(result));
}

}  // namespace

Result<ColumnPtr> evaluate(const Expr& expr, const data::Batch& batch, Context& context) {
  switch (expr.kind) {
    case Expr::Kind::literal:
      return data::share(Column::constant(expr.type, expr.literal, batch.rows));
    case Expr::Kind::column:
      return batch.columns[expr.column];
    case Expr::Kind::call:
    case Expr::Kind::cast:
      break;
  }
  // Nothing is computed, so nothing fails, for no rows.
  if (batch.rows == 0) return data::share(Column(expr.type));
  return evaluate_call(expr, batch, context);
}

Result<std::vector<std::uint32_t>> evaluate_filter(const Expr& condition, const data::Batch& batch,
                                                   Context& context) {
  BOOST_OUTCOME_TRY(const ColumnPtr column, evaluate(condition, batch, context));
  std::vector<std::uint32_t> rows;
  if (column->is_constant()) {
    if (batch.rows > 0 && !column->is_null(0) && column->at<std::uint8_t>(0) != 0) {
      rows.resize(batch.rows);
      std::iota(rows.begin(), rows.end(), 0U);
    }
    return rows;
  }
  const std::span<const std::uint8_t> values = column->cells<std::uint8_t>();
  const std::span<const std::uint8_t> nulls = column->nulls();
  // Written for every row, kept only where true: no branch to mispredict.
  rows.resize(batch.rows);
  std::size_t count = 0;
  for (std::size_t row = 0; row < batch.rows; ++row) {
    rows[count] = static_cast<std::uint32_t>(row);
    count += (values[row] != 0 && (nulls.empty() || nulls[row] == 0)) ? 1 : 0;
  }
  rows.resize(count);
  return rows;
}

Result<data::Value> evaluate_constant(const Expr& expr, Context& context) {
  if (!referenced_columns(expr).empty()) {
    return Error(ErrorCode::validation, "Expected a constant, found " + to_text(expr));
  }
  data::Batch one;
  one.rows = 1;
  BOOST_OUTCOME_TRY(const ColumnPtr column, evaluate(expr, one, context));
  return data::value_at(*column, 0);
}

}  // namespace millrace::expr
