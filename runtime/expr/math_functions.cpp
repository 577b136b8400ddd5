// Functions on numbers.
#include <array>
#include <cmath>

#include "runtime/data/decimal.hpp"
#include "runtime/expr/kernels.hpp"
#include "runtime/expr/numbers.hpp"
#include "runtime/expr/signatures.hpp"
#include "runtime/expr/time_units.hpp"

namespace millrace::expr {

namespace {

using base::Int128;

Result<Signature> same_type(std::span<const ExprPtr> args) {
  if (!args[0]->type.is_numeric()) return no_match();
  return Signature{{args[0]->type}, args[0]->type};
}

Result<Column> absolute(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                        Context&) {
  switch (call.type.storage()) {
    case data::Storage::float64:
      return map_rows<double>(call.type, args, rows, [](double v) { return std::fabs(v); });
    case data::Storage::decimal:
      return map_rows<Int128>(call.type, args, rows, [](Int128 v) { return v < 0 ? -v : v; });
    default:
      return map_rows<std::int64_t>(call.type, args, rows,
                                    [kind = call.type.kind()](std::int64_t v) {
                                      return wrap_to(kind, v < 0 ? wrapping_negate(v) : v);
                                    });
  }
}

Result<Column> sign(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows, Context&) {
  const auto of = [](auto v) { return v > 0 ? 1 : (v < 0 ? -1 : 0); };
  switch (call.type.storage()) {
    case data::Storage::float64:
      return map_rows<double>(call.type, args, rows, [of](double v) {
        return std::isnan(v) || v == 0 ? v : double(of(v));
      });
    case data::Storage::decimal:
      return map_rows<Int128>(call.type, args, rows, [&](Int128 v) {
        return data::rescale(Int128{of(v)}, 0, call.type.precision(), call.type.scale());
      });
    default:
      return map_rows<std::int64_t>(call.type, args, rows,
                                    [of](std::int64_t v) { return std::int64_t{of(v)}; });
  }
}

// --- FLOOR and CEIL of numbers; of times: time_functions.cpp
// -------------------------------------------------

template <bool up>
Result<Column> to_whole(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                        Context&) {
  switch (args[0]->type().storage()) {
    case data::Storage::float64:
      return map_rows<double>(call.type, args, rows,
                              [](double v) { return up ? std::ceil(v) : std::floor(v); });
    case data::Storage::decimal: {
      const Int128 unit = data::power_of_ten(args[0]->type().scale());
      return map_rows<Int128>(call.type, args, rows, [unit](Int128 v) {
        const Int128 whole = v / unit;
        const Int128 rest = v % unit;
        if (up) return whole + (rest > 0 ? 1 : 0);
        return whole - (rest < 0 ? 1 : 0);
      });
    }
    default:
      return map_rows<std::int64_t>(call.type, args, rows, [](std::int64_t v) { return v; });
  }
}

template <bool up>
Result<Signature> infer_whole(std::span<const ExprPtr> args) {
  if (args.size() == 2) return infer_time_floor(args, up);
  BOOST_OUTCOME_TRY(Signature signature, same_type(args));
  const LogicalType& type = args[0]->type;
  if (type.is(TypeKind::decimal) && type.scale() > 0) {
    signature.result = LogicalType::decimal(type.precision(), 0).with_nullable(type.nullable());
  }
  return signature;
}

// --- ROUND and TRUNCATE
// --------------------------------------------------------------------------------------

// Rounds HALF_UP (or cuts) to `places` digits after the point; negative: before it.
std::optional<Int128> round_decimal(Int128 value, int scale, std::int64_t places,
                                    const LogicalType& to, bool cut) {
  if (places >= scale) return data::rescale(value, scale, to.precision(), to.scale());
  if (scale - places > LogicalType::max_precision) return Int128{0};
  const Int128 unit = data::power_of_ten(static_cast<int>(scale - places));
  Int128 units = value / unit;
  const Int128 rest = value % unit;
  if (!cut && (rest < 0 ? -rest : rest) >= unit - (rest < 0 ? -rest : rest))
    units += value < 0 ? -1 : 1;
  if (units == 0) return Int128{0};
  Int128 back = 0;
  if (__builtin_mul_overflow(units, unit, &back)) return std::nullopt;
  return data::rescale(back, scale, to.precision(), to.scale());
}

template <bool cut>
Result<Column> round(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                     Context&) {
  const LogicalType from = args[0]->type();
  const LogicalType to = call.type;
  const ColumnPtr zero =
      data::share(Column::constant(LogicalType::integer(), std::int64_t{0}, rows));
  const ColumnPtr pair[] = {args[0], args.size() == 2 ? args[1] : zero};
  if (from.is(TypeKind::decimal)) {
    return map_rows<Int128, std::int64_t>(to, pair, rows, [&](Int128 value, std::int64_t places) {
      return round_decimal(value, from.scale(), places, to, cut);
    });
  }
  if (from.is_integer()) {
    const LogicalType wide = LogicalType::decimal(LogicalType::max_precision, 0);
    return map_rows<std::int64_t, std::int64_t>(
        to, pair, rows, [&](std::int64_t value, std::int64_t places) {
          if (places >= 0) return value;
          return wrap_to(to.kind(), static_cast<std::int64_t>(
                                        round_decimal(value, 0, places, wide, cut).value_or(0)));
        });
  }
  return map_rows<double, std::int64_t>(to, pair, rows, [&](double value, std::int64_t places) {
    // As BigDecimal.valueOf(value).setScale(places): on the decimal text, not on the binary
    // fraction.
    if (!std::isfinite(value) || std::fabs(value) >= 1e17 || places > 17) return value;
    constexpr int scale = 18;
    const auto exact = data::decimal_from_double(value, LogicalType::max_precision, scale);
    if (!exact) return value;
    const LogicalType wide = LogicalType::decimal(LogicalType::max_precision, scale);
    const auto rounded = round_decimal(*exact, scale, places, wide, cut);
    const double result = rounded ? data::decimal_to_double(*rounded, scale) : value;
    return to.is(TypeKind::float32) ? static_cast<double>(static_cast<float>(result)) : result;
  });
}

Result<Signature> infer_round(std::span<const ExprPtr> args) {
  const LogicalType& type = args[0]->type;
  if (!type.is_numeric() || (args.size() == 2 && !args[1]->type.is_integer())) return no_match();
  Signature signature{{type}, nullable_as(type, args)};
  if (args.size() == 2) signature.args.push_back(args[1]->type);
  if (type.is(TypeKind::decimal)) {
    const std::int64_t places = args.size() == 1 ? 0 : literal_int(*args[1]).value_or(type.scale());
    if (places < type.scale()) {
      const auto kept = static_cast<int>(std::max<std::int64_t>(places, 0));
      const int digits =
          std::min(1 + type.precision() - type.scale() + kept, LogicalType::max_precision);
      signature.result =
          LogicalType::decimal(digits, kept).with_nullable(signature.result.nullable());
    }
  }
  return signature;
}

// --- real functions
// ------------------------------------------------------------------------------------------

Result<Column> power(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                     Context&) {
  return map_rows<double, double>(call.type, args, rows, [](double a, double b) {
    // Java: 1 or -1 to an infinite power, and 1 to NaN, is NaN; C says 1.
    if (std::isnan(b) || (std::fabs(a) == 1 && std::isinf(b))) return std::nan("");
    return std::pow(a, b);
  });
}

// --- GREATEST and LEAST: NULL when one is
// --------------------------------------------------------------------

template <bool greatest>
Result<Column> extreme(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                       Context&) {
  Column out = Column::of_size(call.type, rows);
  data::with_storage(call.type.storage(), [&]<class T>() {
    const std::span<T> to = out.cells<T>();
    const Cells<T> first(*args[0]);
    for (std::size_t row = 0; row < rows; ++row) to[row] = first[row];
    for (const ColumnPtr& arg : args.subspan(1)) {
      const Cells<T> next(*arg);
      for (std::size_t row = 0; row < rows; ++row) {
        if (greatest ? to[row] < next[row] : next[row] < to[row]) to[row] = next[row];
      }
    }
  });
  out.set_nulls(any_null(args, rows));
  for (const ColumnPtr& arg : args) out.keep_alive_with(*arg);
  return out;
}

Result<Signature> infer_extreme(std::span<const ExprPtr> args) {
  LogicalType common = args[0]->type;
  for (const ExprPtr& arg : args) {
    if (!data::common_type(common, arg->type, common)) return no_match();
  }
  if (common.is(TypeKind::null)) return no_match();
  return Signature{std::vector<LogicalType>(args.size(), common), nullable_as(common, args)};
}

double log_e(double v) {
  return std::log(v);
}
double log_10(double v) {
  return std::log10(v);
}
double square_root(double v) {
  return std::sqrt(v);
}
double exponential(double v) {
  return std::exp(v);
}

constexpr std::array functions = {
    function_row("ABS", 1, 1, same_type, absolute, "ABS(<NUMERIC>)"),
    function_row("SIGN", 1, 1, same_type, sign, "SIGN(<NUMERIC>)"),
    function_row("FLOOR", 1, 2, infer_whole<false>, to_whole<false>,
                 "FLOOR(<NUMERIC>), FLOOR(<DATETIME> TO <UNIT>)"),
    function_row("CEIL", 1, 2, infer_whole<true>, to_whole<true>,
                 "CEIL(<NUMERIC>), CEIL(<DATETIME> TO <UNIT>)"),
    function_row("CEILING", 1, 2, infer_whole<true>, to_whole<true>,
                 "CEILING(<NUMERIC>), CEILING(<DATETIME> TO <UNIT>)"),
    function_row("ROUND", 1, 2, infer_round, round<false>, "ROUND(<NUMERIC>[, <INTEGER>])"),
    function_row("TRUNCATE", 1, 2, infer_round, round<true>, "TRUNCATE(<NUMERIC>[, <INTEGER>])"),
    function_row("POWER", 2, 2, doubles, power, "POWER(<NUMERIC>, <NUMERIC>)"),
    function_row("SQRT", 1, 1, doubles, real<square_root>, "SQRT(<NUMERIC>)"),
    function_row("EXP", 1, 1, doubles, real<exponential>, "EXP(<NUMERIC>)"),
    function_row("LN", 1, 1, doubles, real<log_e>, "LN(<NUMERIC>)"),
    function_row("LOG10", 1, 1, doubles, real<log_10>, "LOG10(<NUMERIC>)"),
    function_row("GREATEST", 1, -1, infer_extreme, extreme<true>,
                 "GREATEST(<COMPARABLE_TYPE>, ...)"),
    function_row("LEAST", 1, -1, infer_extreme, extreme<false>, "LEAST(<COMPARABLE_TYPE>, ...)"),
};

}  // namespace

std::span<const Function> math_functions() {
  return functions;
}

}  // namespace millrace::expr
