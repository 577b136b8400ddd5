// The frame of aggregates whose state is one value of a class a group:
//
//   struct State {
//     void add(const State& other);                    // what the other holds, behind its own
//     std::size_t bytes() const;                       // about
//   };
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/aggregates/registry.hpp"

namespace millrace::aggregates {

template <class State>
class PerGroup : public Accumulators {
 public:
  explicit PerGroup(const BoundAggregate& call) : result_(call.result) {}

  void resize(std::size_t groups) override { groups_.resize(groups); }
  [[nodiscard]] std::size_t size() const override { return groups_.size(); }

  void merge(std::span<const std::uint32_t> into, const Accumulators& other,
             std::span<const std::uint32_t> from) override {
    const auto& source = static_cast<const PerGroup&>(other);
    for (std::size_t i = 0; i < into.size(); ++i) groups_[into[i]].add(source.groups_[from[i]]);
  }

  [[nodiscard]] ColumnPtr finish() const override {
    Column out(result_);
    const auto arena = std::make_shared<data::Arena>();
    for (std::uint32_t group = 0; group < groups_.size(); ++group) {
      this->append_result(group, out, *arena);
    }
    out.keep_alive(arena);
    return data::share(std::move(out));
  }

  void clear_group(std::uint32_t group) override { groups_[group] = State{}; }
  void clear() override { groups_.assign(groups_.size(), State{}); }
  [[nodiscard]] std::size_t bytes() const override {
    std::size_t total = groups_.capacity() * sizeof(State);
    for (const State& group : groups_) total += group.bytes();
    return total;
  }

 protected:
  // Calls body(group's state, row) for each row given to add() or retract(), NULL or not.
  template <class Body>
  void each_row(std::span<const std::uint32_t> groups, std::span<const std::uint32_t> rows,
                Body&& body) {
    for (std::size_t i = 0; i < groups.size(); ++i) {
      body(groups_[groups[i]], rows.empty() ? i : std::size_t{rows[i]});
    }
  }
  [[nodiscard]] const State& state(std::uint32_t group) const { return groups_[group]; }
  [[nodiscard]] const LogicalType& result_type() const { return result_; }

 private:
  LogicalType result_;
  std::vector<State> groups_;
};

}  // namespace millrace::aggregates
