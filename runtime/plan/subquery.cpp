// IN (SELECT ...) and EXISTS (SELECT ...) in WHERE: joins that keep the outer row once, or only
// without a partner.
#include <algorithm>

#include "runtime/plan/binder.hpp"
#include "runtime/plan/correlation.hpp"

namespace millrace::plan {

namespace {

using Kind = sql::Expression::Kind;
using expr::ExprPtr;

bool is_subquery(const sql::Expression& tree) {
  if (tree.kind == Kind::subquery) return true;
  return tree.kind == Kind::call && tree.name == "NOT" && tree.arguments[0]->kind == Kind::subquery;
}

void split_tree(const sql::Expression& tree, std::vector<const sql::Expression*>& parts) {
  if (tree.kind == Kind::call && tree.name == "AND") {
    for (const auto& part : tree.arguments) split_tree(*part, parts);
    return;
  }
  parts.push_back(&tree);
}

// A SELECT whose rows are those of its FROM: its condition may speak of the outer query.
const sql::Select* plain(const sql::Query& query) {
  const auto* select = std::get_if<sql::Select>(&query.body);
  if (select == nullptr || !query.with.empty() || query.limit || !query.order_by.empty() ||
      select->grouped || select->having || select->distinct || !select->from) {
    return nullptr;
  }
  for (const auto& item : select->items) {
    if (has_aggregate(*item.expression) || has_over(*item.expression)) return nullptr;
  }
  return select;
}

// x = y; for NOT IN also where one is NULL, so that nothing is known to differ.
Result<ExprPtr> in_condition(const ExprPtr& left, const ExprPtr& right, bool negated,
                             sql::Span where) {
  const auto call = [&](const char* name, std::vector<ExprPtr> args) -> Result<ExprPtr> {
    auto made = expr::make_call(name, std::move(args));
    if (!made) return located(made.error(), where);
    return made.value();
  };
  BOOST_OUTCOME_TRY(auto condition, call("=", {left, right}));
  if (!negated) return condition;
  for (const auto& side : {left, right}) {
    if (!side->type.nullable()) continue;
    BOOST_OUTCOME_TRY(auto null, call("IS NULL", {side}));
    BOOST_OUTCOME_TRY(auto either, call("OR", {condition, null}));
    condition = std::move(either);
  }
  return condition;
}

// Conditions on the inner query's columns alone are its own.
NodePtr join_inner(Join::Kind kind, const NodePtr& outer, NodePtr inner, const ExprPtr& condition) {
  const std::size_t width = outer->fields.size();
  std::vector<ExprPtr> parts;
  if (condition) split_and(condition, parts);
  std::vector<ExprPtr> of_inner;
  std::vector<ExprPtr> of_both;
  for (const auto& part : parts) {
    const auto columns = expr::referenced_columns(*part);
    const bool own = !columns.empty() && columns.front() >= width;
    (own ? of_inner : of_both).push_back(part);
  }
  if (!of_inner.empty()) {
    std::vector<ExprPtr> shift(width + inner->fields.size());
    std::vector<ExprPtr> columns;
    for (std::size_t i = 0; i < inner->fields.size(); ++i) {
      const Field& field = inner->fields[i];
      columns.push_back(expr::make_column(i, field.name, field.type));
      shift[width + i] = columns.back();
    }
    auto fields = inner->fields;
    const ExprPtr filter = expr::substitute(join_and(of_inner), shift);
    inner = make_calc(std::move(inner), filter, std::move(columns), std::move(fields));
  }
  return make_join(kind, outer, inner, join_and(of_both));
}

// No rows at all.
NodePtr nothing_of(const NodePtr& node) {
  std::vector<ExprPtr> columns;
  for (std::size_t i = 0; i < node->fields.size(); ++i) {
    columns.push_back(expr::make_column(i, node->fields[i].name, node->fields[i].type));
  }
  auto fields = node->fields;
  return make_calc(node, expr::make_bool(false), std::move(columns), std::move(fields));
}

}  // namespace

Result<ExprPtr> bind_where(const sql::Select& select, const Scope& scope) {
  if (!select.where) return ExprPtr();
  std::vector<const sql::Expression*> parts;
  split_tree(*select.where, parts);
  if (std::none_of(parts.begin(), parts.end(),
                   [](const auto* part) { return is_subquery(*part); })) {
    return bind_condition(*select.where, scope, "WHERE");
  }
  std::vector<ExprPtr> bound;
  for (const auto* part : parts) {
    if (is_subquery(*part)) continue;
    BOOST_OUTCOME_TRY(auto condition, bind_condition(*part, scope, "WHERE"));
    bound.push_back(std::move(condition));
  }
  return join_and(bound);
}

Status Binder::apply_subqueries(const sql::Select& select, Relation& input) {
  if (!select.where) return base::success();
  std::vector<const sql::Expression*> parts;
  split_tree(*select.where, parts);
  for (const auto* part : parts) {
    if (!is_subquery(*part)) continue;
    const bool negated = part->kind == Kind::call;
    BOOST_OUTCOME_TRY(apply_subquery(negated ? *part->arguments[0] : *part, negated, input));
  }
  return base::success();
}

Status Binder::apply_subquery(const sql::Expression& tree, bool negated, Relation& input) {
  const bool in = tree.name == "IN";
  const Join::Kind kind = negated ? Join::Kind::anti : Join::Kind::semi;
  const Scope outer = input.scope();
  const std::size_t width = outer.fields.size();
  ExprPtr left;
  if (in) {
    BOOST_OUTCOME_TRY(auto bound, bind_expression(*tree.arguments[0], outer, "WHERE"));
    left = std::move(bound);
  }
  const sql::Select* select = plain(*tree.query);
  NodePtr inner;
  ExprPtr condition;
  ExprPtr right;
  const auto one_column = [&](std::size_t columns) -> Status {
    if (!in || columns == 1) return base::success();
    return sql::validation_error(tree.where,
                                 "Values passed to IN operator must have compatible types");
  };
  if (select == nullptr) {
    if (!in && always_one_row(*tree.query)) {
      // There is a row whatever it holds.
      if (negated) input.node = nothing_of(input.node);
      return base::success();
    }
    BOOST_OUTCOME_TRY(auto bound, inner_query(*tree.query, input.node, outer, false));
    if (in && bound.empty && !bound.empty->type.is(data::TypeKind::null) &&
        !data::is_null(bound.empty->literal)) {
      return sql::not_served(tree.where.from, "IN a COUNT that depends on the outer query");
    }
    inner = bound.node;
    condition = bound.condition;
    BOOST_OUTCOME_TRY(one_column(bound.items));
    right = expr::make_column(width, inner->fields[0].name, inner->fields[0].type);
  } else {
    BOOST_OUTCOME_TRY(auto relation, from(*select->from));
    BOOST_OUTCOME_TRY(apply_subqueries(*select, relation));
    const Scope own = relation.scope();
    const Scope both = both_scopes(outer, own);
    BOOST_OUTCOME_TRY(auto where, bind_where(*select, both));
    condition = std::move(where);
    if (in) {
      BOOST_OUTCOME_TRY(one_column(select->items.size()));
      const auto& item = *select->items[0].expression;
      if (item.kind == Kind::star) {
        BOOST_OUTCOME_TRY(one_column(own.fields.size()));
        right = expr::make_column(width, own.fields[0].name, own.fields[0].type);
      } else {
        BOOST_OUTCOME_TRY(auto bound, bind_expression(item, both, "SELECT"));
        right = std::move(bound);
      }
    }
    inner = relation.node;
  }
  if (in) {
    BOOST_OUTCOME_TRY(auto equal, in_condition(left, right, negated, tree.where));
    condition = condition ? join_and({condition, equal}) : equal;
  }
  const auto names = outer.fields;
  input.node = join_inner(kind, input.node, std::move(inner), condition);
  // The outer columns are still called as before.
  input.names.clear();
  for (const auto& field : names) input.names.push_back(field.name);
  return base::success();
}

}  // namespace millrace::plan
