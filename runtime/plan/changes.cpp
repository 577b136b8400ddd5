// What is known of the rows that a node changes.
#include <algorithm>

#include "runtime/formats/traits.hpp"
#include "runtime/plan/plan.hpp"

namespace millrace::plan {

Changes changes_of(const Node& node) {
  Changes below;
  for (const NodePtr& input : {node.input, node.right}) {
    if (!input) continue;
    const Changes one = changes_of(*input);
    below.updates = below.updates || one.updates;
    below.deletes = below.deletes || one.deletes;
  }
  if (const auto* scan = std::get_if<Scan>(&node.body)) {
    const bool changelog = formats::is_changelog(scan->input->table->options);
    return {changelog, changelog};
  }
  if (std::holds_alternative<GroupAggregate>(node.body)) return {true, below.any()};
  if (std::holds_alternative<SetAll>(node.body)) return {true, true};
  if (const auto* over = std::get_if<Over>(&node.body); over != nullptr && over->by_value) {
    return {true, below.any()};
  }
  if (const auto* rank = std::get_if<Rank>(&node.body)) {
    // What Flink's planner knows: of the others it does not ask whether they ever replace a row.
    if (rank->form == Rank::Form::limit && !below.any()) return {};
    return {true, true};
  }
  if (const auto* first = std::get_if<Deduplicate>(&node.body)) {
    if (!first->keep_last) return {};
    return {true, true};
  }
  if (const auto* join = std::get_if<Join>(&node.body)) {
    if (join->form == Join::Form::temporal) return changes_of(*node.input);
    if (join->form != Join::Form::regular) return {};
    const bool inner = join->kind == Join::Kind::inner || join->kind == Join::Kind::semi;
    return inner ? below : Changes{true, true};
  }
  if (std::holds_alternative<WindowAggregate>(node.body) ||
      std::holds_alternative<WindowRank>(node.body) || std::holds_alternative<Over>(node.body) ||
      std::holds_alternative<Match>(node.body) || std::holds_alternative<TemporalSort>(node.body)) {
    return {};
  }
  return below;
}

Monotonicity monotonicity_of(const Node& node, std::size_t column) {
  if (const auto* calc = std::get_if<Calc>(&node.body)) {
    if (calc->condition) return Monotonicity::none;
    const auto& projection = *calc->projections[column];
    if (projection.kind == expr::Expr::Kind::literal) return Monotonicity::constant;
    if (projection.kind != expr::Expr::Kind::column) return Monotonicity::none;
    return monotonicity_of(*node.input, projection.column);
  }
  const auto* group = std::get_if<GroupAggregate>(&node.body);
  if (group == nullptr) return Monotonicity::none;
  if (column < group->keys.size()) return Monotonicity::constant;
  if (group->retracts) return Monotonicity::none;
  const auto name = group->calls[column - group->keys.size()].aggregate.function->name;
  if (name == "COUNT" || name == "MAX") return Monotonicity::increasing;
  if (name == "MIN") return Monotonicity::decreasing;
  return Monotonicity::none;
}

std::vector<std::size_t> upsert_key_of(const Node& node) {
  if (const auto* calc = std::get_if<Calc>(&node.body)) {
    const std::vector<std::size_t> input_key = upsert_key_of(*node.input);
    std::vector<std::size_t> key;
    for (const std::size_t below : input_key) {
      for (std::size_t i = 0; i < calc->projections.size(); ++i) {
        const auto& projection = *calc->projections[i];
        if (projection.kind == expr::Expr::Kind::column && projection.column == below) {
          key.push_back(i);
          break;
        }
      }
    }
    // A column of the key that is not selected: no key any more.
    return key.size() == input_key.size() ? key : std::vector<std::size_t>();
  }
  if (const auto* group = std::get_if<GroupAggregate>(&node.body)) {
    std::vector<std::size_t> key(group->keys.size());
    for (std::size_t i = 0; i < key.size(); ++i) key[i] = i;
    return key;
  }
  if (const auto* one = std::get_if<Deduplicate>(&node.body)) return one->keys;
  return {};
}

}  // namespace millrace::plan
