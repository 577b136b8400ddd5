// MIN and MAX: NULL for no values. Text compares byte by byte, NaN never replaces and is never
// replaced.
#include <algorithm>

#include "runtime/aggregates/kept.hpp"
#include "runtime/aggregates/registry.hpp"

namespace millrace::aggregates {

namespace {

template <class T, bool largest>
class Extreme final : public Accumulators {
 public:
  explicit Extreme(const LogicalType& result) : result_(result) {}

  void resize(std::size_t groups) override {
    values_.resize(groups);
    filled_.resize(groups, 0);
  }
  [[nodiscard]] std::size_t size() const override { return filled_.size(); }

  void add(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
           std::span<const ColumnPtr> args, std::uint64_t) override {
    const Cells<T> cells(*args[0]);
    each_value(groups, rows, cells,
               [&](std::uint32_t group, std::size_t row) { put(group, cells[row]); });
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
    const auto& source = static_cast<const Extreme&>(other);
    for (std::size_t i = 0; i < into.size(); ++i) {
      if (source.filled_[from[i]] != 0) put(into[i], source.values_.get(from[i]));
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
  [[nodiscard]] std::size_t bytes() const override { return values_.bytes() + filled_.capacity(); }

 private:
  void put(std::uint32_t group, const T& value) {
    if (filled_[group] != 0) {
      const auto& kept = values_.get(group);
      if (!(largest ? kept < value : value < kept)) return;
    }
    values_.set(group, value);
    filled_[group] = 1;
  }

  LogicalType result_;
  Kept<T> values_;
  std::vector<std::uint8_t> filled_;
};

template <bool largest>
std::unique_ptr<Accumulators> make(const BoundAggregate& call) {
  return data::with_storage(call.result.storage(), [&]<class T>() -> std::unique_ptr<Accumulators> {
    return std::make_unique<Extreme<T, largest>>(call.result);
  });
}

}  // namespace

std::unique_ptr<Accumulators> make_min(const BoundAggregate& call) {
  return call.retract ? make_min_of_all(call) : make<false>(call);
}
std::unique_ptr<Accumulators> make_max(const BoundAggregate& call) {
  return call.retract ? make_max_of_all(call) : make<true>(call);
}

}  // namespace millrace::aggregates
