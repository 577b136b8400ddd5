// Loops that kernels share: row by row over typed cells, with NULL in giving NULL out.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "runtime/expr/function.hpp"

namespace millrace::expr {

using base::Error;
using base::ErrorCode;
using base::Result;
using data::Cells;
using data::Column;
using data::ColumnPtr;
using data::LogicalType;
using data::TypeKind;

// Types that do not fit; make_call() turns it into "Cannot apply ...".
inline Error no_match() {
  return {ErrorCode::validation, ""};
}

inline Error runtime_error(std::string message) {
  return {ErrorCode::invalid_argument, std::move(message)};
}

// `type`, nullable when one of the arguments is.
LogicalType nullable_as(const LogicalType& type, std::span<const ExprPtr> args);

// One byte a row, 1 where any argument is NULL; empty when none is.
std::vector<std::uint8_t> any_null(std::span<const ColumnPtr> args, std::size_t rows);

namespace detail {

template <class T>
struct Unwrap {
  using type = T;
  static constexpr bool optional = false;
};
template <class T>
struct Unwrap<std::optional<T>> {
  using type = T;
  static constexpr bool optional = true;
};

template <class... In, class Fn, std::size_t... I>
Column map_rows(const LogicalType& type, std::span<const ColumnPtr> args, std::size_t rows, Fn& fn,
                std::index_sequence<I...>) {
  using Returned = decltype(fn(std::declval<const In&>()...));
  using Out = typename Unwrap<Returned>::type;
  Column out = Column::of_size(type, rows);
  const std::span<Out> to = out.cells<Out>();
  const std::tuple<Cells<In>...> cells{Cells<In>(*args[I])...};
  std::vector<std::uint8_t> nulls = any_null(args, rows);
  if constexpr (Unwrap<Returned>::optional) {
    bool found = !nulls.empty();
    if (nulls.empty()) nulls.assign(rows, 0);
    for (std::size_t row = 0; row < rows; ++row) {
      if (nulls[row] != 0) continue;
      if (Returned cell = fn(std::get<I>(cells)[row]...)) {
        to[row] = *cell;
      } else {
        nulls[row] = 1;
        found = true;
      }
    }
    if (!found) nulls.clear();
  } else if (nulls.empty()) {
    for (std::size_t row = 0; row < rows; ++row) to[row] = fn(std::get<I>(cells)[row]...);
  } else {
    for (std::size_t row = 0; row < rows; ++row) {
      if (nulls[row] == 0) to[row] = fn(std::get<I>(cells)[row]...);
    }
  }
  out.set_nulls(std::move(nulls));
  return out;
}

}  // namespace detail

// Calls fn(cells...) for each row without a NULL argument; In are the storage types of the
// arguments. fn returns the cell, or an optional of it when it may be NULL.
template <class... In, class Fn>
Column map_rows(const LogicalType& type, std::span<const ColumnPtr> args, std::size_t rows,
                Fn&& fn) {
  return detail::map_rows<In...>(type, args, rows, fn, std::index_sequence_for<In...>{});
}

// The same for results that are text: fn gets an arena for new bytes, and may answer views into its
// arguments.
template <class... In, class Fn>
Column map_text(const LogicalType& type, std::span<const ColumnPtr> args, std::size_t rows,
                Fn&& fn) {
  auto arena = std::make_shared<data::Arena>();
  auto with_arena = [&](const In&... cells) { return fn(*arena, cells...); };
  Column out =
      detail::map_rows<In...>(type, args, rows, with_arena, std::index_sequence_for<In...>{});
  out.keep_alive(arena);
  for (const ColumnPtr& arg : args) out.keep_alive_with(*arg);
  return out;
}

// --- used by functions that evaluate lazily
// ------------------------------------------------------------------

// `expr` for the rows `rows` of the batch only, in that order.
Result<ColumnPtr> evaluate_rows(const Expr& expr, const data::Batch& batch,
                                std::span<const std::uint32_t> rows, Context& context);

// out[rows[i]] = part[i]; `out` is flat and of the same storage.
void scatter(Column& out, std::vector<std::uint8_t>& nulls, const Column& part,
             std::span<const std::uint32_t> rows);

// --- building inside of infer and rewrites
// -------------------------------------------------------------------

// The literal's text when the expression is a string literal.
std::optional<std::string> literal_string(const Expr& expr);
std::optional<std::int64_t> literal_int(const Expr& expr);

// A call node as it stands, without inference.
ExprPtr make_node(const Function& function, Kernel kernel, std::vector<ExprPtr> args,
                  const LogicalType& type);

// A call or cast on literals is computed now. What fails is left to fail when, and if, it is
// evaluated.
ExprPtr fold(ExprPtr expr);

// CAST's inner conversion of a column; with try_cast a value that cannot be read is NULL.
Result<Column> cast_column(const ColumnPtr& from, const LogicalType& to, bool try_cast,
                           std::size_t rows, Context& context);

// --- the families, one file each
// -----------------------------------------------------------------------------
std::span<const Function> arithmetic_functions();
std::span<const Function> comparison_functions();
std::span<const Function> logic_functions();
std::span<const Function> math_functions();
std::span<const Function> string_functions();
std::span<const Function> pattern_functions();
std::span<const Function> time_functions();
std::span<const Function> nested_functions();
std::span<const Function> array_functions();
std::span<const Function> array_text_functions();
std::span<const Function> joined_text_functions();
std::span<const Function> json_value_functions();
std::span<const Function> map_functions();
std::span<const Function> hash_functions();
std::span<const Function> text_functions();
std::span<const Function> code_functions();
std::span<const Function> url_functions();
std::span<const Function> regexp_functions();
std::span<const Function> real_functions();
std::span<const Function> json_functions();
std::span<const Function> epoch_functions();
std::span<const Function> span_functions();
std::span<const Function> other_functions();

// Forms that are written in terms of others (BETWEEN, IN, NULLIF, IF, ...): nullopt when `name` is
// none of them.
std::optional<Result<ExprPtr>> rewrite_call(std::string_view name,
                                            const std::vector<ExprPtr>& args);

}  // namespace millrace::expr
