// = <> < <= > >= and IS [NOT] DISTINCT FROM.
#include <array>
#include <bit>

#include "runtime/expr/kernels.hpp"

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
  return Error(ErrorCode::validation, "implicit type conversion between " + type_root(a) + " and " +
                                          type_root(b) + " is not supported now");
}

Result<Signature> infer(std::span<const ExprPtr> args) {
  BOOST_OUTCOME_TRY(const LogicalType common, comparable_type(args));
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
  BOOST_OUTCOME_TRY(Signature signature, infer(args));
  signature.result = LogicalType::boolean().not_null();
  return signature;
}

constexpr Function row(std::string_view name, Kernel kernel) {
  return {.name = name,
          .min_args = 2,
          .max_args = 2,
          .infer = infer,
          .kernel = kernel,
          .forms = "<COMPARABLE_TYPE> = <COMPARABLE_TYPE>"};
}

constexpr std::array functions = {
    row("=", kernel<Op::equal>),
    row("<>", kernel<Op::not_equal>),
    row("!=", kernel<Op::not_equal>),
    row("<", kernel<Op::less>),
    row("<=", kernel<Op::less_or_equal>),
    row(">", kernel<Op::greater>),
    row(">=", kernel<Op::greater_or_equal>),
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
