// FIRST_VALUE and LAST_VALUE by arrival; NULLs are passed over, as Flink's functions do.
#include <algorithm>

#include "runtime/aggregates/kept.hpp"
#include "runtime/aggregates/registry.hpp"

namespace millrace::aggregates {

namespace {

template <class T, bool last>
class Arrived final : public Accumulators {
 public:
  explicit Arrived(const LogicalType& result) : result_(result) {}

  void resize(std::size_t groups) override {
    values_.resize(groups);
    arrivals_.resize(groups, 0);
    filled_.resize(groups, 0);
  }
  [[nodiscard]] std::size_t size() const override { return filled_.size(); }

  void add(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
           std::span<const ColumnPtr> args, std::uint64_t first_arrival) override {
    const Cells<T> cells(*args[0]);
    each_value(groups, rows, cells, [&](std::uint32_t group, std::size_t row) {
      put(group, cells[row], first_arrival + row);
    });
  }

  // all_values.cpp serves inputs that take rows back.
  void retract(std::span<const std::uint32_t>, std::span<const std::uint32_t>,
               std::span<const ColumnPtr>) override {
    KS_ASSERT(false);
  }

  void append_result(std::uint32_t group, Column& out, data::Arena& arena) const override {
    if (filled_[group] == 0) {
      out.append_null();
    } else {
      append_cell<T>(out, values_.get(group), arena);
    }
  }
  void clear_group(std::uint32_t group) override {
    values_.set(group, T{});
    filled_[group] = 0;
  }

  void merge(std::span<const std::uint32_t> into, const Accumulators& other,
             std::span<const std::uint32_t> from) override {
    const auto& source = static_cast<const Arrived&>(other);
    for (std::size_t i = 0; i < into.size(); ++i) {
      if (source.filled_[from[i]] != 0)
        put(into[i], source.values_.get(from[i]), source.arrivals_[from[i]]);
    }
  }

  [[nodiscard]] ColumnPtr finish() const override {
    Column out = Column::of_size(result_, filled_.size());
    values_.write(out);
    out.set_nulls(nulls_where_empty(filled_));
    return data::share(std::move(out));
  }

  void clear() override {
    for (std::size_t i = 0; i < filled_.size(); ++i) values_.set(i, T{});
    std::fill(filled_.begin(), filled_.end(), 0);
  }
  [[nodiscard]] std::size_t bytes() const override {
    return values_.bytes() + filled_.capacity() + arrivals_.capacity() * sizeof(arrivals_[0]);
  }

 private:
  void put(std::uint32_t group, const T& value, std::uint64_t arrival) {
    if (filled_[group] != 0 && (last ? arrival <= arrivals_[group] : arrival >= arrivals_[group]))
      return;
    values_.set(group, value);
    arrivals_[group] = arrival;
    filled_[group] = 1;
  }

  LogicalType result_;
  Kept<T> values_;
  std::vector<std::uint64_t> arrivals_;
  std::vector<std::uint8_t> filled_;
};

template <bool last>
std::unique_ptr<Accumulators> make(const BoundAggregate& call) {
  return data::with_storage(call.result.storage(), [&]<class T>() -> std::unique_ptr<Accumulators> {
    return std::make_unique<Arrived<T, last>>(call.result);
  });
}

}  // namespace

std::unique_ptr<Accumulators> make_first_value(const BoundAggregate& call) {
  return call.retract ? make_first_of_all(call) : make<false>(call);
}
std::unique_ptr<Accumulators> make_last_value(const BoundAggregate& call) {
  return call.retract ? make_last_of_all(call) : make<true>(call);
}

}  // namespace millrace::aggregates
