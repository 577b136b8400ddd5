// LISTAGG: texts one behind the other, each after its row's separator.
#include <algorithm>
#include <map>

#include "runtime/aggregates/registry.hpp"

namespace millrace::aggregates {

namespace {

class List final : public Accumulators {
 public:
  explicit List(const BoundAggregate& call) : result_(call.result), distinct_(call.distinct) {}

  void resize(std::size_t groups) override { groups_.resize(groups); }
  [[nodiscard]] std::size_t size() const override { return groups_.size(); }

  void add(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
           std::span<const ColumnPtr> args, std::uint64_t) override {
    const Cells<std::string_view> cells(*args[0]);
    each_value(groups, rows, cells, [&](std::uint32_t group, std::size_t row) {
      groups_[group].add(std::string(cells[row]), separator(args, row), distinct_);
    });
  }

  void retract(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
               std::span<const ColumnPtr> args) override {
    const Cells<std::string_view> cells(*args[0]);
    each_value(groups, rows, cells, [&](std::uint32_t group, std::size_t row) {
      groups_[group].take(std::string(cells[row]), distinct_);
    });
  }

  void merge(std::span<const std::uint32_t> into, const Accumulators& other,
             std::span<const std::uint32_t> from) override {
    const auto& source = static_cast<const List&>(other);
    for (std::size_t i = 0; i < into.size(); ++i) {
      for (const auto& [text, between] : source.groups_[from[i]].texts) {
        groups_[into[i]].add(text, between, distinct_);
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
    const auto& texts = groups_[group].texts;
    if (texts.empty()) {
      out.append_null();
      return;
    }
    std::string joined = texts.front().first;
    for (std::size_t i = 1; i < texts.size(); ++i) joined += texts[i].second + texts[i].first;
    out.append(arena.copy(joined));
  }

  void clear_group(std::uint32_t group) override { groups_[group] = {}; }
  void clear() override { groups_.assign(groups_.size(), {}); }
  [[nodiscard]] std::size_t bytes() const override {
    std::size_t total = groups_.capacity() * sizeof(Texts);
    for (const auto& group : groups_) {
      for (const auto& [text, between] : group.texts) total += text.size() + between.size() + 64;
    }
    return total;
  }

 private:
  struct Texts {
    std::vector<std::pair<std::string, std::string>> texts;  // and what stands before each
    std::map<std::string, std::int64_t> counts;              // only for DISTINCT

    void add(const std::string& text, const std::string& between, bool distinct) {
      if (distinct && counts[text]++ > 0) return;
      texts.emplace_back(text, between);
    }
    void take(const std::string& text, bool distinct) {
      if (distinct) {
        const auto count = counts.find(text);
        if (count == counts.end() || --count->second > 0) return;
        counts.erase(count);
      }
      const auto at = std::find_if(texts.begin(), texts.end(),
                                   [&text](const auto& one) { return one.first == text; });
      if (at != texts.end()) texts.erase(at);
    }
  };

  static std::string separator(std::span<const ColumnPtr> args, std::size_t row) {
    if (args.size() < 2) return ",";
    return args[1]->is_null(row) ? "" : std::string(args[1]->at<std::string_view>(row));
  }

  LogicalType result_;
  bool distinct_;
  std::vector<Texts> groups_;
};

}  // namespace

std::unique_ptr<Accumulators> make_list(const BoundAggregate& call) {
  return std::make_unique<List>(call);
}

}  // namespace millrace::aggregates
