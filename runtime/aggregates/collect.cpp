// COLLECT: a MULTISET of the values that are not NULL.
#include <map>

#include "runtime/aggregates/per_group.hpp"
#include "runtime/data/nested.hpp"

namespace millrace::aggregates {

namespace {

// Each value's cell and how often it is there; less than none: taken back before it came.
struct Counts {
  std::map<std::string, std::int64_t> counts;

  void add(const std::string& cell, std::int64_t times) {
    const auto at = counts.emplace(cell, 0).first;
    at->second += times;
    if (at->second == 0) counts.erase(at);
  }
  void add(const Counts& other) {
    for (const auto& [cell, times] : other.counts) add(cell, times);
  }
  [[nodiscard]] std::size_t bytes() const { return counts.size() * 96; }
};

class Collect final : public PerGroup<Counts> {
 public:
  explicit Collect(const BoundAggregate& call)
      : PerGroup(call), of_texts_(call.args[0].is_string()) {}

  void add(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
           std::span<const ColumnPtr> args, std::uint64_t) override {
    count(groups, rows, *args[0], 1);
  }
  void retract(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
               std::span<const ColumnPtr> args) override {
    count(groups, rows, *args[0], -1);
  }

  void append_result(std::uint32_t group, Column& out, data::Arena& arena) const override {
    std::vector<std::pair<std::string_view, std::int64_t>> entries;
    std::vector<std::uint32_t> hashes;
    for (const auto& [cell, times] : state(group).counts) {
      if (times <= 0) continue;
      entries.emplace_back(cell, times);
      hashes.push_back(of_texts_ ? data::string_data_hash(cell) : 0);
    }
    data::NestedBuilder builder;
    // Texts as Flink's map shows them: the formats write them in that order.
    for (const std::size_t i : data::hash_map_order(hashes)) {
      builder.add_bytes(entries[i].first);
      builder.add_bytes({reinterpret_cast<const char*>(&entries[i].second), sizeof(std::int64_t)});
    }
    out.append(builder.take(arena));
  }

 private:
  void count(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
             const Column& values, std::int64_t times) {
    each_row(groups, rows, [&](Counts& counts, std::size_t row) {
      if (values.is_null(row)) return;
      cell_.clear();
      data::append_cell_bytes(cell_, values, row);
      counts.add(cell_, times);
    });
  }

  bool of_texts_;
  std::string cell_;
};

}  // namespace

std::unique_ptr<Accumulators> make_collect(const BoundAggregate& call) {
  return std::make_unique<Collect>(call);
}

}  // namespace millrace::aggregates
