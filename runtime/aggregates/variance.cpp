// STDDEV and VAR as Flink's planner takes them apart: (SUM(x*x) - SUM(x)*SUM(x)/n) / n, or / (n-1),
// every step in the type of the result. So integers are cut towards zero in between, and wrap.
#include <algorithm>
#include <cmath>

#include "runtime/aggregates/registry.hpp"
#include "runtime/data/decimal.hpp"

namespace millrace::aggregates {

namespace {

// Numbers of the result's type: TINYINT..BIGINT wrap at their width, FLOAT rounds to float.
template <class T>
class Arithmetic {
 public:
  explicit Arithmetic(const BoundAggregate& call) : type_(call.result) {}

  T square(T value) const { return multiply(value, value); }
  T multiply(T a, T b) const {
    if constexpr (std::is_same_v<T, double>) {
      return rounded(a * b);
    } else {
      return wrapped(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
    }
  }
  T plus(T a, T b) const {
    if constexpr (std::is_same_v<T, double>) {
      return rounded(a + b);
    } else {
      return wrapped(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
    }
  }
  T minus(T a, T b) const {
    if constexpr (std::is_same_v<T, double>) {
      return rounded(a - b);
    } else {
      return wrapped(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
    }
  }
  T divide(T a, std::int64_t n) const {
    if constexpr (std::is_same_v<T, double>) {
      return rounded(a / static_cast<double>(n));
    } else {
      return a / n;
    }
  }
  T root(T a) const {
    if constexpr (std::is_same_v<T, double>) {
      return rounded(std::sqrt(a));
    } else {
      const double root = std::sqrt(static_cast<double>(a));
      return root == root ? static_cast<T>(root) : 0;
    }
  }

 private:
  double rounded(double value) const {
    return type_.is(TypeKind::float32) ? static_cast<double>(static_cast<float>(value)) : value;
  }
  std::int64_t wrapped(std::uint64_t value) const {
    if (type_.is(TypeKind::tinyint)) return static_cast<std::int8_t>(value);
    if (type_.is(TypeKind::smallint)) return static_cast<std::int16_t>(value);
    if (type_.is(TypeKind::integer)) return static_cast<std::int32_t>(value);
    return static_cast<std::int64_t>(value);
  }

  LogicalType type_;
};

// DECIMAL(38, s): squares have twice the argument's scale, quotients the result's.
template <>
class Arithmetic<data::Int128> {
 public:
  using T = data::Int128;
  explicit Arithmetic(const BoundAggregate& call)
      : from_(call.args[0].scale()), to_(call.result.scale()) {}

  T square(T value) const { return value * value; }
  T multiply(T a, T b) const { return a * b; }
  T plus(T a, T b) const { return a + b; }
  // What the square sums hold less a quotient: at the result's scale.
  T minus(T squares, T quotient) const { return rescaled(squares) - quotient; }
  T divide(T a, std::int64_t n) const {
    // The first quotient is of squares, the second of a difference at the result's scale.
    const int scale = first_ ? from_ * 2 : to_;
    first_ = !first_;
    return data::decimal_divide(a, scale, n, 0, LogicalType::max_precision, to_).value_or(0);
  }
  T root(T a) const {
    double scale = 1;
    for (int i = 0; i < to_; ++i) scale *= 10;
    const double root = std::sqrt(static_cast<double>(a) / scale) * scale;
    return root == root ? static_cast<T>(std::floor(root + 0.5)) : 0;
  }

 private:
  T rescaled(T squares) const {
    T value = squares;
    for (int i = from_ * 2; i < to_; ++i) value *= 10;
    for (int i = from_ * 2; i > to_; --i) value = (value + (value < 0 ? -5 : 5)) / 10;
    return value;
  }

  int from_;
  int to_;
  mutable bool first_ = true;
};

template <class T>
class Variance final : public Accumulators {
 public:
  explicit Variance(const BoundAggregate& call) : result_(call.result), numbers_(call) {
    const std::string_view name = call.function->name;
    sample_ = name != "STDDEV_POP" && name != "VAR_POP";
    root_ = name.starts_with("STDDEV");
  }

  void resize(std::size_t groups) override { states_.resize(groups); }
  [[nodiscard]] std::size_t size() const override { return states_.size(); }

  void add(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
           std::span<const ColumnPtr> args, std::uint64_t) override {
    const Cells<T> cells(*args[0]);
    each_value(groups, rows, cells, [&](std::uint32_t group, std::size_t row) {
      State& state = states_[group];
      state.sum = numbers_.plus(state.sum, cells[row]);
      state.squares = numbers_.plus(state.squares, numbers_.square(cells[row]));
      ++state.count;
    });
  }

  void retract(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
               std::span<const ColumnPtr> args) override {
    const Cells<T> cells(*args[0]);
    each_value(groups, rows, cells, [&](std::uint32_t group, std::size_t row) {
      State& state = states_[group];
      state.sum = numbers_.plus(state.sum, -cells[row]);
      state.squares = numbers_.plus(state.squares, -numbers_.square(cells[row]));
      --state.count;
    });
  }

  void merge(std::span<const std::uint32_t> into, const Accumulators& other,
             std::span<const std::uint32_t> from) override {
    const auto& source = static_cast<const Variance&>(other);
    for (std::size_t i = 0; i < into.size(); ++i) {
      const State& more = source.states_[from[i]];
      State& state = states_[into[i]];
      state.sum = numbers_.plus(state.sum, more.sum);
      state.squares = numbers_.plus(state.squares, more.squares);
      state.count += more.count;
    }
  }

  [[nodiscard]] ColumnPtr finish() const override {
    Column out(result_);
    data::Arena arena(16);
    for (std::uint32_t group = 0; group < states_.size(); ++group) {
      append_result(group, out, arena);
    }
    return data::share(std::move(out));
  }

  void append_result(std::uint32_t group, Column& out, data::Arena&) const override {
    const State& state = states_[group];
    const std::int64_t parts = sample_ ? state.count - 1 : state.count;
    if (state.count <= 0 || parts <= 0) {
      out.append_null();
      return;
    }
    const T mean = numbers_.divide(numbers_.multiply(state.sum, state.sum), state.count);
    const T variance = numbers_.divide(numbers_.minus(state.squares, mean), parts);
    out.append<T>(root_ ? numbers_.root(variance) : variance);
  }

  void clear_group(std::uint32_t group) override { states_[group] = State{}; }
  void clear() override { std::fill(states_.begin(), states_.end(), State{}); }
  [[nodiscard]] std::size_t bytes() const override { return states_.capacity() * sizeof(State); }

 private:
  struct State {
    T sum{};
    T squares{};
    std::int64_t count = 0;
  };

  LogicalType result_;
  Arithmetic<T> numbers_;
  bool sample_ = false;
  bool root_ = false;
  std::vector<State> states_;
};

}  // namespace

std::unique_ptr<Accumulators> make_variance(const BoundAggregate& call) {
  switch (call.result.storage()) {
    case data::Storage::float64:
      return std::make_unique<Variance<double>>(call);
    case data::Storage::decimal:
      return std::make_unique<Variance<data::Int128>>(call);
    default:
      return std::make_unique<Variance<std::int64_t>>(call);
  }
}

}  // namespace millrace::aggregates
