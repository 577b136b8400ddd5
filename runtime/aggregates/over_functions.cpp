// What stands before OVER alone, fed row by row in the window's order.
#include <algorithm>
#include <deque>

#include "runtime/aggregates/registry.hpp"

namespace millrace::aggregates {

namespace {

void append_any(Column& out, const data::Value& value, data::Arena& arena) {
  if (data::is_null(value)) {
    out.append_null();
    return;
  }
  switch (out.type().storage()) {
    case data::Storage::boolean:
      out.append<std::uint8_t>(std::get<bool>(value) ? 1 : 0);
      break;
    case data::Storage::int64:
      out.append(std::get<std::int64_t>(value));
      break;
    case data::Storage::float64:
      out.append(std::get<double>(value));
      break;
    case data::Storage::decimal:
      out.append(std::get<base::Int128>(value));
      break;
    case data::Storage::bytes:
      out.append(arena.copy(std::get<std::string>(value)));
      break;
    case data::Storage::timestamp:
      out.append(std::get<data::TimestampValue>(value));
      break;
    default:
      out.append_null();
  }
}

// The parts that both functions have in common; S is a group's state.
template <class S>
class OverFunction : public Accumulators {
 public:
  explicit OverFunction(const BoundAggregate& call) : result_(call.result) {}

  void resize(std::size_t groups) override { states_.resize(groups); }
  [[nodiscard]] std::size_t size() const override { return states_.size(); }
  // Windows that lose rows at their beginning ask neither where a row stands nor what was before.
  void retract(std::span<const std::uint32_t>, std::span<const std::uint32_t>,
               std::span<const ColumnPtr>) override {}
  void merge(std::span<const std::uint32_t>, const Accumulators&,
             std::span<const std::uint32_t>) override {
    KS_ASSERT(false);
  }
  [[nodiscard]] ColumnPtr finish() const override {
    Column out(result_);
    const auto arena = std::make_shared<data::Arena>();
    for (std::uint32_t group = 0; group < states_.size(); ++group) {
      this->append_result(group, out, *arena);
    }
    out.keep_alive(arena);
    return data::share(std::move(out));
  }
  void clear_group(std::uint32_t group) override { states_[group] = {}; }
  void clear() override { states_.assign(states_.size(), {}); }
  [[nodiscard]] std::size_t bytes() const override { return states_.capacity() * sizeof(S); }

 protected:
  static std::size_t row_of(std::span<const std::uint32_t> rows, std::size_t i) {
    return rows.empty() ? i : rows[i];
  }

  LogicalType result_;
  std::vector<S> states_;
};

struct Seen {
  std::deque<data::Value> values;  // the newest last
  std::int64_t back = 1;
  data::Value otherwise;
};

class Lag final : public OverFunction<Seen> {
 public:
  using OverFunction::OverFunction;

  void add(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
           std::span<const ColumnPtr> args, std::uint64_t) override {
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const std::size_t row = row_of(rows, i);
      Seen& seen = states_[groups[i]];
      if (args.size() > 1) {
        const auto back = data::value_at(*args[1], row);
        seen.back =
            data::is_null(back) ? 1 : std::max<std::int64_t>(0, std::get<std::int64_t>(back));
      }
      if (args.size() > 2) seen.otherwise = data::value_at(*args[2], row);
      seen.values.push_back(data::value_at(*args[0], row));
      while (static_cast<std::int64_t>(seen.values.size()) > seen.back + 1) seen.values.pop_front();
    }
  }

  void append_result(std::uint32_t group, Column& out, data::Arena& arena) const override {
    const Seen& seen = states_[group];
    const bool enough = static_cast<std::int64_t>(seen.values.size()) > seen.back;
    append_any(out, enough ? seen.values.front() : seen.otherwise, arena);
  }
};

struct Place {
  std::vector<data::Value> key;  // of the newest row
  std::int64_t rows = 0;
  std::int64_t rank = 0;
  std::int64_t dense = 0;
};

class Rank final : public OverFunction<Place> {
 public:
  explicit Rank(const BoundAggregate& call)
      : OverFunction(call), dense_(call.function->name == "DENSE_RANK") {}

  void add(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
           std::span<const ColumnPtr> args, std::uint64_t) override {
    for (std::size_t i = 0; i < groups.size(); ++i) {
      Place& place = states_[groups[i]];
      std::vector<data::Value> key;
      for (const auto& arg : args) key.push_back(data::value_at(*arg, row_of(rows, i)));
      ++place.rows;
      // Without arguments every row is a place of its own.
      if (place.rows > 1 && !args.empty() && key == place.key) continue;
      place.key = std::move(key);
      place.rank = place.rows;
      ++place.dense;
    }
  }

  void append_result(std::uint32_t group, Column& out, data::Arena&) const override {
    out.append(dense_ ? states_[group].dense : states_[group].rank);
  }

 private:
  bool dense_;
};

}  // namespace

std::unique_ptr<Accumulators> make_lag(const BoundAggregate& call) {
  return std::make_unique<Lag>(call);
}

std::unique_ptr<Accumulators> make_rank(const BoundAggregate& call) {
  return std::make_unique<Rank>(call);
}

}  // namespace millrace::aggregates
