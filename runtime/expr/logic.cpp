// Three-valued logic and the forms that choose: AND, OR, NOT, IS ..., CASE, COALESCE; IN, BETWEEN,
// IF, NULLIF in terms of them.
#include <array>
#include <numeric>

#include "runtime/expr/kernels.hpp"

namespace millrace::expr {

namespace {

// The right side is evaluated where the left does not decide, if it could fail elsewhere: x <> 0
// AND 1 / x > 0.
template <bool is_and>
Result<ColumnPtr> and_or(const Expr& call, const data::Batch& batch, Context& context) {
  constexpr std::uint8_t deciding = is_and ? 0 : 1;
  BOOST_OUTCOME_TRY(ColumnPtr left, evaluate(*call.args[0], batch, context));
  left = data::flatten(left);
  const std::size_t rows = batch.rows;
  const Cells<std::uint8_t> a(*left);
  Column out = Column::of_size(call.type, rows);
  const std::span<std::uint8_t> to = out.cells<std::uint8_t>();
  std::vector<std::uint8_t> nulls(rows, 0);
  bool any = false;
  const auto combine = [&](std::size_t row, bool b_null, std::uint8_t b) {
    const bool a_null = a.is_null(row);
    if ((!a_null && a[row] == deciding) || (!b_null && b == deciding)) {
      to[row] = deciding;
    } else if (a_null || b_null) {
      nulls[row] = 1;
      any = true;
    } else {
      to[row] = 1 - deciding;
    }
  };
  if (!call.args[1]->can_fail) {
    BOOST_OUTCOME_TRY(const ColumnPtr right, evaluate(*call.args[1], batch, context));
    const Cells<std::uint8_t> b(*right);
    for (std::size_t row = 0; row < rows; ++row) combine(row, b.is_null(row), b[row]);
  } else {
    std::vector<std::uint32_t> open;
    for (std::size_t row = 0; row < rows; ++row) {
      if (!a.is_null(row) && a[row] == deciding) {
        to[row] = deciding;
      } else {
        open.push_back(static_cast<std::uint32_t>(row));
      }
    }
    if (!open.empty()) {
      BOOST_OUTCOME_TRY(const ColumnPtr right, evaluate_rows(*call.args[1], batch, open, context));
      const Cells<std::uint8_t> b(*right);
      for (std::size_t i = 0; i < open.size(); ++i) combine(open[i], b.is_null(i), b[i]);
    }
  }
  if (any) out.set_nulls(std::move(nulls));
  return data::share(std::move(out));
}

Result<Signature> infer_booleans(std::span<const ExprPtr> args) {
  Signature signature{{}, nullable_as(LogicalType::boolean(), args)};
  for (const ExprPtr& arg : args) {
    if (!arg->type.is(TypeKind::boolean) && !arg->type.is(TypeKind::null)) return no_match();
    signature.args.push_back(LogicalType::boolean());
  }
  return signature;
}

Result<Column> logical_not(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                           Context&) {
  return map_rows<std::uint8_t>(call.type, args, rows, [](std::uint8_t a) {
    return static_cast<std::uint8_t>(a == 0 ? 1 : 0);
  });
}

template <bool negated>
Result<Column> is_null(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                       Context&) {
  Column out = Column::of_size(call.type, rows);
  const std::span<std::uint8_t> to = out.cells<std::uint8_t>();
  for (std::size_t row = 0; row < rows; ++row) to[row] = args[0]->is_null(row) != negated ? 1 : 0;
  return out;
}

Result<Signature> infer_is_null(std::span<const ExprPtr> args) {
  return Signature{{args[0]->type}, LogicalType::boolean().not_null()};
}

// IS [NOT] TRUE, IS [NOT] FALSE: never NULL.
template <std::uint8_t wanted, bool negated>
Result<Column> is_value(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                        Context&) {
  Column out = Column::of_size(call.type, rows);
  const std::span<std::uint8_t> to = out.cells<std::uint8_t>();
  const Cells<std::uint8_t> a(*args[0]);
  for (std::size_t row = 0; row < rows; ++row) {
    to[row] = (!a.is_null(row) && a[row] == wanted) != negated ? 1 : 0;
  }
  return out;
}

Result<Signature> infer_is_value(std::span<const ExprPtr> args) {
  BOOST_OUTCOME_TRY(Signature signature, infer_booleans(args));
  signature.result = LogicalType::boolean().not_null();
  return signature;
}

// --- CASE and COALESCE
// ---------------------------------------------------------------------------------------

// CASE(when, then, ..., else)
Result<ColumnPtr> evaluate_case(const Expr& call, const data::Batch& batch, Context& context) {
  const std::size_t rows = batch.rows;
  Column out = Column::of_size(call.type, rows);
  std::vector<std::uint8_t> nulls(rows, 0);
  std::vector<std::uint32_t> open(rows);
  std::iota(open.begin(), open.end(), 0U);
  std::vector<std::uint32_t> taken;
  std::vector<std::uint32_t> rest;
  for (std::size_t branch = 0; branch + 1 < call.args.size() && !open.empty(); branch += 2) {
    BOOST_OUTCOME_TRY(const ColumnPtr when,
                      evaluate_rows(*call.args[branch], batch, open, context));
    const Cells<std::uint8_t> cells(*when);
    taken.clear();
    rest.clear();
    for (std::size_t i = 0; i < open.size(); ++i) {
      (!cells.is_null(i) && cells[i] != 0 ? taken : rest).push_back(open[i]);
    }
    if (!taken.empty()) {
      BOOST_OUTCOME_TRY(const ColumnPtr then,
                        evaluate_rows(*call.args[branch + 1], batch, taken, context));
      scatter(out, nulls, *then, taken);
    }
    std::swap(open, rest);
  }
  if (!open.empty()) {
    BOOST_OUTCOME_TRY(const ColumnPtr otherwise,
                      evaluate_rows(*call.args.back(), batch, open, context));
    scatter(out, nulls, *otherwise, open);
  }
  out.set_nulls(std::move(nulls));
  return data::share(std::move(out));
}

Result<Signature> infer_case(std::span<const ExprPtr> args) {
  if (args.size() % 2 == 0) return no_match();
  Signature signature;
  LogicalType common = args.back()->type;
  for (std::size_t i = 0; i + 1 < args.size(); i += 2) {
    if (!args[i]->type.is(TypeKind::boolean) && !args[i]->type.is(TypeKind::null))
      return no_match();
    if (!data::common_type(common, args[i + 1]->type, common)) {
      return Error(ErrorCode::validation, "Illegal mixing of types in CASE or COALESCE statement");
    }
  }
  for (std::size_t i = 0; i + 1 < args.size(); i += 2) {
    signature.args.push_back(LogicalType::boolean());
    signature.args.push_back(common);
  }
  signature.args.push_back(common);
  signature.result = common;
  return signature;
}

Result<ColumnPtr> evaluate_coalesce(const Expr& call, const data::Batch& batch, Context& context) {
  BOOST_OUTCOME_TRY(const ColumnPtr first, evaluate(*call.args[0], batch, context));
  if (!first->has_nulls()) return first;
  const std::size_t rows = batch.rows;
  Column out = *data::flatten(first);
  out.set_type(call.type);
  std::vector<std::uint8_t> nulls(out.nulls().begin(), out.nulls().end());
  std::vector<std::uint32_t> open;
  for (std::size_t i = 1; i < call.args.size(); ++i) {
    open.clear();
    for (std::size_t row = 0; row < rows; ++row) {
      if (nulls[row] != 0) open.push_back(static_cast<std::uint32_t>(row));
    }
    if (open.empty()) break;
    BOOST_OUTCOME_TRY(const ColumnPtr next, evaluate_rows(*call.args[i], batch, open, context));
    scatter(out, nulls, *next, open);
  }
  if (std::find(nulls.begin(), nulls.end(), 1) == nulls.end()) nulls.clear();
  out.set_nulls(std::move(nulls));
  return data::share(std::move(out));
}

Result<Signature> infer_coalesce(std::span<const ExprPtr> args) {
  LogicalType common = args[0]->type;
  bool nullable = args[0]->type.nullable();
  for (const ExprPtr& arg : args) {
    if (!data::common_type(common, arg->type, common)) {
      return Error(ErrorCode::validation, "Illegal mixing of types in CASE or COALESCE statement");
    }
    nullable = nullable && arg->type.nullable();
  }
  return Signature{std::vector<LogicalType>(args.size(), common.with_nullable(true)),
                   common.with_nullable(nullable)};
}

constexpr Function unary(std::string_view name, Infer infer, Kernel kernel,
                         std::string_view forms) {
  return {
      .name = name, .min_args = 1, .max_args = 1, .infer = infer, .kernel = kernel, .forms = forms};
}

constexpr std::array functions = {
    Function{.name = "AND",
             .min_args = 2,
             .max_args = 2,
             .infer = infer_booleans,
             .lazy = and_or<true>,
             .forms = "<BOOLEAN> AND <BOOLEAN>"},
    Function{.name = "OR",
             .min_args = 2,
             .max_args = 2,
             .infer = infer_booleans,
             .lazy = and_or<false>,
             .forms = "<BOOLEAN> OR <BOOLEAN>"},
    unary("NOT", infer_booleans, logical_not, "NOT<BOOLEAN>"),
    unary("IS NULL", infer_is_null, is_null<false>, "<ANY> IS NULL"),
    unary("IS NOT NULL", infer_is_null, is_null<true>, "<ANY> IS NOT NULL"),
    unary("IS UNKNOWN", infer_is_value, is_null<false>, "<BOOLEAN> IS UNKNOWN"),
    unary("IS NOT UNKNOWN", infer_is_value, is_null<true>, "<BOOLEAN> IS NOT UNKNOWN"),
    unary("IS TRUE", infer_is_value, is_value<1, false>, "<BOOLEAN> IS TRUE"),
    unary("IS NOT TRUE", infer_is_value, is_value<1, true>, "<BOOLEAN> IS NOT TRUE"),
    unary("IS FALSE", infer_is_value, is_value<0, false>, "<BOOLEAN> IS FALSE"),
    unary("IS NOT FALSE", infer_is_value, is_value<0, true>, "<BOOLEAN> IS NOT FALSE"),
    Function{.name = "CASE",
             .min_args = 1,
             .max_args = -1,
             .infer = infer_case,
             .lazy = evaluate_case,
             .forms = "CASE WHEN <BOOLEAN> THEN <ANY> ELSE <ANY> END"},
    Function{.name = "COALESCE",
             .min_args = 1,
             .max_args = -1,
             .infer = infer_coalesce,
             .lazy = evaluate_coalesce,
             .forms = "COALESCE(<COMMON>, ...)"},
};

Error count_error(std::string_view name, int wanted) {
  return {ErrorCode::validation, "Invalid number of arguments to function '" + std::string(name) +
                                     "'. Was expecting " + std::to_string(wanted) + " arguments"};
}

Result<ExprPtr> any_of_list(const std::vector<ExprPtr>& args) {
  if (args.size() < 2) return count_error("IN", 2);
  ExprPtr all;
  for (std::size_t i = 1; i < args.size(); ++i) {
    BOOST_OUTCOME_TRY(ExprPtr one, make_call("=", {args[0], args[i]}));
    if (!all) {
      all = std::move(one);
    } else {
      BOOST_OUTCOME_TRY(all, make_call("OR", {all, one}));
    }
  }
  return all;
}

Result<ExprPtr> between(const std::vector<ExprPtr>& args) {
  if (args.size() != 3) return count_error("BETWEEN", 3);
  BOOST_OUTCOME_TRY(ExprPtr low, make_call(">=", {args[0], args[1]}));
  BOOST_OUTCOME_TRY(ExprPtr high, make_call("<=", {args[0], args[2]}));
  return make_call("AND", {low, high});
}

// OVERLAPS (from, to or length, from, to or length): the periods share a point.
Result<ExprPtr> overlaps(const std::vector<ExprPtr>& args) {
  if (args.size() != 4) return count_error("OVERLAPS", 4);
  std::array<ExprPtr, 4> ends;  // first and last of both
  for (std::size_t i = 0; i < 4; i += 2) {
    const ExprPtr& from = args[i];
    ExprPtr to = args[i + 1];
    if (to->type.is_interval()) {
      BOOST_OUTCOME_TRY(to, make_call("+", {from, to}));
    }
    BOOST_OUTCOME_TRY(const ExprPtr straight, make_call("<=", {from, to}));
    BOOST_OUTCOME_TRY(ends[i], make_call("CASE", {straight, from, to}));
    BOOST_OUTCOME_TRY(ends[i + 1], make_call("CASE", {straight, to, from}));
  }
  BOOST_OUTCOME_TRY(const ExprPtr left, make_call(">=", {ends[3], ends[0]}));
  BOOST_OUTCOME_TRY(const ExprPtr right, make_call(">=", {ends[1], ends[2]}));
  return make_call("AND", {left, right});
}

Result<ExprPtr> negated(Result<ExprPtr> inner) {
  BOOST_OUTCOME_TRY(ExprPtr expr, std::move(inner));
  return make_call("NOT", {expr});
}

}  // namespace

std::span<const Function> logic_functions() {
  return functions;
}

std::optional<Result<ExprPtr>> rewrite_call(std::string_view name,
                                            const std::vector<ExprPtr>& args) {
  if (name == "IN") return any_of_list(args);
  if (name == "NOT IN") return negated(any_of_list(args));
  if (name == "BETWEEN") return between(args);
  if (name == "NOT BETWEEN") return negated(between(args));
  if (name == "BETWEEN SYMMETRIC") {
    if (args.size() != 3) return Result<ExprPtr>(count_error("BETWEEN", 3));
    auto straight = between(args);
    if (!straight) return straight;
    auto turned = between({args[0], args[2], args[1]});
    if (!turned) return turned;
    return make_call("OR", {straight.value(), turned.value()});
  }
  if (name == "OVERLAPS") return overlaps(args);
  if (name == "NOT LIKE") return negated(make_call("LIKE", args));
  if (name == "IF") {
    if (args.size() != 3) return Result<ExprPtr>(count_error(name, 3));
    return make_call("CASE", args);
  }
  if (name == "IFNULL") {
    if (args.size() != 2) return Result<ExprPtr>(count_error(name, 2));
    return make_call("COALESCE", args);
  }
  if (name == "NULLIF") {
    if (args.size() != 2) return Result<ExprPtr>(count_error(name, 2));
    auto same = make_call("=", args);
    if (!same) return same;
    return make_call("CASE", {same.value(), make_null(), args[0]});
  }
  if (name == "MOD" && args.size() == 2) return make_call("%", args);
  if (name == "-" && args.size() == 1) {
    return make_call("NEGATE", args);
  }
  if (name == "+" && args.size() == 1) {
    if (!args[0]->type.is_numeric()) return make_call("NEGATE", args);
    return Result<ExprPtr>(args[0]);
  }
  return std::nullopt;
}

}  // namespace millrace::expr
