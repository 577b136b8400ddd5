// DISTINCT: the pairs (group, value) seen so far; only new ones reach the aggregate itself. A value
// counts as arrived when it first did, so FIRST_VALUE and LAST_VALUE keep their order.
#include "runtime/aggregates/registry.hpp"
#include "runtime/data/key_index.hpp"

namespace millrace::aggregates {

namespace {

class Distinct final : public Accumulators {
 public:
  Distinct(const BoundAggregate& call, std::unique_ptr<Accumulators> inner)
      : type_(call.args[0]), inner_(std::move(inner)), seen_(pair_types()) {}

  void resize(std::size_t groups) override {
    inner_->resize(groups);
    held_.resize(groups, 0);
  }
  [[nodiscard]] std::size_t size() const override { return inner_->size(); }

  void add(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
           std::span<const ColumnPtr> args, std::uint64_t first_arrival) override {
    std::vector<std::uint32_t> chosen;
    std::vector<std::uint32_t> owners;
    choose(groups, rows, *args[0], chosen, owners);
    std::vector<std::int64_t> arrivals;
    arrivals.reserve(chosen.size());
    for (const std::uint32_t row : chosen) {
      arrivals.push_back(static_cast<std::int64_t>(first_arrival + row));
    }
    put(owners, data::gather(args[0], chosen), arrivals);
  }

  void merge(std::span<const std::uint32_t> into, const Accumulators& other,
             std::span<const std::uint32_t> from) override {
    const auto& source = static_cast<const Distinct&>(other);
    // The groups asked for, by number; several may go into one, none twice into the same.
    std::vector<std::vector<std::uint32_t>> targets(source.size());
    for (std::size_t i = 0; i < into.size(); ++i) targets[from[i]].push_back(into[i]);
    const std::vector<ColumnPtr> pairs = source.seen_.keys();
    const std::span<const std::int64_t> group = pairs[0]->cells<std::int64_t>();
    std::vector<std::uint32_t> chosen;
    std::vector<std::int64_t> arrivals;
    std::vector<std::uint32_t> owners;
    for (std::uint32_t pair = 0; pair < group.size(); ++pair) {
      for (const std::uint32_t target : targets[static_cast<std::size_t>(group[pair])]) {
        chosen.push_back(pair);
        arrivals.push_back(source.arrivals_[pair]);
        owners.push_back(target);
      }
    }
    put(owners, data::gather(pairs[1], chosen), arrivals);
  }

  void retract(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
               std::span<const ColumnPtr> args) override {
    std::vector<std::uint32_t> chosen;
    std::vector<std::uint32_t> owners;
    choose(groups, rows, *args[0], chosen, owners);
    const ColumnPtr values = data::gather(args[0], chosen);
    const std::vector<std::uint32_t> pairs = number(owners, values);
    counts_.resize(seen_.size(), 0);
    arrivals_.resize(seen_.size(), 0);
    for (std::uint32_t i = 0; i < pairs.size(); ++i) {
      if (--counts_[pairs[i]] != 0) continue;
      --held_[owners[i]];
      const std::uint32_t row[] = {i};
      const std::uint32_t owner[] = {owners[i]};
      const ColumnPtr value[] = {values};
      inner_->retract(owner, row, value);
    }
  }

  [[nodiscard]] ColumnPtr finish() const override { return inner_->finish(); }

  void append_result(std::uint32_t group, Column& out, data::Arena& arena) const override {
    inner_->append_result(group, out, arena);
  }

  void clear_group(std::uint32_t group) override {
    inner_->clear_group(group);
    if (held_[group] == 0) return;
    // Rows that were never taken back.
    held_[group] = 0;
    const auto pairs = seen_.keys();
    const std::span<const std::int64_t> owners = pairs[0]->cells<std::int64_t>();
    for (std::size_t pair = 0; pair < owners.size(); ++pair) {
      if (owners[pair] == group) counts_[pair] = 0;
    }
  }

  void clear() override {
    inner_->clear();
    seen_ = data::KeyIndex(pair_types());
    arrivals_.clear();
    counts_.clear();
    held_.assign(held_.size(), 0);
  }

  [[nodiscard]] std::size_t bytes() const override {
    // A pair: its group, its cell, its hash and half-empty slots; text beside it is not counted.
    return inner_->bytes() + seen_.size() * 64;
  }

 private:
  [[nodiscard]] std::vector<LogicalType> pair_types() const {
    return {LogicalType::bigint(), type_};
  }

  // The rows that are not NULL, and their groups.
  static void choose(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
                     const Column& values, std::vector<std::uint32_t>& chosen,
                     std::vector<std::uint32_t>& owners) {
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const std::size_t row = rows.empty() ? i : rows[i];
      if (values.is_null(row)) continue;
      chosen.push_back(static_cast<std::uint32_t>(row));
      owners.push_back(groups[i]);
    }
  }

  // The number of each pair; new pairs are numbered in the order of their first row.
  std::vector<std::uint32_t> number(const std::vector<std::uint32_t>& owners,
                                    const ColumnPtr& values) {
    Column groups(LogicalType::bigint());
    groups.reserve(owners.size());
    for (const std::uint32_t owner : owners) groups.append(std::int64_t{owner});
    const ColumnPtr pair[] = {data::share(std::move(groups)), values};
    std::vector<std::uint32_t> numbers;
    seen_.find_or_add(pair, owners.size(), numbers);
    return numbers;
  }

  void put(const std::vector<std::uint32_t>& owners, const ColumnPtr& values,
           const std::vector<std::int64_t>& arrivals) {
    const std::vector<std::uint32_t> pairs = number(owners, values);
    counts_.resize(seen_.size(), 0);
    arrivals_.resize(seen_.size(), 0);
    for (std::uint32_t i = 0; i < pairs.size(); ++i) {
      if (++counts_[pairs[i]] != 1) continue;
      ++held_[owners[i]];
      arrivals_[pairs[i]] = arrivals[i];
      const std::uint32_t row[] = {i};
      const std::uint32_t owner[] = {owners[i]};
      const ColumnPtr args[] = {values};
      inner_->add(owner, row, args, static_cast<std::uint64_t>(arrivals[i]) - i);
    }
  }

  LogicalType type_;
  std::unique_ptr<Accumulators> inner_;
  data::KeyIndex seen_;
  std::vector<std::int64_t> arrivals_;  // by pair
  std::vector<std::int64_t> counts_;    // by pair: rows that hold it
  std::vector<std::int64_t> held_;      // by group: pairs that some row holds
};

}  // namespace

std::unique_ptr<Accumulators> make_distinct(const BoundAggregate& call,
                                            std::unique_ptr<Accumulators> inner) {
  return std::make_unique<Distinct>(call, std::move(inner));
}

}  // namespace millrace::aggregates
