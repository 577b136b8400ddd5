// Sub-queries as values: (SELECT MAX(v) FROM t), EXISTS (...), x IN (...): joins that give each row
// a column more.
#include <algorithm>
#include <cstdint>

#include "runtime/plan/binder.hpp"
#include "runtime/plan/correlation.hpp"

namespace millrace::plan {

namespace {

using Kind = sql::Expression::Kind;
using data::LogicalType;
using expr::ExprPtr;

// The name of the column that stands for a sub-query; no script can write it.
std::string column_name(const sql::Expression& tree) {
  return "\x01scalar" + std::to_string(reinterpret_cast<std::uintptr_t>(&tree));
}

void collect(const sql::Expression& tree, std::vector<const sql::Expression*>& found) {
  if (tree.kind == Kind::subquery) {
    found.push_back(&tree);
    return;
  }
  for (const auto& argument : tree.arguments) collect(*argument, found);
  if (tree.filter) collect(*tree.filter, found);
}

// The sub-queries of WHERE but for those that are joins by themselves: [NOT] IN and [NOT] EXISTS
// among the parts of its AND.
void collect_condition(const sql::Expression& tree, std::vector<const sql::Expression*>& found) {
  if (tree.kind == Kind::call && tree.name == "AND") {
    for (const auto& part : tree.arguments) collect_condition(*part, found);
    return;
  }
  const bool negated = tree.kind == Kind::call && tree.name == "NOT";
  const sql::Expression& part = negated ? *tree.arguments[0] : tree;
  if (part.kind == Kind::subquery) return;
  collect(tree, found);
}

// Whether a query never has more than one row.
bool is_one_row(const sql::Query& query) {
  if (query.limit && *query.limit <= 1) return true;
  if (const auto* values = std::get_if<sql::Values>(&query.body)) return values->rows.size() == 1;
  const auto* select = std::get_if<sql::Select>(&query.body);
  if (select == nullptr) return false;
  if (!select->from) return true;
  if (!select->group_by.empty() || !select->group_sets.empty()) return false;
  bool aggregated = select->having != nullptr;
  for (const auto& item : select->items) aggregated = aggregated || has_aggregate(*item.expression);
  return aggregated;
}

ExprPtr column_of(const NodePtr& node, std::size_t i, std::size_t shift = 0) {
  return expr::make_column(i + shift, node->fields[i].name, node->fields[i].type);
}

// The tree with each column moved to place(column).
template <class Place>
ExprPtr renumbered(const ExprPtr& tree, const Place& place) {
  if (tree->kind == expr::Expr::Kind::column) {
    return expr::make_column(place(tree->column), tree->name, tree->type);
  }
  if (tree->args.empty()) return tree;
  auto copy = std::make_shared<expr::Expr>(*tree);
  for (auto& argument : copy->args) argument = renumbered(argument, place);
  return copy;
}

// `first` (columns of the node) and then the columns that the condition reads; a condition over
// `width` columns and the node's is moved with them.
struct Chosen {
  NodePtr node;
  ExprPtr condition;
};
Chosen choose(const Inner& inner, std::size_t width, const std::vector<ExprPtr>& first) {
  std::vector<ExprPtr> projections = first;
  std::vector<Field> fields;
  for (const auto& value : first) {
    fields.push_back({"$c" + std::to_string(fields.size()), value->type});
  }
  const auto& below = inner.node->fields;
  for (std::size_t i = inner.items; i < below.size(); ++i) {
    fields.push_back({"$c" + std::to_string(fields.size()), below[i].type});
    projections.push_back(column_of(inner.node, i));
  }
  Chosen out;
  out.node = make_calc(inner.node, nullptr, std::move(projections), std::move(fields));
  if (inner.condition) {
    out.condition = renumbered(inner.condition, [&](std::size_t column) {
      return column < width ? column : column - inner.items + first.size();
    });
  }
  return out;
}

}  // namespace

ExprPtr scalar_column(const sql::Expression& tree, const Scope& scope) {
  const std::string name = column_name(tree);
  for (std::size_t i = 0; i < scope.fields.size(); ++i) {
    if (scope.fields[i].name == name) return expr::make_column(i, "", scope.fields[i].type);
  }
  return nullptr;
}

namespace {

// GROUP BY all columns behind the first `values`, of which the calls are made: keys first.
NodePtr group(const NodePtr& input, std::size_t values, std::vector<AggregateCall> calls) {
  std::vector<std::size_t> keys;
  auto node = std::make_shared<Node>();
  for (std::size_t i = values; i < input->fields.size(); ++i) {
    keys.push_back(i);
    node->fields.push_back({input->fields[i].name, input->fields[i].type});
  }
  const bool retracts = changes_of(*input).any();
  for (auto& call : calls) {
    call.aggregate.retract = retracts;
    node->fields.push_back({call.name, call.aggregate.result});
  }
  make_names_unique(node->fields);
  node->body = GroupAggregate{std::move(keys), std::move(calls), retracts};
  node->input = input;
  return node;
}

// The last `count` columns first, then the others.
NodePtr last_first(const NodePtr& input, std::size_t count) {
  const std::size_t total = input->fields.size();
  std::vector<ExprPtr> projections;
  std::vector<Field> fields;
  for (std::size_t i = 0; i < total; ++i) {
    const std::size_t from = (i + total - count) % total;
    projections.push_back(column_of(input, from));
    fields.push_back(input->fields[from]);
  }
  return make_calc(input, nullptr, std::move(projections), std::move(fields));
}

Result<AggregateCall> call_of(const char* name, std::vector<LogicalType> types,
                              std::vector<std::size_t> args) {
  auto bound = aggregates::bind_aggregate(name, std::move(types), false);
  if (!bound) return sql::plain_error({}, bound.error().message());
  return AggregateCall{bound.value(), std::move(args), std::nullopt, "$v"};
}

Result<ExprPtr> make(const char* name, std::vector<ExprPtr> args, sql::Span where) {
  auto made = expr::make_call(name, std::move(args));
  if (!made) return located(made.error(), where);
  return made.value();
}

}  // namespace

Result<ExprPtr> Binder::value_query(const sql::Expression& tree, const ExprPtr& left, NodePtr& node,
                                    const Scope& outer) {
  const std::size_t width = node->fields.size();
  const ExprPtr yes = expr::make_bool(true);
  if (tree.name == "EXISTS" && always_one_row(*tree.query)) return yes;
  BOOST_OUTCOME_TRY(auto inner, inner_query(*tree.query, node, outer, true));
  const auto join_with = [&](const Chosen& chosen, ExprPtr more) {
    const std::size_t at = node->fields.size();
    ExprPtr condition = chosen.condition;
    if (condition) {
      condition = renumbered(condition, [&](std::size_t column) {
        return column < width ? column : column - width + at;
      });
    }
    if (more) condition = condition ? join_and({condition, more}) : more;
    node = make_join(Join::Kind::left, node, chosen.node, condition);
    return at;
  };
  if (tree.name == "EXISTS") {
    Chosen chosen = choose(inner, width, {yes});
    chosen.node = make_distinct(chosen.node);
    const std::size_t at = join_with(chosen, nullptr);
    return make("IS NOT NULL", {column_of(node, at)}, tree.where);
  }
  if (inner.items != 1) {
    if (tree.name == "IN") {
      return sql::validation_error(tree.where,
                                   "Values passed to IN operator must have compatible types");
    }
    std::string columns;
    for (std::size_t i = 0; i < inner.items; ++i) {
      const auto& field = inner.node->fields[i];
      columns += (columns.empty() ? "" : ", ") + field.type.calcite_text() + " " + field.name;
    }
    return sql::validation_error(
        tree.where,
        "Cannot apply '$SCALAR_QUERY' to arguments of type '$SCALAR_QUERY(<RECORDTYPE(" + columns +
            ")>)'. Supported form(s): '$SCALAR_QUERY(<RECORDTYPE(SINGLE FIELD)>)'");
  }
  const LogicalType type = inner.node->fields[0].type;
  if (tree.name.empty()) {
    const bool counts = inner.empty && inner.empty->kind == expr::Expr::Kind::literal
                            ? !data::is_null(inner.empty->literal)
                            : inner.empty != nullptr;
    Chosen chosen = choose(inner, width, {column_of(inner.node, 0)});
    if (!inner.one_row && !is_one_row(*tree.query)) {
      BOOST_OUTCOME_TRY(auto one, call_of("SINGLE_VALUE", {type}, {0}));
      chosen.node = last_first(group(chosen.node, 1, {std::move(one)}), 1);
    }
    if (counts) {  // a column that tells a row from no row
      std::vector<ExprPtr> projections;
      std::vector<Field> fields = chosen.node->fields;
      for (std::size_t i = 0; i < fields.size(); ++i) {
        projections.push_back(column_of(chosen.node, i));
      }
      fields.push_back({"$there", yes->type});
      projections.push_back(yes);
      chosen.node = make_calc(chosen.node, nullptr, std::move(projections), std::move(fields));
    }
    const std::size_t at = join_with(chosen, nullptr);
    ExprPtr value = column_of(node, at);
    if (!counts) return value;
    BOOST_OUTCOME_TRY(auto none,
                      make("IS NULL", {column_of(node, node->fields.size() - 1)}, tree.where));
    return make("CASE", {none, inner.empty, value}, tree.where);
  }
  // IN: is it among the values; if not, was there a NULL among them.
  if (inner.empty) {
    return sql::not_served(tree.where.from, "IN an aggregate that depends on the outer query here");
  }
  Chosen found = choose(inner, width, {yes, column_of(inner.node, 0)});
  found.node = make_distinct(found.node);
  BOOST_OUTCOME_TRY(auto equal, make("=", {left, column_of(found.node, 1, width)}, tree.where));
  const std::size_t marker = join_with(found, equal);
  BOOST_OUTCOME_TRY(auto is_in, make("IS NOT NULL", {column_of(node, marker)}, tree.where));
  if (!left->type.nullable() && !type.nullable()) return is_in;
  Chosen counted = choose(inner, width, {column_of(inner.node, 0)});
  BOOST_OUTCOME_TRY(auto all, call_of("COUNT", {}, {}));
  BOOST_OUTCOME_TRY(auto known, call_of("COUNT", {type}, {0}));
  all.name = "$all";
  counted.node = last_first(group(counted.node, 1, {std::move(all), std::move(known)}), 2);
  if (counted.condition) {  // two columns stand in front, not one
    counted.condition = renumbered(counted.condition, [width](std::size_t column) {
      return column < width ? column : column + 1;
    });
  }
  const std::size_t at = join_with(counted, nullptr);
  const ExprPtr unknown = expr::make_cast(expr::make_null(), LogicalType::boolean()).value();
  const ExprPtr no = expr::make_bool(false);
  BOOST_OUTCOME_TRY(auto empty, make("IS NULL", {column_of(node, at)}, tree.where));
  BOOST_OUTCOME_TRY(auto null, make("IS NULL", {left}, tree.where));
  BOOST_OUTCOME_TRY(auto holes,
                    make("<", {column_of(node, at + 1), column_of(node, at)}, tree.where));
  return make("CASE", {empty, no, null, unknown, is_in, yes, holes, unknown, no}, tree.where);
}

Status Binder::apply_scalar_queries(const sql::Select& select, Relation& input) {
  std::vector<const sql::Expression*> found;
  for (const auto& item : select.items) collect(*item.expression, found);
  if (select.where) collect_condition(*select.where, found);
  for (const sql::Expression* tree : found) {
    const Scope before = input.scope();
    ExprPtr left;
    if (tree->name == "IN") {
      BOOST_OUTCOME_TRY(left, bind_expression(*tree->arguments[0], before, "WHERE"));
    }
    NodePtr node = input.node;
    BOOST_OUTCOME_TRY(auto value, value_query(*tree, left, node, before));
    Relation out;
    out.alias = input.alias;
    out.tables = before.tables;
    out.merged = before.merged;
    for (const auto& field : before.fields) out.names.push_back(field.name);
    if (value->kind != expr::Expr::Kind::column || value->column != before.fields.size() ||
        node->fields.size() != value->column + 1) {
      // The outer columns and the value, without what it was made of.
      std::vector<ExprPtr> projections;
      std::vector<Field> fields(
          node->fields.begin(),
          node->fields.begin() + static_cast<std::ptrdiff_t>(before.fields.size()));
      for (std::size_t i = 0; i < fields.size(); ++i) projections.push_back(column_of(node, i));
      fields.push_back({"$value", value->type});
      projections.push_back(value);
      make_names_unique(fields);
      node = make_calc(node, nullptr, std::move(projections), std::move(fields));
    }
    out.names.push_back(column_name(*tree));
    out.node = std::move(node);
    input = std::move(out);
  }
  return base::success();
}

}  // namespace millrace::plan
