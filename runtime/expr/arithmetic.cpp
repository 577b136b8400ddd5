// + - * / % and the signs, on numbers, intervals and times.
#include <array>
#include <cmath>

#include "runtime/data/decimal.hpp"
#include "runtime/expr/kernels.hpp"
#include "runtime/expr/numbers.hpp"
#include "runtime/expr/time_units.hpp"

namespace millrace::expr {

namespace {

using base::Int128;
using data::TimestampValue;

enum class Op : std::uint8_t { add, subtract, multiply, divide, modulo };

// Java's own words, which differ between its integers and BigDecimal.
Error integer_by_zero() {
  return runtime_error("/ by zero");
}

template <Op op>
Result<Column> on_integers(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                           Context&) {
  const TypeKind kind = call.type.kind();
  bool by_zero = false;
  Column out = map_rows<std::int64_t, std::int64_t>(
      call.type, args, rows, [kind, &by_zero](std::int64_t a, std::int64_t b) -> std::int64_t {
        if constexpr (op == Op::add) return wrap_to(kind, wrapping_add(a, b));
        if constexpr (op == Op::subtract) return wrap_to(kind, wrapping_subtract(a, b));
        if constexpr (op == Op::multiply) return wrap_to(kind, wrapping_multiply(a, b));
        if (b == 0) {
          by_zero = true;
          return 0;
        }
        if (b == -1) return op == Op::divide ? wrap_to(kind, wrapping_negate(a)) : 0;
        return wrap_to(kind, op == Op::divide ? a / b : a % b);
      });
  if (by_zero) return integer_by_zero();
  return out;
}

template <Op op>
Result<Column> on_doubles(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                          Context&) {
  const bool narrow = call.type.is(TypeKind::float32);
  const auto compute = [](double a, double b) -> double {
    if constexpr (op == Op::add) return a + b;
    if constexpr (op == Op::subtract) return a - b;
    if constexpr (op == Op::multiply) return a * b;
    if constexpr (op == Op::divide) return a / b;
    return std::fmod(a, b);
  };
  if (!narrow) return map_rows<double, double>(call.type, args, rows, compute);
  // A double result rounded to float is the float result: 53 bits are more than twice 24 and two.
  return map_rows<double, double>(call.type, args, rows, [compute](double a, double b) {
    return static_cast<double>(static_cast<float>(compute(a, b)));
  });
}

template <Op op>
Result<Column> on_decimals(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                           Context&) {
  const int a_scale = args[0]->type().scale();
  const int b_scale = args[1]->type().scale();
  const int precision = call.type.precision();
  const int scale = call.type.scale();
  std::string by_zero;
  Column out = map_rows<Int128, Int128>(
      call.type, args, rows, [&](Int128 a, Int128 b) -> std::optional<Int128> {
        if constexpr (op == Op::add)
          return data::decimal_add(a, a_scale, b, b_scale, precision, scale);
        if constexpr (op == Op::subtract) {
          return data::decimal_add(a, a_scale, -b, b_scale, precision, scale);
        }
        if constexpr (op == Op::multiply) {
          return data::decimal_multiply(a, a_scale, b, b_scale, precision, scale);
        }
        if (b == 0) {
          by_zero = a == 0 && op == Op::divide ? "Division undefined" : "Division by zero";
          return std::nullopt;
        }
        return op == Op::divide ? data::decimal_divide(a, a_scale, b, b_scale, precision, scale)
                                : data::decimal_modulo(a, a_scale, b, b_scale, precision, scale);
      });
  if (!by_zero.empty()) return runtime_error(by_zero);
  return out;
}

}  // namespace

TimestampValue add_months(const TimestampValue& value, std::int64_t months) {
  const std::int64_t days = data::floor_div(value.millis, data::millis_per_day);
  data::CivilDate date = data::civil_from_days(days);
  const std::int64_t month = std::int64_t{date.year} * 12 + date.month - 1 + months;
  date.year = static_cast<int>(data::floor_div(month, 12));
  date.month = static_cast<int>(data::floor_mod(month, 12)) + 1;
  date.day = std::min(date.day, data::days_in_month(date.year, date.month));
  const std::int64_t moved = wrapping_multiply(data::days_from_civil(date), data::millis_per_day);
  return {wrapping_add(moved, value.millis - days * data::millis_per_day), value.nanos_of_milli};
}

namespace {

// args: a time and an interval. DATE counts days, TIME wraps around midnight.
template <bool subtract>
Result<Column> shift_time(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                          Context&) {
  const bool months = args[1]->type().is(TypeKind::interval_months);
  const auto amount = [](std::int64_t interval) {
    return subtract ? wrapping_negate(interval) : interval;
  };
  // Far beyond any date, so that the calendar stays within its integers.
  const auto bounded = [](std::int64_t count) {
    return std::clamp<std::int64_t>(count, -12 * 300'000'000LL, 12 * 300'000'000LL);
  };
  if (call.type.is_timestamp()) {
    return map_rows<TimestampValue, std::int64_t>(
        call.type, args, rows, [&](const TimestampValue& time, std::int64_t interval) {
          if (months) return add_months(time, bounded(amount(interval)));
          return TimestampValue{wrapping_add(time.millis, amount(interval)), time.nanos_of_milli};
        });
  }
  if (call.type.is(TypeKind::time)) {
    return map_rows<std::int64_t, std::int64_t>(
        call.type, args, rows, [&](std::int64_t time, std::int64_t interval) {
          return months
                     ? time
                     : data::floor_mod(wrapping_add(time, amount(interval)), data::millis_per_day);
        });
  }
  return map_rows<std::int64_t, std::int64_t>(
      call.type, args, rows, [&](std::int64_t day, std::int64_t interval) {
        if (months) {
          const TimestampValue moved = add_months({wrapping_multiply(day, data::millis_per_day), 0},
                                                  bounded(amount(interval)));
          return data::floor_div(moved.millis, data::millis_per_day);
        }
        return wrapping_add(day, amount(interval) / data::millis_per_day);
      });
}

template <bool subtract>
Result<Column> shift_time_swapped(const Expr& call, std::span<const ColumnPtr> args,
                                  std::size_t rows, Context& context) {
  const ColumnPtr swapped[] = {args[1], args[0]};
  return shift_time<subtract>(call, swapped, rows, context);
}

bool is_time(const LogicalType& type) {
  return type.is_timestamp() || type.is(TypeKind::date) || type.is(TypeKind::time);
}

bool fits_interval(const Expr& time, const Expr& interval) {
  return is_time(time.type) && interval.type.is_interval();
}

template <Op op>
Result<Signature> numeric(std::span<const ExprPtr> args) {
  const LogicalType& a = args[0]->type;
  const LogicalType& b = args[1]->type;
  const bool null_a = a.is(TypeKind::null);
  const bool null_b = b.is(TypeKind::null);
  if ((!a.is_numeric() && !null_a) || (!b.is_numeric() && !null_b) || (null_a && null_b))
    return no_match();
  const LogicalType left = null_a ? b : a;
  const LogicalType right = null_b ? a : b;
  LogicalType common;
  if (!data::common_type(left, right, common)) return no_match();
  if (common.is_approximate()) {
    if (op == Op::modulo) return no_match();
    // FLOAT and DOUBLE: Flink takes the first, and computes in it.
    if (left.is_approximate() && right.is_approximate()) common = left;
    const LogicalType result = nullable_as(common, args);
    return Signature{{common, common}, result, on_doubles<op>};
  }
  if (common.is_integer()) {
    // % has the type of its right side; the value always fits in it.
    const LogicalType result = nullable_as(op == Op::modulo ? right : common, args);
    return Signature{{left, right}, result, on_integers<op>};
  }
  const LogicalType x = data::as_decimal(left);
  const LogicalType y = data::as_decimal(right);
  LogicalType result;
  if constexpr (op == Op::add || op == Op::subtract) result = data::decimal_sum_type(x, y);
  if constexpr (op == Op::multiply) result = data::decimal_product_type(x, y);
  if constexpr (op == Op::divide) result = data::decimal_quotient_type(x, y);
  if constexpr (op == Op::modulo) result = data::decimal_modulo_type(x, y);
  // Too many digits give NULL, whatever the operands are.
  return Signature{{x, y},
                   result.with_nullable(result.precision() == LogicalType::max_precision ||
                                        nullable_as(result, args).nullable()),
                   on_decimals<op>};
}

Result<Signature> infer_add(std::span<const ExprPtr> args) {
  const LogicalType& a = args[0]->type;
  const LogicalType& b = args[1]->type;
  if (fits_interval(*args[0], *args[1])) {
    return Signature{{a, b}, nullable_as(a, args), shift_time<false>};
  }
  if (fits_interval(*args[1], *args[0])) {
    return Signature{{a, b}, nullable_as(b, args), shift_time_swapped<false>};
  }
  if (a.is_interval() && a.kind() == b.kind()) {
    return Signature{{a, b}, nullable_as(a, args), on_integers<Op::add>};
  }
  return numeric<Op::add>(args);
}

Result<Signature> infer_subtract(std::span<const ExprPtr> args) {
  const LogicalType& a = args[0]->type;
  const LogicalType& b = args[1]->type;
  if (fits_interval(*args[0], *args[1])) {
    return Signature{{a, b}, nullable_as(a, args), shift_time<true>};
  }
  if (a.is_interval() && a.kind() == b.kind()) {
    return Signature{{a, b}, nullable_as(a, args), on_integers<Op::subtract>};
  }
  return numeric<Op::subtract>(args);
}

Result<Signature> infer_multiply(std::span<const ExprPtr> args) {
  const LogicalType& a = args[0]->type;
  const LogicalType& b = args[1]->type;
  if ((a.is_interval() && b.is_integer()) || (a.is_integer() && b.is_interval())) {
    return Signature{{a, b}, nullable_as(a.is_interval() ? a : b, args), on_integers<Op::multiply>};
  }
  return numeric<Op::multiply>(args);
}

Result<Column> negate(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                      Context&) {
  switch (call.type.storage()) {
    case data::Storage::float64:
      return map_rows<double>(call.type, args, rows, [](double value) { return -value; });
    case data::Storage::decimal:
      return map_rows<Int128>(call.type, args, rows, [](Int128 value) { return -value; });
    default:
      return map_rows<std::int64_t>(call.type, args, rows,
                                    [kind = call.type.kind()](std::int64_t value) {
                                      return wrap_to(kind, wrapping_negate(value));
                                    });
  }
}

Result<Signature> infer_sign(std::span<const ExprPtr> args) {
  const LogicalType& type = args[0]->type;
  if (!type.is_numeric() && !type.is_interval()) return no_match();
  return Signature{{type}, type};
}

constexpr std::array functions = {
    Function{.name = "+",
             .min_args = 2,
             .max_args = 2,
             .infer = infer_add,
             .forms = "<NUMERIC> + <NUMERIC>, <DATETIME> + <DATETIME_INTERVAL>"},
    Function{.name = "-",
             .min_args = 2,
             .max_args = 2,
             .infer = infer_subtract,
             .forms = "<NUMERIC> - <NUMERIC>, <DATETIME> - <DATETIME_INTERVAL>"},
    Function{.name = "*",
             .min_args = 2,
             .max_args = 2,
             .infer = infer_multiply,
             .forms = "<NUMERIC> * <NUMERIC>, <NUMERIC> * <DATETIME_INTERVAL>"},
    Function{.name = "/",
             .min_args = 2,
             .max_args = 2,
             .infer = numeric<Op::divide>,
             .forms = "<NUMERIC> / <NUMERIC>",
             .can_fail = true},
    Function{.name = "%",
             .min_args = 2,
             .max_args = 2,
             .infer = numeric<Op::modulo>,
             .forms = "<EXACT_NUMERIC> % <EXACT_NUMERIC>",
             .can_fail = true},
    Function{.name = "MOD",
             .min_args = 2,
             .max_args = 2,
             .infer = numeric<Op::modulo>,
             .forms = "MOD(<EXACT_NUMERIC>, <EXACT_NUMERIC>)",
             .can_fail = true},
    Function{.name = "NEGATE",
             .min_args = 1,
             .max_args = 1,
             .infer = infer_sign,
             .kernel = negate,
             .forms = "-<NUMERIC>"},
};

}  // namespace

std::span<const Function> arithmetic_functions() {
  return functions;
}

}  // namespace millrace::expr
