// PERCENTILE(x, p): between the two nearest values, in proportion.
#include <cmath>
#include <map>

#include "runtime/aggregates/registry.hpp"

namespace millrace::aggregates {

namespace {

class Percentile final : public Accumulators {
 public:
  explicit Percentile(const BoundAggregate& call) : result_(call.result) {}

  void resize(std::size_t groups) override { groups_.resize(groups); }
  [[nodiscard]] std::size_t size() const override { return groups_.size(); }

  void add(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
           std::span<const ColumnPtr> args, std::uint64_t) override {
    change(groups, rows, args, 1);
  }
  void retract(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
               std::span<const ColumnPtr> args) override {
    change(groups, rows, args, -1);
  }

  void merge(std::span<const std::uint32_t> into, const Accumulators& other,
             std::span<const std::uint32_t> from) override {
    const auto& source = static_cast<const Percentile&>(other);
    for (std::size_t i = 0; i < into.size(); ++i) {
      const Values& more = source.groups_[from[i]];
      Values& values = groups_[into[i]];
      for (const auto& [value, count] : more.counts) values.change(value, count);
      if (more.total != 0) values.part = more.part;
    }
  }

  [[nodiscard]] ColumnPtr finish() const override {
    Column out(result_);
    data::Arena arena(16);
    for (std::uint32_t group = 0; group < groups_.size(); ++group) {
      append_result(group, out, arena);
    }
    return data::share(std::move(out));
  }

  void append_result(std::uint32_t group, Column& out, data::Arena&) const override {
    const Values& values = groups_[group];
    if (values.total <= 0) {
      out.append_null();
      return;
    }
    const double place = values.part * static_cast<double>(values.total - 1);
    const double low = std::floor(place);
    const double below = values.at(static_cast<std::int64_t>(low));
    const double above = values.at(static_cast<std::int64_t>(std::ceil(place)));
    out.append<double>(below == above ? below : (low + 1 - place) * below + (place - low) * above);
  }

  void clear_group(std::uint32_t group) override { groups_[group] = {}; }
  void clear() override { groups_.assign(groups_.size(), {}); }
  [[nodiscard]] std::size_t bytes() const override {
    std::size_t total = groups_.capacity() * sizeof(Values);
    for (const auto& group : groups_) total += group.counts.size() * 64;
    return total;
  }

 private:
  struct Values {
    std::map<double, std::int64_t> counts;
    std::int64_t total = 0;
    double part = 0;

    void change(double value, std::int64_t by) {
      total += by;
      auto& count = counts[value];
      count += by;
      if (count == 0) counts.erase(value);
    }
    // The value at a place, counted from 0.
    [[nodiscard]] double at(std::int64_t place) const {
      double last = 0;
      for (const auto& [value, count] : counts) {
        last = value;
        place -= count;
        if (place < 0) break;
      }
      return last;
    }
  };

  void change(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
              std::span<const ColumnPtr> args, std::int64_t by) {
    const Cells<double> cells(*args[0]);
    const Cells<double> parts(*args[1]);
    each_value(groups, rows, cells, [&](std::uint32_t group, std::size_t row) {
      if (parts.is_null(row) || cells[row] != cells[row]) return;
      groups_[group].part = parts[row];
      groups_[group].change(cells[row], by);
    });
  }

  LogicalType result_;
  std::vector<Values> groups_;
};

}  // namespace

std::unique_ptr<Accumulators> make_percentile(const BoundAggregate& call) {
  return std::make_unique<Percentile>(call);
}

}  // namespace millrace::aggregates
