// JOIN t FOR SYSTEM_TIME AS OF l.ts: each left row with the version of the right one at its time.
#include <algorithm>

#include "runtime/plan/binder.hpp"

namespace millrace::plan {

namespace {

// The columns that tell one row of a versioned table from another; empty: it is none.
std::vector<std::size_t> version_key(const Node& node) {
  if (const auto* scan = std::get_if<Scan>(&node.body)) return scan->input->primary_key;
  if (const auto* one = std::get_if<Deduplicate>(&node.body)) return one->keys;
  if (const auto* group = std::get_if<GroupAggregate>(&node.body)) {
    std::vector<std::size_t> key(group->keys.size());
    for (std::size_t i = 0; i < key.size(); ++i) key[i] = i;
    return key;
  }
  const auto* calc = std::get_if<Calc>(&node.body);
  if (calc == nullptr) return {};
  std::vector<std::size_t> key;
  const auto below = version_key(*node.input);
  for (const std::size_t column : below) {
    const auto at = std::find_if(
        calc->projections.begin(), calc->projections.end(), [column](const expr::ExprPtr& value) {
          return value->kind == expr::Expr::Kind::column && value->column == column;
        });
    if (at == calc->projections.end()) return {};
    key.push_back(static_cast<std::size_t>(at - calc->projections.begin()));
  }
  return key;
}

}  // namespace

Result<NodePtr> make_temporal_join(const sql::TableReference& reference, const Relation& left,
                                   const Relation& right, const expr::ExprPtr& condition) {
  using Written = sql::TableReference::Join;
  const sql::Expression& as_of = *reference.right->as_of;
  const sql::Position at = as_of.where.from;
  BOOST_OUTCOME_TRY(const auto time, bind_expression(as_of, left.scope(), "FOR SYSTEM_TIME AS OF"));
  if (!time->type.is_timestamp()) {
    return sql::validation_error(
        as_of.where, "The system time period specification expects Timestamp type but is '" +
                         time->type.root_text() + "'");
  }
  if (time->kind != expr::Expr::Kind::column) {
    return sql::script_error(at,
                             "Temporal table join currently only supports 'FOR SYSTEM_TIME AS OF' "
                             "left table's time attribute field");
  }
  const TimeAttribute attribute = left.node->fields[time->column].time;
  if (attribute == TimeAttribute::none) {
    return sql::script_error(at,
                             "Temporal table join currently only supports 'FOR SYSTEM_TIME AS OF' "
                             "left table's time attribute field");
  }
  if (attribute == TimeAttribute::proctime) {
    return sql::plain_error(at, "Processing-time temporal join is not supported yet.");
  }
  if (reference.join == Written::right || reference.join == Written::full) {
    return sql::plain_error(at, std::string("Unknown join type ") +
                                    (reference.join == Written::right ? "RIGHT" : "FULL"));
  }
  const auto& fields = right.node->fields;
  std::optional<std::size_t> version;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].time == TimeAttribute::rowtime) version = i;
  }
  const auto key = version_key(*right.node);
  if (!key.empty() && !version) {
    return sql::plain_error(at,
                            "Event-Time Temporal Table Join requires both primary key and row time "
                            "attribute in versioned table, but no row time attribute can be "
                            "found.");
  }
  const auto plain =
      make_join(reference.join == Written::left ? Join::Kind::left : Join::Kind::inner, left.node,
                right.node, condition, /*timed=*/false);
  auto node = std::make_shared<Node>(*plain);
  auto& join = std::get<Join>(node->body);
  const bool keyed = std::all_of(key.begin(), key.end(), [&join](std::size_t column) {
    return std::find(join.right_keys.begin(), join.right_keys.end(), column) !=
           join.right_keys.end();
  });
  if (key.empty() || !version || !keyed) {
    return sql::plain_error(at,
                            "Temporal Table Join requires primary key in versioned table, but no "
                            "primary key can be found.");
  }
  join.form = Join::Form::temporal;
  join.left_time = time->column;
  join.right_time = *version;
  for (std::size_t i = 0; i < join.left_width; ++i)
    node->fields[i].time = left.node->fields[i].time;
  for (std::size_t i = join.left_width; i < node->fields.size(); ++i) {
    node->fields[i].time = TimeAttribute::none;
    node->fields[i].window = WindowRole::none;
  }
  return NodePtr(std::move(node));
}

}  // namespace millrace::plan
