// Functions on arrays, and those that make one.
#include <algorithm>
#include <array>
#include <numeric>
#include <string>
#include <unordered_set>

#include "runtime/expr/nested.hpp"
#include "runtime/expr/signatures.hpp"
#include "runtime/expr/strings.hpp"

namespace millrace::expr {

namespace {

using Text = std::string_view;

bool is_array(const ExprPtr& arg) {
  return arg->type.is(TypeKind::array);
}

// --- signatures
// ----------------------------------------------------------------------------------------------

Result<Signature> infer_same(std::span<const ExprPtr> args) {
  if (!is_array(args[0])) return invalid_arguments();
  return Signature{{args[0]->type}, args[0]->type};
}

// All arguments arrays; the result is of what their elements have in common.
Result<Signature> infer_arrays(std::span<const ExprPtr> args) {
  LogicalType common = args[0]->type;
  for (const ExprPtr& arg : args) {
    if (!is_array(arg) || !data::common_type(common, arg->type, common)) return invalid_arguments();
  }
  common = nullable_as(common, args);
  return Signature{std::vector<LogicalType>(args.size(), common), common};
}

// (array, element): both of the type they have in common.
bool fit_element(std::span<const ExprPtr> args, Signature& out) {
  if (!is_array(args[0])) return false;
  // The array's own type, but for NULL: an element of a wider type is refused.
  LogicalType element;
  if (!data::common_type(part_type(args[0]->type), args[1]->type, element)) return false;
  if (!element.same_as(part_type(args[0]->type)) && !element.is_string()) return false;
  const bool nullable = args[0]->type.nullable();
  out.args = {LogicalType::array(element).with_nullable(nullable), element};
  return true;
}

Result<Signature> infer_added(std::span<const ExprPtr> args) {
  Signature signature;
  if (!fit_element(args, signature)) return invalid_arguments();
  signature.result = nullable_as(signature.args[0], args);
  return signature;
}

Result<Signature> infer_contains(std::span<const ExprPtr> args) {
  Signature signature;
  if (!fit_element(args, signature)) return invalid_arguments();
  signature.result = LogicalType::boolean().with_nullable(args[0]->type.nullable());
  return signature;
}

Result<Signature> infer_position(std::span<const ExprPtr> args) {
  Signature signature;
  if (!fit_element(args, signature)) return invalid_arguments();
  signature.result = nullable_as(LogicalType::integer(), args);
  return signature;
}

Result<Signature> infer_removed(std::span<const ExprPtr> args) {
  Signature signature;
  if (!fit_element(args, signature)) return invalid_arguments();
  signature.result = args[0]->type;
  signature.args[0] = args[0]->type;
  signature.args[1] = part_type(args[0]->type).with_nullable(true);
  return signature;
}

bool can_sort(const LogicalType& type) {
  return !type.is_nested() && !type.is_binary();
}

Result<Signature> infer_extreme(std::span<const ExprPtr> args) {
  if (!is_array(args[0])) return invalid_arguments();
  const LogicalType& element = part_type(args[0]->type);
  if (!can_sort(element)) {
    return Error(ErrorCode::validation, "Type '" + element.text() +
                                            "' should support both 'EQUALS' and 'ORDER' comparison "
                                            "with itself.");
  }
  return Signature{{args[0]->type}, element.with_nullable(true)};
}

Result<Signature> infer_sort(std::span<const ExprPtr> args) {
  if (!is_array(args[0]) || !can_sort(part_type(args[0]->type))) return invalid_arguments();
  Signature signature{{args[0]->type}, nullable_as(args[0]->type, args)};
  for (const ExprPtr& arg : args.subspan(1)) {
    if (!arg->type.is(TypeKind::boolean) && !arg->type.is(TypeKind::null))
      return invalid_arguments();
    signature.args.push_back(LogicalType::boolean());
  }
  return signature;
}

Result<Signature> infer_slice(std::span<const ExprPtr> args) {
  if (!is_array(args[0])) return invalid_arguments();
  Signature signature{{args[0]->type}, nullable_as(args[0]->type, args)};
  for (const ExprPtr& arg : args.subspan(1)) {
    if (!arg->type.is_integer() && !arg->type.is(TypeKind::null)) return invalid_arguments();
    signature.args.push_back(LogicalType::integer());
  }
  return signature;
}

// --- adding, removing, sets
// ----------------------------------------------------------------------------------

template <bool in_front>
Result<Column> add_element(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                           Context&) {
  return build_nested(call.type, args.first(1), rows, [&](std::size_t row, NestedBuilder& out) {
    const NestedView view = view_at(*args[0], row);
    if (in_front) out.add(*args[1], row);
    for (std::size_t i = 0; i < view.size(); ++i) out.add(view, i);
    if (!in_front) out.add(*args[1], row);
    return true;
  });
}

Result<Column> concat(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                      Context&) {
  return build_nested(call.type, args, rows, [&](std::size_t row, NestedBuilder& out) {
    for (const ColumnPtr& arg : args) {
      const NestedView view = view_at(*arg, row);
      for (std::size_t i = 0; i < view.size(); ++i) out.add(view, i);
    }
    return true;
  });
}

Result<Column> reverse(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                       Context&) {
  return build_nested(call.type, args, rows, [&](std::size_t row, NestedBuilder& out) {
    const NestedView view = view_at(*args[0], row);
    for (std::size_t i = view.size(); i-- > 0;) out.add(view, i);
    return true;
  });
}

// Cells met so far, and one for NULL.
class CellSet {
 public:
  // False when it was there already.
  bool add(const NestedView& view, std::size_t i) { return cells_.insert(key(view, i)).second; }
  [[nodiscard]] bool has(const NestedView& view, std::size_t i) const {
    return cells_.contains(key(view, i));
  }
  void add_all(const NestedView& view) {
    for (std::size_t i = 0; i < view.size(); ++i) add(view, i);
  }

 private:
  static std::string key(const NestedView& view, std::size_t i) {
    return view.is_null(i) ? std::string() : "v" + std::string(view.bytes(i));
  }
  std::unordered_set<std::string> cells_;
};

Result<Column> distinct(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                        Context&) {
  // Also the union: each element of all arrays once.
  return build_nested(call.type, args, rows, [&](std::size_t row, NestedBuilder& out) {
    CellSet seen;
    for (const ColumnPtr& arg : args) {
      const NestedView view = view_at(*arg, row);
      for (std::size_t i = 0; i < view.size(); ++i) {
        if (seen.add(view, i)) out.add(view, i);
      }
    }
    return true;
  });
}

// ARRAY_EXCEPT and ARRAY_INTERSECT: each element of the first once, as the second has it or not.
template <bool wanted>
Result<Column> filter(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                      Context&) {
  return build_nested(call.type, args, rows, [&](std::size_t row, NestedBuilder& out) {
    CellSet second;
    second.add_all(view_at(*args[1], row));
    CellSet seen;
    const NestedView view = view_at(*args[0], row);
    for (std::size_t i = 0; i < view.size(); ++i) {
      if (second.has(view, i) == wanted && seen.add(view, i)) out.add(view, i);
    }
    return true;
  });
}

Result<Column> remove(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                      Context&) {
  return build_nested(call.type, args.first(1), rows, [&](std::size_t row, NestedBuilder& out) {
    const bool null = args[1]->is_null(row);
    const std::string needle = null ? "" : cell_bytes(*args[1], row);
    const NestedView view = view_at(*args[0], row);
    for (std::size_t i = 0; i < view.size(); ++i) {
      if (view.is_null(i) != null || view.bytes(i) != needle) out.add(view, i);
    }
    return true;
  });
}

// --- finding
// -------------------------------------------------------------------------------------------------

// 1 is the first; 0: it is not there.
std::int64_t find_element(const Column& haystack, const Column& needle, std::size_t row) {
  const bool null = needle.is_null(row);
  const std::string wanted = null ? "" : cell_bytes(needle, row);
  const NestedView view = view_at(haystack, row);
  for (std::size_t i = 0; i < view.size(); ++i) {
    if (view.is_null(i) == null && view.bytes(i) == wanted) return static_cast<std::int64_t>(i + 1);
  }
  return 0;
}

Result<Column> contains(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                        Context&) {
  Column out = Column::of_size(call.type, rows);
  const std::span<std::uint8_t> to = out.cells<std::uint8_t>();
  for (std::size_t row = 0; row < rows; ++row) {
    if (!args[0]->is_null(row)) to[row] = find_element(*args[0], *args[1], row) > 0 ? 1 : 0;
  }
  out.set_nulls(any_null(args.first(1), rows));
  return out;
}

Result<Column> position(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                        Context&) {
  Column out = Column::of_size(call.type, rows);
  const std::span<std::int64_t> to = out.cells<std::int64_t>();
  std::vector<std::uint8_t> nulls = any_null(args, rows);
  for (std::size_t row = 0; row < rows; ++row) {
    if (nulls.empty() || nulls[row] == 0) to[row] = find_element(*args[0], *args[1], row);
  }
  out.set_nulls(std::move(nulls));
  return out;
}

// --- order
// ---------------------------------------------------------------------------------------------------

// Whether cell a of the column comes before cell b, NaN last; neither is NULL.
bool comes_before(const Column& cells, std::size_t a, std::size_t b) {
  return data::with_storage(cells.type().storage(), [&]<class T>() {
    const T& left = cells.at<T>(a);
    const T& right = cells.at<T>(b);
    if constexpr (std::is_same_v<T, double>) {
      if (left != left || right != right) return left == left && right != right;
    }
    return left < right;
  });
}

template <bool greatest>
Result<Column> extreme(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                       Context&) {
  const data::NestedCells elements = data::nested_cells(args[0], 0, rows);
  const Column& cells = *elements.cells;
  Column out(call.type);
  for (std::size_t row = 0; row < rows; ++row) {
    std::optional<std::size_t> best;
    for (std::size_t i = elements.starts[row]; i < elements.starts[row + 1]; ++i) {
      if (cells.is_null(i)) continue;
      if (!best || (greatest ? comes_before(cells, *best, i) : comes_before(cells, i, *best))) {
        best = i;
      }
    }
    if (!best) {
      out.append_null();
      continue;
    }
    data::with_storage(call.type.storage(), [&]<class T>() { out.append(cells.at<T>(*best)); });
  }
  out.keep_alive_with(cells);
  return out;
}

// ARRAY_SORT(array[, ascending[, nulls first]]): NULLs lead an ascending order and end the other.
Result<Column> sort(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows, Context&) {
  const data::NestedCells elements = data::nested_cells(args[0], 0, rows);
  const Column& cells = *elements.cells;
  std::vector<std::size_t> order;
  return build_nested(call.type, args, rows, [&](std::size_t row, NestedBuilder& out) {
    const bool ascending = args.size() < 2 || args[1]->at<std::uint8_t>(row) != 0;
    const bool nulls_first = args.size() < 3 ? ascending : args[2]->at<std::uint8_t>(row) != 0;
    order.resize(elements.starts[row + 1] - elements.starts[row]);
    std::iota(order.begin(), order.end(), std::size_t{elements.starts[row]});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      const bool null_a = cells.is_null(a);
      const bool null_b = cells.is_null(b);
      if (null_a || null_b) return null_a != null_b && null_a == nulls_first;
      return ascending ? comes_before(cells, a, b) : comes_before(cells, b, a);
    });
    for (const std::size_t i : order) out.add(cells, i);
    return true;
  });
}

Result<Column> slice(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                     Context&) {
  return build_nested(call.type, args, rows, [&](std::size_t row, NestedBuilder& out) {
    const NestedView view = view_at(*args[0], row);
    const auto size = static_cast<std::int64_t>(view.size());
    std::int64_t from = args[1]->at<std::int64_t>(row);
    std::int64_t to = args.size() == 3 ? args[2]->at<std::int64_t>(row) : size;
    if (from < 0) from += size + 1;
    if (to < 0) to += size + 1;
    // 0 acts as 1 at both ends.
    if (args[1]->at<std::int64_t>(row) == 0) from = 1;
    if (args.size() == 3 && args[2]->at<std::int64_t>(row) == 0) to = 1;
    from = std::max<std::int64_t>(from, 1);
    to = std::min(to, size);
    for (std::int64_t i = from; i <= to; ++i) out.add(view, static_cast<std::size_t>(i - 1));
    return true;
  });
}

constexpr std::array functions = {
    function_row("ARRAY_APPEND", 2, 2, infer_added, add_element<false>,
                 "ARRAY_APPEND(<ARRAY>, <ANY>)"),
    function_row("ARRAY_PREPEND", 2, 2, infer_added, add_element<true>,
                 "ARRAY_PREPEND(<ARRAY>, <ANY>)"),
    function_row("ARRAY_CONCAT", 1, -1, infer_arrays, concat, "ARRAY_CONCAT(<ARRAY>, ...)"),
    function_row("ARRAY_CONTAINS", 2, 2, infer_contains, contains,
                 "ARRAY_CONTAINS(<ARRAY>, <ANY>)"),
    function_row("ARRAY_DISTINCT", 1, 1, infer_same, distinct, "ARRAY_DISTINCT(<ARRAY>)"),
    function_row("ARRAY_EXCEPT", 2, 2, infer_arrays, filter<false>,
                 "ARRAY_EXCEPT(<ARRAY>, <ARRAY>)"),
    function_row("ARRAY_INTERSECT", 2, 2, infer_arrays, filter<true>,
                 "ARRAY_INTERSECT(<ARRAY>, <ARRAY>)"),
    function_row("ARRAY_MAX", 1, 1, infer_extreme, extreme<true>, "ARRAY_MAX(<ARRAY>)"),
    function_row("ARRAY_MIN", 1, 1, infer_extreme, extreme<false>, "ARRAY_MIN(<ARRAY>)"),
    function_row("ARRAY_POSITION", 2, 2, infer_position, position,
                 "ARRAY_POSITION(<ARRAY>, <ANY>)"),
    function_row("ARRAY_REMOVE", 2, 2, infer_removed, remove, "ARRAY_REMOVE(<ARRAY>, <ANY>)"),
    function_row("ARRAY_REVERSE", 1, 1, infer_same, reverse, "ARRAY_REVERSE(<ARRAY>)"),
    function_row("ARRAY_SLICE", 2, 3, infer_slice, slice,
                 "ARRAY_SLICE(<ARRAY>, <INTEGER>[, <INTEGER>])"),
    function_row("ARRAY_SORT", 1, 3, infer_sort, sort,
                 "ARRAY_SORT(<ARRAY>[, <BOOLEAN>[, <BOOLEAN>]])"),
    function_row("ARRAY_UNION", 2, 2, infer_arrays, distinct, "ARRAY_UNION(<ARRAY>, <ARRAY>)"),
};

}  // namespace

std::span<const Function> array_functions() {
  return functions;
}

}  // namespace millrace::expr
