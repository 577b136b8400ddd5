// SUM: NULL for no values. FLOAT adds up in float, as Flink's SumAggFunction does.
#include "runtime/aggregates/sum.hpp"

#include <algorithm>

#include "runtime/aggregates/registry.hpp"

namespace millrace::aggregates {

namespace {

// The total as the result type holds it.
std::int64_t narrowed(TypeKind kind, std::int64_t total) {
  switch (kind) {
    case TypeKind::tinyint:
      return static_cast<std::int8_t>(total);
    case TypeKind::smallint:
      return static_cast<std::int16_t>(total);
    case TypeKind::integer:
      return static_cast<std::int32_t>(total);
    default:
      return total;
  }
}
double narrowed(TypeKind kind, double total) {
  return kind == TypeKind::float32 ? static_cast<double>(static_cast<float>(total)) : total;
}
data::Int128 narrowed(TypeKind, data::Int128 total) {
  return total;
}

template <class T>
class Sum final : public Accumulators {
 public:
  Sum(const LogicalType& result, bool retracts) : result_(result), retracts_(retracts) {}

  void resize(std::size_t groups) override {
    totals_.resize(groups);
    if (retracts_) counts_.resize(groups, 0);
    states_.resize(groups, empty);
  }
  [[nodiscard]] std::size_t size() const override { return totals_.size(); }

  void add(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
           std::span<const ColumnPtr> args, std::uint64_t) override {
    const Cells<T> cells(*args[0]);
    each_value(groups, rows, cells,
               [&](std::uint32_t group, std::size_t row) { put(group, cells[row]); });
    if (!retracts_) return;
    each_value(groups, rows, cells, [&](std::uint32_t group, std::size_t) { count(group, 1); });
  }

  void retract(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
               std::span<const ColumnPtr> args) override {
    KS_ASSERT(retracts_);
    const Cells<T> cells(*args[0]);
    each_value(groups, rows, cells, [&](std::uint32_t group, std::size_t row) {
      if (states_[group] != lost) {
        bool overflow = false;
        take_from(totals_[group], cells[row], overflow);
        totals_[group] = narrowed(result_.kind(), totals_[group]);
        states_[group] = overflow ? lost : full;
      }
      count(group, -1);
    });
  }

  void append_result(std::uint32_t group, Column& out, data::Arena&) const override {
    if (states_[group] == full && (!retracts_ || counts_[group] != 0)) {
      out.append(totals_[group]);
    } else {
      out.append_null();
    }
  }
  void clear_group(std::uint32_t group) override {
    totals_[group] = T{};
    states_[group] = empty;
    if (retracts_) counts_[group] = 0;
  }

  void merge(std::span<const std::uint32_t> into, const Accumulators& other,
             std::span<const std::uint32_t> from) override {
    const auto& source = static_cast<const Sum&>(other);
    for (std::size_t i = 0; i < into.size(); ++i) {
      if (source.states_[from[i]] == empty) continue;
      put(into[i], source.totals_[from[i]]);
      if (source.states_[from[i]] == lost) states_[into[i]] = lost;
      if (retracts_) count(into[i], source.counts_[from[i]]);
    }
  }

  [[nodiscard]] ColumnPtr finish() const override {
    Column out = Column::of_size(result_, totals_.size());
    std::copy(totals_.begin(), totals_.end(), out.template cells<T>().begin());
    std::vector<std::uint8_t> filled(states_.size());
    for (std::size_t i = 0; i < filled.size(); ++i) {
      filled[i] = states_[i] == full && (!retracts_ || counts_[i] != 0) ? 1 : 0;
    }
    out.set_nulls(nulls_where_empty(filled));
    return data::share(std::move(out));
  }

  void clear() override {
    std::fill(totals_.begin(), totals_.end(), T{});
    std::fill(states_.begin(), states_.end(), empty);
    std::fill(counts_.begin(), counts_.end(), 0);
  }
  [[nodiscard]] std::size_t bytes() const override {
    return totals_.capacity() * sizeof(T) + states_.capacity() + counts_.capacity() * 8;
  }

 private:
  enum State : std::uint8_t { empty, full, lost };

  void count(std::uint32_t group, std::int64_t step) { counts_[group] += step; }

  void put(std::uint32_t group, const T& value) {
    if (states_[group] == lost) return;
    bool overflow = false;
    add_to(totals_[group], value, overflow);
    totals_[group] = narrowed(result_.kind(), totals_[group]);
    states_[group] = overflow ? lost : full;
  }

  LogicalType result_;
  bool retracts_;
  std::vector<T> totals_;
  std::vector<State> states_;
  std::vector<std::int64_t> counts_;  // values in the total, where rows may be taken back
};

}  // namespace

std::unique_ptr<Accumulators> make_sum(const BoundAggregate& call) {
  switch (call.result.storage()) {
    case data::Storage::float64:
      return std::make_unique<Sum<double>>(call.result, call.retract);
    case data::Storage::decimal:
      return std::make_unique<Sum<data::Int128>>(call.result, call.retract);
    default:
      return std::make_unique<Sum<std::int64_t>>(call.result, call.retract);
  }
}

}  // namespace millrace::aggregates
