#include "runtime/plan/binder.hpp"
#include "runtime/plan/explain.hpp"
#include "runtime/plan/planner.hpp"

namespace millrace::plan {

namespace {

// The name under which Flink's planner knows a node that takes inserts only; empty: it takes all.
std::string insert_only_name(const Node& node) {
  if (std::holds_alternative<WindowRank>(node.body)) return "StreamPhysicalWindowRank";
  if (const auto* over = std::get_if<Over>(&node.body)) {
    return over->by_value ? "" : "StreamPhysicalOverAggregate";
  }
  if (std::holds_alternative<TemporalSort>(node.body)) return "StreamPhysicalTemporalSort";
  if (std::holds_alternative<Match>(node.body)) return "Match Recognize";
  return "";
}

}  // namespace

std::string changes_text(const Changes& changes) {
  return changes.updates && changes.deletes ? "update and delete changes"
         : changes.updates                  ? "update changes"
                                            : "delete changes";
}

const Node* changing_node(const Node& query) {
  const Node* node = &query;
  for (;;) {
    const bool passes = std::holds_alternative<Calc>(node->body) ||
                        std::holds_alternative<Union>(node->body) ||
                        std::holds_alternative<WindowExpand>(node->body);
    if (!passes) return node;
    node = node->right && changes_of(*node->right).any() && !changes_of(*node->input).any()
               ? node->right.get()
               : node->input.get();
  }
}

sql::Status check_query(const Node& query, sql::Position at) {
  if (const auto* over = std::get_if<Over>(&query.body)) {
    BOOST_OUTCOME_TRY(check_over(*over, query.fields, at));
  }
  for (const NodePtr& input : {query.input, query.right}) {
    if (!input) continue;
    const std::string name = insert_only_name(query);
    const Changes changes = changes_of(*input);
    if (!name.empty() && changes.any()) {
      return sql::plain_error(at, name + " doesn't support consuming " + changes_text(changes) +
                                      " which is produced by node " +
                                      undecided_text(*changing_node(*input)));
    }
    BOOST_OUTCOME_TRY(check_query(*input, at));
  }
  return base::success();
}

}  // namespace millrace::plan
