// Functions on real numbers: trigonometry, logarithms, constants, random numbers.
#include <array>
#include <cmath>
#include <numbers>
#include <random>

#include "runtime/expr/kernels.hpp"
#include "runtime/expr/numbers.hpp"
#include "runtime/expr/signatures.hpp"

namespace millrace::expr {

namespace {

template <double (*fn)(double, double)>
Result<Column> real_2(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                      Context&) {
  return map_rows<double, double>(call.type, args, rows,
                                  [](double a, double b) { return fn(a, b); });
}

template <double (*fn)()>
Result<Column> constant(const Expr& call, std::span<const ColumnPtr>, std::size_t rows, Context&) {
  Column out = Column::of_size(call.type, rows);
  for (double& cell : out.cells<double>()) cell = fn();
  return out;
}

double sine(double v) {
  return std::sin(v);
}
double cosine(double v) {
  return std::cos(v);
}
double tangent(double v) {
  return std::tan(v);
}
double cotangent(double v) {
  return 1.0 / std::tan(v);
}
double arc_sine(double v) {
  return std::asin(v);
}
double arc_cosine(double v) {
  return std::acos(v);
}
double arc_tangent(double v) {
  return std::atan(v);
}
double arc_tangent_2(double y, double x) {
  return std::atan2(y, x);
}

// The hyperbolic ones in the steps of Java's StrictMath: the last digit is hers.
double hyperbolic_sine(double v) {
  const double x = std::fabs(v);
  const double half = v < 0 ? -0.5 : 0.5;
  if (!std::isfinite(v) || x < 0x1p-28) return v;
  if (x < 22) {
    const double t = std::expm1(x);
    return x < 1 ? half * (2 * t - t * t / (t + 1)) : half * (t + t / (t + 1));
  }
  const double w = std::exp(0.5 * x);
  return half * w * w;
}
double hyperbolic_cosine(double v) {
  const double x = std::fabs(v);
  if (!std::isfinite(v)) return v * v;
  if (x < 0.5 * std::numbers::ln2) {
    const double t = std::expm1(x);
    const double w = 1 + t;
    return x < 0x1p-55 ? w : 1 + t * t / (w + w);
  }
  if (x < 22) {
    const double t = std::exp(x);
    return 0.5 * t + 0.5 / t;
  }
  const double w = std::exp(0.5 * x);
  return 0.5 * w * w;
}
double hyperbolic_tangent(double v) {
  const double x = std::fabs(v);
  if (std::isnan(v)) return v;
  if (x < 0x1p-55) return v;
  double z = 1;
  if (x < 1) {
    const double t = std::expm1(-2 * x);
    z = -t / (t + 2);
  } else if (x < 22) {
    z = 1 - 2 / (std::expm1(2 * x) + 2);
  }
  return v < 0 ? -z : z;
}

double degrees(double v) {
  return v * (180.0 / std::numbers::pi);
}
double radians(double v) {
  return v / 180.0 * std::numbers::pi;
}
double log_2(double v) {
  return std::log(v) / std::log(2.0);
}
double log_e(double v) {
  return std::log(v);
}
double log_of(double base, double v) {
  return std::log(v) / std::log(base);
}
double pi() {
  return std::numbers::pi;
}
double e() {
  return std::numbers::e;
}

// LOG(x) and LOG(base, x).
Result<Signature> infer_log(std::span<const ExprPtr> args) {
  BOOST_OUTCOME_TRY(Signature signature, doubles(args));
  signature.kernel = args.size() == 1 ? &real<log_e> : &real_2<log_of>;
  return signature;
}

// --- random numbers: java.util.Random
// ------------------------------------------------------------------------

constexpr std::uint64_t mask = (std::uint64_t{1} << 48U) - 1;

std::uint64_t scrambled(std::int64_t seed) {
  return (static_cast<std::uint64_t>(seed) ^ 0x5DEECE66DU) & mask;
}

std::int32_t next_bits(std::uint64_t& state, unsigned bits) {
  state = (state * 0x5DEECE66DU + 0xBU) & mask;
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(state >> (48U - bits)));
}

double next_double(std::uint64_t& state) {
  const auto high = static_cast<std::int64_t>(next_bits(state, 26)) << 27U;
  return static_cast<double>(high + next_bits(state, 27)) * 0x1p-53;
}

std::int64_t next_below(std::uint64_t& state, std::int64_t bound) {
  if ((bound & -bound) == bound) {
    return (bound * std::int64_t{next_bits(state, 31)}) >> 31U;
  }
  for (;;) {
    const std::int64_t bits = next_bits(state, 31);
    const std::int64_t value = bits % bound;
    if (bits - value + (bound - 1) <= INT32_MAX) return value;
  }
}

// A call's generator starts with its seed, or somewhere, when its first row comes.
std::uint64_t& generator(const Expr& call, const Column* seed, Context& context) {
  const auto found = context.randoms.find(&call);
  if (found != context.randoms.end()) return found->second;
  std::random_device device;
  const std::int64_t start =
      seed != nullptr ? (seed->is_null(0) ? 0 : seed->at<std::int64_t>(0))
                      : static_cast<std::int64_t>(std::uint64_t{device()} << 32U | device());
  return context.randoms.emplace(&call, scrambled(start)).first->second;
}

// Evaluated lazily: a call without columns is no constant here.
Result<ColumnPtr> rand(const Expr& call, const data::Batch& batch, Context& context) {
  ColumnPtr seed;
  if (!call.args.empty()) {
    BOOST_OUTCOME_TRY(seed, evaluate(*call.args[0], batch, context));
  }
  Column out = Column::of_size(call.type, batch.rows);
  if (batch.rows == 0) return data::share(std::move(out));
  std::uint64_t& state = generator(call, seed.get(), context);
  for (double& cell : out.cells<double>()) cell = next_double(state);
  return data::share(std::move(out));
}

// RAND_INTEGER([seed,] bound)
Result<ColumnPtr> rand_integer(const Expr& call, const data::Batch& batch, Context& context) {
  BOOST_OUTCOME_TRY(const ColumnPtr bound, evaluate(*call.args.back(), batch, context));
  ColumnPtr seed;
  if (call.args.size() == 2) {
    BOOST_OUTCOME_TRY(seed, evaluate(*call.args[0], batch, context));
  }
  Column out = Column::of_size(call.type, batch.rows);
  if (batch.rows == 0) return data::share(std::move(out));
  std::uint64_t& state = generator(call, seed.get(), context);
  const std::span<std::int64_t> to = out.cells<std::int64_t>();
  for (std::size_t row = 0; row < batch.rows; ++row) {
    if (bound->is_null(row)) {
      out.set_null(row);
      continue;
    }
    const std::int64_t below = bound->at<std::int64_t>(row);
    if (below <= 0) return runtime_error("bound must be positive");
    to[row] = next_below(state, below);
  }
  return data::share(std::move(out));
}

Result<Signature> infer_seeded(std::span<const ExprPtr> args) {
  Signature signature{{}, LogicalType::float64().not_null()};
  for (const ExprPtr& arg : args) {
    if (!arg->type.is_integer()) return no_match();
    signature.args.push_back(LogicalType::integer());
  }
  return signature;
}
Result<Signature> infer_bounded(std::span<const ExprPtr> args) {
  BOOST_OUTCOME_TRY(Signature signature, infer_seeded(args));
  signature.result = nullable_as(LogicalType::integer(), args);
  return signature;
}

constexpr std::array functions = {
    function_row("SIN", 1, 1, doubles, real<sine>, "SIN(<NUMERIC>)"),
    function_row("COS", 1, 1, doubles, real<cosine>, "COS(<NUMERIC>)"),
    function_row("TAN", 1, 1, doubles, real<tangent>, "TAN(<NUMERIC>)"),
    function_row("COT", 1, 1, doubles, real<cotangent>, "COT(<NUMERIC>)"),
    function_row("ASIN", 1, 1, doubles, real<arc_sine>, "ASIN(<NUMERIC>)"),
    function_row("ACOS", 1, 1, doubles, real<arc_cosine>, "ACOS(<NUMERIC>)"),
    function_row("ATAN", 1, 1, doubles, real<arc_tangent>, "ATAN(<NUMERIC>)"),
    function_row("ATAN2", 2, 2, doubles, real_2<arc_tangent_2>, "ATAN2(<NUMERIC>, <NUMERIC>)"),
    function_row("SINH", 1, 1, doubles, real<hyperbolic_sine>, "SINH(<NUMERIC>)"),
    function_row("COSH", 1, 1, doubles, real<hyperbolic_cosine>, "COSH(<NUMERIC>)"),
    function_row("TANH", 1, 1, doubles, real<hyperbolic_tangent>, "TANH(<NUMERIC>)"),
    function_row("DEGREES", 1, 1, doubles, real<degrees>, "DEGREES(<NUMERIC>)"),
    function_row("RADIANS", 1, 1, doubles, real<radians>, "RADIANS(<NUMERIC>)"),
    function_row("LOG2", 1, 1, doubles, real<log_2>, "LOG2(<NUMERIC>)"),
    Function{.name = "LOG",
             .min_args = 1,
             .max_args = 2,
             .infer = infer_log,
             .forms = "LOG(<NUMERIC>)'\n'LOG(<NUMERIC>, <NUMERIC>)"},
    function_row("PI", 0, 0, doubles, constant<pi>, "PI()"),
    function_row("E", 0, 0, doubles, constant<e>, "E()"),
    Function{.name = "RAND",
             .max_args = 1,
             .infer = infer_seeded,
             .lazy = rand,
             .forms = "RAND()'\n'RAND(<INTEGER>)",
             .deterministic = false},
    Function{.name = "RAND_INTEGER",
             .min_args = 1,
             .max_args = 2,
             .infer = infer_bounded,
             .lazy = rand_integer,
             .forms = "RAND_INTEGER(<INTEGER>)'\n'RAND_INTEGER(<INTEGER>, <INTEGER>)",
             .can_fail = true,
             .deterministic = false},
};

}  // namespace

std::span<const Function> real_functions() {
  return functions;
}

}  // namespace millrace::expr
