// AVG: a total in 64 bits, double or DECIMAL(38), and a count. Integers cut towards zero, DECIMAL
// rounds HALF_UP.
#include <algorithm>

#include "runtime/aggregates/registry.hpp"
#include "runtime/aggregates/sum.hpp"

namespace millrace::aggregates {

namespace {

template <class T>
class Average final : public Accumulators {
 public:
  explicit Average(const BoundAggregate& call)
      : result_(call.result), scale_(call.args[0].scale()) {}

  void resize(std::size_t groups) override { states_.resize(groups); }
  [[nodiscard]] std::size_t size() const override { return states_.size(); }

  void add(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
           std::span<const ColumnPtr> args, std::uint64_t) override {
    const Cells<T> cells(*args[0]);
    each_value(groups, rows, cells, [&](std::uint32_t group, std::size_t row) {
      State& state = states_[group];
      add_to(state.total, cells[row], state.lost);
      ++state.count;
    });
  }

  void retract(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
               std::span<const ColumnPtr> args) override {
    const Cells<T> cells(*args[0]);
    each_value(groups, rows, cells, [&](std::uint32_t group, std::size_t row) {
      State& state = states_[group];
      take_from(state.total, cells[row], state.lost);
      --state.count;
    });
  }

  void append_result(std::uint32_t group, Column& out, data::Arena&) const override {
    const State& state = states_[group];
    T quotient{};
    if (state.count != 0 && !state.lost && divide(state, quotient)) {
      out.append(quotient);
    } else {
      out.append_null();
    }
  }
  void clear_group(std::uint32_t group) override { states_[group] = State{}; }

  void merge(std::span<const std::uint32_t> into, const Accumulators& other,
             std::span<const std::uint32_t> from) override {
    const auto& source = static_cast<const Average&>(other);
    for (std::size_t i = 0; i < into.size(); ++i) {
      const State& more = source.states_[from[i]];
      State& state = states_[into[i]];
      add_to(state.total, more.total, state.lost);
      state.count += more.count;
      state.lost = state.lost || more.lost;
    }
  }

  [[nodiscard]] ColumnPtr finish() const override {
    Column out = Column::of_size(result_, states_.size());
    const std::span<T> to = out.template cells<T>();
    std::vector<std::uint8_t> filled(states_.size(), 0);
    for (std::size_t i = 0; i < states_.size(); ++i) {
      if (states_[i].count != 0 && !states_[i].lost) filled[i] = divide(states_[i], to[i]) ? 1 : 0;
    }
    out.set_nulls(nulls_where_empty(filled));
    return data::share(std::move(out));
  }

  void clear() override { std::fill(states_.begin(), states_.end(), State{}); }
  [[nodiscard]] std::size_t bytes() const override { return states_.capacity() * sizeof(State); }

 private:
  struct State {
    T total{};
    std::int64_t count = 0;
    bool lost = false;
  };

  // False when the quotient has too many digits.
  bool divide(const State& state, T& to) const {
    if constexpr (std::is_same_v<T, data::Int128>) {
      const auto quotient = data::decimal_divide(state.total, scale_, state.count, 0,
                                                 result_.precision(), result_.scale());
      to = quotient.value_or(0);
      return quotient.has_value();
    } else if constexpr (std::is_same_v<T, double>) {
      const double quotient = state.total / static_cast<double>(state.count);
      to = result_.is(TypeKind::float32) ? static_cast<double>(static_cast<float>(quotient))
                                         : quotient;
      return true;
    } else {
      to = state.total / state.count;
      return true;
    }
  }

  LogicalType result_;
  int scale_;
  std::vector<State> states_;
};

}  // namespace

std::unique_ptr<Accumulators> make_average(const BoundAggregate& call) {
  switch (call.result.storage()) {
    case data::Storage::float64:
      return std::make_unique<Average<double>>(call);
    case data::Storage::decimal:
      return std::make_unique<Average<data::Int128>>(call);
    default:
      return std::make_unique<Average<std::int64_t>>(call);
  }
}

}  // namespace millrace::aggregates
