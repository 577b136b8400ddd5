// MIN, MAX, FIRST_VALUE and LAST_VALUE over inputs that take rows back: every value is kept, so
// that the next one is known when the present one goes. As Flink's ...WithRetract functions do it:
// of equal values the one that came first goes first.
#include <map>
#include <set>

#include "runtime/aggregates/registry.hpp"

namespace millrace::aggregates {

namespace {

template <class T>
using Owned = std::conditional_t<std::is_same_v<T, std::string_view>, std::string, T>;

// One group's values with their arrivals.
template <class T>
struct Values {
  std::map<Owned<T>, std::set<std::uint64_t>, std::less<>> by_value;
  std::map<std::uint64_t, Owned<T>> by_arrival;
  // Taken back before they were added: they cancel what comes.
  std::map<Owned<T>, std::int64_t, std::less<>> owed;

  void add(const T& value, std::uint64_t arrival) {
    const auto debt = owed.find(value);
    if (debt != owed.end()) {
      if (--debt->second == 0) owed.erase(debt);
      return;
    }
    // The same arrival twice: a merge of slices; the next free place keeps the order.
    while (by_arrival.contains(arrival)) ++arrival;
    by_value[Owned<T>(value)].insert(arrival);
    by_arrival.emplace(arrival, Owned<T>(value));
  }

  void take(const T& value) {
    const auto found = by_value.find(value);
    if (found == by_value.end()) {
      ++owed[Owned<T>(value)];
      return;
    }
    by_arrival.erase(*found->second.begin());
    found->second.erase(found->second.begin());
    if (found->second.empty()) by_value.erase(found);
  }
};

enum class Which : std::uint8_t { smallest, largest, first, last };

template <class T, Which which>
class AllValues final : public Accumulators {
 public:
  explicit AllValues(const LogicalType& result) : result_(result) {}

  void resize(std::size_t groups) override { groups_.resize(groups); }
  [[nodiscard]] std::size_t size() const override { return groups_.size(); }

  void add(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
           std::span<const ColumnPtr> args, std::uint64_t first_arrival) override {
    const Cells<T> cells(*args[0]);
    each_value(groups, rows, cells, [&](std::uint32_t group, std::size_t row) {
      groups_[group].add(cells[row], first_arrival + row);
    });
  }

  void retract(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
               std::span<const ColumnPtr> args) override {
    const Cells<T> cells(*args[0]);
    each_value(groups, rows, cells,
               [&](std::uint32_t group, std::size_t row) { groups_[group].take(cells[row]); });
  }

  void merge(std::span<const std::uint32_t> into, const Accumulators& other,
             std::span<const std::uint32_t> from) override {
    const auto& source = static_cast<const AllValues&>(other);
    for (std::size_t i = 0; i < into.size(); ++i) {
      for (const auto& [arrival, value] : source.groups_[from[i]].by_arrival) {
        groups_[into[i]].add(value, arrival);
      }
    }
  }

  [[nodiscard]] ColumnPtr finish() const override {
    Column out(result_);
    const auto arena = std::make_shared<data::Arena>();
    for (std::uint32_t group = 0; group < groups_.size(); ++group) {
      append_result(group, out, *arena);
    }
    out.keep_alive(arena);
    return data::share(std::move(out));
  }

  void append_result(std::uint32_t group, Column& out, data::Arena& arena) const override {
    const Values<T>& values = groups_[group];
    if (values.by_arrival.empty()) {
      out.append_null();
      return;
    }
    append_cell<T>(out, chosen(values), arena);
  }

  void clear_group(std::uint32_t group) override { groups_[group] = {}; }
  void clear() override { groups_.assign(groups_.size(), {}); }

  [[nodiscard]] std::size_t bytes() const override {
    // About: two tree nodes a value.
    std::size_t total = groups_.capacity() * sizeof(Values<T>);
    for (const auto& values : groups_) total += values.by_arrival.size() * 160;
    return total;
  }

 private:
  static const Owned<T>& chosen(const Values<T>& values) {
    if constexpr (which == Which::smallest) return values.by_value.begin()->first;
    if constexpr (which == Which::largest) return values.by_value.rbegin()->first;
    if constexpr (which == Which::first) return values.by_arrival.begin()->second;
    if constexpr (which == Which::last) return values.by_arrival.rbegin()->second;
  }

  LogicalType result_;
  std::vector<Values<T>> groups_;
};

template <Which which>
std::unique_ptr<Accumulators> make(const BoundAggregate& call) {
  return data::with_storage(call.result.storage(), [&]<class T>() -> std::unique_ptr<Accumulators> {
    return std::make_unique<AllValues<T, which>>(call.result);
  });
}

}  // namespace

std::unique_ptr<Accumulators> make_min_of_all(const BoundAggregate& call) {
  return make<Which::smallest>(call);
}
std::unique_ptr<Accumulators> make_max_of_all(const BoundAggregate& call) {
  return make<Which::largest>(call);
}
std::unique_ptr<Accumulators> make_first_of_all(const BoundAggregate& call) {
  return make<Which::first>(call);
}
std::unique_ptr<Accumulators> make_last_of_all(const BoundAggregate& call) {
  return make<Which::last>(call);
}

}  // namespace millrace::aggregates
