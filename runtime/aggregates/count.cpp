// COUNT(*) and COUNT(x).
#include <algorithm>

#include "runtime/aggregates/registry.hpp"

namespace millrace::aggregates {

namespace {

class Count final : public Accumulators {
 public:
  void resize(std::size_t groups) override { counts_.resize(groups); }
  [[nodiscard]] std::size_t size() const override { return counts_.size(); }

  void add(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
           std::span<const ColumnPtr> args, std::uint64_t) override {
    count(groups, rows, args, 1);
  }

  void retract(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
               std::span<const ColumnPtr> args) override {
    count(groups, rows, args, -1);
  }

  void append_result(std::uint32_t group, Column& out, data::Arena&) const override {
    out.append(counts_[group]);
  }
  void clear_group(std::uint32_t group) override { counts_[group] = 0; }

  void merge(std::span<const std::uint32_t> into, const Accumulators& other,
             std::span<const std::uint32_t> from) override {
    const auto& source = static_cast<const Count&>(other);
    for (std::size_t i = 0; i < into.size(); ++i) counts_[into[i]] += source.counts_[from[i]];
  }

  [[nodiscard]] ColumnPtr finish() const override {
    Column out = Column::of_size(LogicalType::bigint().not_null(), counts_.size());
    std::copy(counts_.begin(), counts_.end(), out.cells<std::int64_t>().begin());
    return data::share(std::move(out));
  }

  void clear() override { std::fill(counts_.begin(), counts_.end(), 0); }
  [[nodiscard]] std::size_t bytes() const override {
    return counts_.capacity() * sizeof(counts_[0]);
  }

 private:
  void count(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
             std::span<const ColumnPtr> args, std::int64_t step) {
    if (args.empty() || !args[0]->has_nulls()) {
      for (const std::uint32_t group : groups) counts_[group] += step;
      return;
    }
    for (std::size_t i = 0; i < groups.size(); ++i) {
      if (!args[0]->is_null(rows.empty() ? i : rows[i])) counts_[groups[i]] += step;
    }
  }

  std::vector<std::int64_t> counts_;
};

}  // namespace

std::unique_ptr<Accumulators> make_count(const BoundAggregate&) {
  return std::make_unique<Count>();
}

}  // namespace millrace::aggregates
