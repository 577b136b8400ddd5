// = <> < <= > >= and IS [NOT] DISTINCT FROM.
#include <algorithm>
#include <array>
#include <bit>

#include "runtime/expr/nested.hpp"

namespace millrace::expr {

namespace {

enum class Op : std::uint8_t { equal, not_equal, less, less_or_equal, greater, greater_or_equal };

template <Op op, class T>
std::uint8_t compare(const T& a, const T& b) {
  if constexpr (op == Op::equal) return a == b ? 1 : 0;
  if constexpr (op == Op::not_equal) return a != b ? 1 : 0;
  if constexpr (op == Op::less) return a < b ? 1 : 0;
  if constexpr (op == Op::less_or_equal) return a <= b ? 1 : 0;
  if constexpr (op == Op::greater) return a > b ? 1 : 0;
  return a >= b ? 1 : 0;
}

// Two nested cells of one type: arrays are equal cell by cell, NULLs included; maps and multisets
// in any order, but a NULL value equals none; of rows a NULL field leaves it open, unless another
// field differs.
std::optional<bool> nested_equal(const LogicalType& type, std::string_view a, std::string_view b) {
  if (type.is(TypeKind::array)) return a == b;
  const NestedView left(a);
  const NestedView right(b);
  if (left.size() != right.size()) return false;
  if (!type.is(TypeKind::row)) {
    for (std::size_t i = 0; i + 1 < left.size(); i += 2) {
      bool found = false;
      for (std::size_t j = 0; j + 1 < right.size() && !found; j += 2) {
        found = same_cell(left, i, right, j) && !left.is_null(i + 1) &&
                same_cell(left, i + 1, right, j + 1);
      }
      if (!found) return false;
    }
    return true;
  }
  bool open = false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (left.is_null(i) || right.is_null(i)) {
      open = true;
      continue;
    }
    const LogicalType& field = part_type(type, i);
    const std::optional<bool> same = field.is_nested()
                                         ? nested_equal(field, left.bytes(i), right.bytes(i))
                                         : std::optional(left.bytes(i) == right.bytes(i));
    if (same && !*same) return false;
    open = open || !same;
  }
  if (open) return std::nullopt;
  return true;
}

template <bool negated>
Result<Column> nested_kernel(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                             Context&) {
  const LogicalType& type = call.args[0]->type;
  return map_rows<std::string_view, std::string_view>(
      call.type, args, rows,
      [&](std::string_view a, std::string_view b) -> std::optional<std::uint8_t> {
        const auto same = nested_equal(type, a, b);
        if (!same) return std::nullopt;
        return static_cast<std::uint8_t>(*same != negated ? 1 : 0);
      });
}

template <Op op>
Result<Column> kernel(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                      Context&) {
  return data::with_storage(args[0]->type().storage(), [&]<class T>() {
    return map_rows<T, T>(call.type, args, rows,
                          [](const T& a, const T& b) { return compare<op, T>(a, b); });
  });
}

// Type names as Flink's LogicalTypeRoot says them.
std::string type_root(const LogicalType& type) {
  if (type.is(TypeKind::timestamp)) return "TIMESTAMP_WITHOUT_TIME_ZONE";
  if (type.is(TypeKind::timestamp_ltz)) return "TIMESTAMP_WITH_LOCAL_TIME_ZONE";
  if (type.is(TypeKind::time)) return "TIME_WITHOUT_TIME_ZONE";
  return type.root_text();
}

Result<LogicalType> comparable_type(std::span<const ExprPtr> args) {
  const LogicalType& a = args[0]->type;
  const LogicalType& b = args[1]->type;
  LogicalType common;
  // A DATE is no TIMESTAMP here, though CASE makes one of it.
  if (a.is(TypeKind::date) != b.is(TypeKind::date) && (a.is_timestamp() || b.is_timestamp())) {
    return no_match();
  }
  if (data::common_type(a, b, common)) {
    if (common.is(TypeKind::null)) common = LogicalType::boolean();
    return common;
  }
  // A text beside a time is read as that time.
  const auto timelike = [](const LogicalType& type) {
    return type.is_timestamp() || type.is(TypeKind::date) || type.is(TypeKind::time);
  };
  if (timelike(a) && b.is_string()) return a;
  if (a.is_string() && timelike(b)) return b;
  if (!a.is_string() && !b.is_string()) return no_match();
  return Error(ErrorCode::validation, "implicit type conversion between " + type_root(a) + " and " +
                                          type_root(b) + " is not supported now");
}

bool has_null_field(const LogicalType& type) {
  const auto fields = type.fields();
  return type.is(TypeKind::row) &&
         std::any_of(fields.begin(), fields.end(), [](const data::NestedField& field) {
           return field.type.nullable() || has_null_field(field.type);
         });
}

template <Op op>
Result<Signature> infer(std::span<const ExprPtr> args) {
  BOOST_OUTCOME_TRY(const LogicalType common, comparable_type(args));
  if (common.is_nested()) {
    if (op != Op::equal && op != Op::not_equal) {
      return Error(ErrorCode::validation,
                   "Comparable type expected, but was '" + common.text() + "'.");
    }
    LogicalType result = nullable_as(LogicalType::boolean(), args);
    if (has_null_field(common)) result = LogicalType::boolean();
    return Signature{{common, common}, result, nested_kernel<op == Op::not_equal>};
  }
  // A wider text type would only copy the column.
  const bool text = args[0]->type.is_string() && args[1]->type.is_string();
  const LogicalType left = text ? args[0]->type : common;
  const LogicalType right = text ? args[1]->type : common;
  return Signature{{left, right}, nullable_as(LogicalType::boolean(), args)};
}

template <bool negated>
Result<Column> distinct(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                        Context&) {
  Column out = Column::of_size(call.type, rows);
  const std::span<std::uint8_t> to = out.cells<std::uint8_t>();
  data::with_storage(args[0]->type().storage(), [&]<class T>() {
    const Cells<T> a(*args[0]);
    const Cells<T> b(*args[1]);
    for (std::size_t row = 0; row < rows; ++row) {
      const bool null_a = a.is_null(row);
      const bool null_b = b.is_null(row);
      const bool same = null_a || null_b ? null_a && null_b : a[row] == b[row];
      to[row] = same == negated ? 1 : 0;
    }
  });
  return out;
}

Result<Signature> infer_distinct(std::span<const ExprPtr> args) {
  BOOST_OUTCOME_TRY(Signature signature, infer<Op::equal>(args));
  signature.result = LogicalType::boolean().not_null();
  signature.kernel = nullptr;  // nested cells are compared by their bytes
  return signature;
}

template <Op op>
constexpr Function row(std::string_view name, std::string_view forms) {
  return {.name = name,
          .min_args = 2,
          .max_args = 2,
          .infer = infer<op>,
          .kernel = kernel<op>,
          .forms = forms};
}

constexpr std::array functions = {
    row<Op::equal>("=", "<COMPARABLE_TYPE> = <COMPARABLE_TYPE>"),
    row<Op::not_equal>("<>", "<COMPARABLE_TYPE> <> <COMPARABLE_TYPE>"),
    row<Op::not_equal>("!=", "<COMPARABLE_TYPE> <> <COMPARABLE_TYPE>"),
    row<Op::less>("<", "<COMPARABLE_TYPE> < <COMPARABLE_TYPE>"),
    row<Op::less_or_equal>("<=", "<COMPARABLE_TYPE> <= <COMPARABLE_TYPE>"),
    row<Op::greater>(">", "<COMPARABLE_TYPE> > <COMPARABLE_TYPE>"),
    row<Op::greater_or_equal>(">=", "<COMPARABLE_TYPE> >= <COMPARABLE_TYPE>"),
    Function{.name = "IS DISTINCT FROM",
             .min_args = 2,
             .max_args = 2,
             .infer = infer_distinct,
             .kernel = distinct<false>,
             .forms = "<COMPARABLE_TYPE> IS DISTINCT FROM <COMPARABLE_TYPE>"},
    Function{.name = "IS NOT DISTINCT FROM",
             .min_args = 2,
             .max_args = 2,
             .infer = infer_distinct,
             .kernel = distinct<true>,
             .forms = "<COMPARABLE_TYPE> IS NOT DISTINCT FROM <COMPARABLE_TYPE>"},
};

}  // namespace

std::span<const Function> comparison_functions() {
  return functions;
}

}  // namespace millrace::expr
