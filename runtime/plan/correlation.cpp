// Sub-queries that speak of the query around them: what they say of it becomes the condition of a
// join, as Flink's planner does it.
#include <algorithm>
#include <set>

#include "runtime/expr/function.hpp"
#include "runtime/plan/binder.hpp"
#include "runtime/plan/correlation.hpp"

namespace millrace::plan {

namespace {

using Kind = sql::Expression::Kind;
using expr::ExprPtr;

// The columns of `outer` that the tree means, `own` not having them.
void collect_outer(const sql::Expression& tree, const Scope& own, const Scope& outer,
                   std::set<std::size_t>& found) {
  if (tree.kind == Kind::column) {
    const auto resolve = [&tree](const Scope& scope) {
      const auto used = static_cast<std::ptrdiff_t>(scope.column_parts(tree.path));
      return scope.resolve({tree.path.begin(), tree.path.begin() + used});
    };
    if (resolve(own)) return;
    if (const auto index = resolve(outer)) found.insert(index.value());
    return;
  }
  for (const auto& argument : tree.arguments) collect_outer(*argument, own, outer, found);
  if (tree.filter) collect_outer(*tree.filter, own, outer, found);
}

// Whether all columns of the tree are on one side of `width`.
bool only_below(const expr::Expr& tree, std::size_t width) {
  const auto columns = expr::referenced_columns(tree);
  return !columns.empty() && columns.back() < width;
}
bool only_above(const expr::Expr& tree, std::size_t width) {
  const auto columns = expr::referenced_columns(tree);
  return !columns.empty() && columns.front() >= width;
}

// a = b with one side of each query: the outer side first.
std::optional<std::pair<ExprPtr, ExprPtr>> sides_of_equal(const ExprPtr& part, std::size_t width) {
  if (part->kind != expr::Expr::Kind::call || part->function->name != "=") return std::nullopt;
  const ExprPtr& a = part->args[0];
  const ExprPtr& b = part->args[1];
  if (only_below(*a, width) && only_above(*b, width)) return std::pair(a, b);
  if (only_below(*b, width) && only_above(*a, width)) return std::pair(b, a);
  return std::nullopt;
}

// The tree with column i moved to i - by; all are at least `by`.
ExprPtr moved_down(const ExprPtr& tree, std::size_t by, const std::vector<Field>& own) {
  std::vector<ExprPtr> shift(by);
  for (std::size_t i = 0; i < own.size(); ++i) {
    shift.push_back(expr::make_column(i, own[i].name, own[i].type));
  }
  return expr::substitute(tree, shift);
}

Result<ExprPtr> call(const char* name, std::vector<ExprPtr> args, sql::Span where) {
  auto made = expr::make_call(name, std::move(args));
  if (!made) return located(made.error(), where);
  return made.value();
}

bool is_aggregated(const sql::Select& select) {
  if (select.grouped || select.having) return true;
  return std::any_of(select.items.begin(), select.items.end(),
                     [](const auto& item) { return has_aggregate(*item.expression); });
}

// The distinct values of some columns.
NodePtr values_of(const NodePtr& node, const std::vector<std::size_t>& columns) {
  std::vector<ExprPtr> projections;
  std::vector<Field> fields;
  for (const std::size_t column : columns) {
    fields.push_back({node->fields[column].name, node->fields[column].type});
    projections.push_back(expr::make_column(column, fields.back().name, fields.back().type));
  }
  return make_distinct(make_calc(node, nullptr, std::move(projections), std::move(fields)));
}

}  // namespace

Scope both_scopes(const Scope& outer, const Scope& own) {
  const std::size_t width = outer.fields.size();
  Scope both = outer;
  both.alias.reset();
  both.inner_from = width;
  both.fields.insert(both.fields.end(), own.fields.begin(), own.fields.end());
  both.tables.clear();
  for (auto table : own.tables) {
    table.first += width;
    both.tables.push_back(std::move(table));
  }
  both.tables.insert(both.tables.end(), outer.tables.begin(), outer.tables.end());
  for (auto one : own.merged) {
    one.index += width;
    for (auto& hidden : one.hides) hidden += width;
    both.merged.push_back(std::move(one));
  }
  return both;
}

bool always_one_row(const sql::Query& query) {
  const auto* select = std::get_if<sql::Select>(&query.body);
  return select != nullptr && select->from && select->group_by.empty() &&
         select->group_sets.empty() && !select->having && !query.limit && !query.offset &&
         is_aggregated(*select);
}

Result<ExprPtr> value_of_nothing(const sql::Expression& tree, const Scope& scope) {
  return bind_expression(tree, scope, "", [&scope](const sql::Expression& part) -> Result<ExprPtr> {
    if (part.kind != Kind::call || part.over || !aggregates::is_aggregate(part.name)) {
      return ExprPtr();
    }
    if (part.name == "COUNT") {
      return expr::make_literal(std::int64_t{0}, data::LogicalType::bigint());
    }
    std::vector<data::LogicalType> types;
    for (const auto& argument : part.arguments) {
      BOOST_OUTCOME_TRY(const auto bound, bind_expression(*argument, scope, ""));
      types.push_back(bound->type);
    }
    auto aggregate = aggregates::bind_aggregate(part.name, types, false);
    if (!aggregate) return located(aggregate.error(), part.where);
    auto null = expr::make_cast(expr::make_null(), aggregate.value().result);
    if (!null) return located(null.error(), part.where);
    return null.value();
  });
}

Result<Inner> Binder::inner_query(const sql::Query& written, const NodePtr& outer_node,
                                  const Scope& outer, bool grouped) {
  auto standing = query(written);
  if (standing) {
    Inner inner;
    inner.node = standing.value();
    inner.items = inner.node->fields.size();
    return inner;
  }
  const auto* select = std::get_if<sql::Select>(&written.body);
  if (select == nullptr || !written.with.empty() || !select->from) return standing.error();
  BOOST_OUTCOME_TRY(auto relation, from(*select->from));
  BOOST_OUTCOME_TRY(apply_subqueries(*select, relation));
  Scope own = relation.scope();
  std::set<std::size_t> of_list;
  for (const auto& item : select->items) collect_outer(*item.expression, own, outer, of_list);
  for (const auto& key : select->group_by) collect_outer(*key, own, outer, of_list);
  if (select->having) collect_outer(*select->having, own, outer, of_list);
  std::set<std::size_t> said = of_list;
  if (select->where) collect_outer(*select->where, own, outer, said);
  if (said.empty()) return standing.error();
  const bool sorted = !written.order_by.empty() || written.limit || written.offset;
  if (sorted || (!of_list.empty() && !is_aggregated(*select))) {
    return sql::plain_error(written.where.from, "unexpected correlate variable $cor0 in the plan");
  }
  if (std::any_of(select->items.begin(), select->items.end(),
                  [](const auto& item) { return has_over(*item.expression); })) {
    return sql::not_served(written.where.from, "OVER in a sub-query that depends on the outer one");
  }

  // WHERE: what the inner query says of itself, and what it says of both.
  const std::size_t width = outer.fields.size();
  const Scope both = both_scopes(outer, own);
  BOOST_OUTCOME_TRY(const auto where, bind_where(*select, both));
  std::vector<ExprPtr> parts;
  if (where) split_and(where, parts);
  std::vector<ExprPtr> of_own;
  std::vector<ExprPtr> of_both;
  bool equal = of_list.empty();
  for (const auto& part : parts) {
    const auto columns = expr::referenced_columns(*part);
    if (columns.empty() || columns.front() >= width) {
      of_own.push_back(moved_down(part, width, own.fields));
    } else {
      equal = equal && sides_of_equal(part, width);
      of_both.push_back(part);
    }
  }

  const bool aggregated = is_aggregated(*select);
  Inner inner;
  std::vector<ExprPtr> keys;    // over `own`
  std::vector<ExprPtr> beside;  // what they equal of the outer query
  bool null_safe = false;
  const bool direct = !aggregated && !grouped;
  if (direct) {
    // Every inner column that the condition reads.
    std::set<std::size_t> read;
    for (const auto& part : of_both) {
      for (const std::size_t column : expr::referenced_columns(*part)) {
        if (column >= width) read.insert(column - width);
      }
    }
    for (const std::size_t column : read) {
      keys.push_back(expr::make_column(column, own.fields[column].name, own.fields[column].type));
    }
  } else if (equal) {
    for (const auto& part : of_both) {
      const auto sides = *sides_of_equal(part, width);
      beside.push_back(sides.first);
      keys.push_back(moved_down(sides.second, width, own.fields));
    }
  } else {
    // The outer values that matter, each once, take part in the inner query.
    null_safe = true;
    const std::vector<std::size_t> columns(said.begin(), said.end());
    const NodePtr values = values_of(outer_node, columns);
    std::vector<ExprPtr> places(width + own.fields.size());
    Relation joined;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const Field& field = outer.fields[columns[i]];
      places[columns[i]] = expr::make_column(i, field.name, field.type);
      keys.push_back(places[columns[i]]);
      beside.push_back(expr::make_column(columns[i], field.name, field.type));
      joined.names.push_back(field.name);
      const std::string table = outer.table_of(columns[i]);
      const auto alias = table.empty() ? std::nullopt : std::optional<std::string>(table);
      if (!joined.tables.empty() && joined.tables.back().alias == alias) {
        ++joined.tables.back().count;
      } else {
        joined.tables.push_back({alias, i, 1});
      }
    }
    for (std::size_t i = 0; i < own.fields.size(); ++i) {
      places[width + i] =
          expr::make_column(columns.size() + i, own.fields[i].name, own.fields[i].type);
      joined.names.push_back(own.fields[i].name);
    }
    std::vector<Scope::Table> tables;
    for (auto table : own.tables) {
      table.first += columns.size();
      tables.push_back(std::move(table));
    }
    joined.tables.insert(joined.tables.begin(), tables.begin(), tables.end());
    for (auto& part : of_own) {
      std::vector<ExprPtr> up(places.begin() + static_cast<std::ptrdiff_t>(width), places.end());
      part = expr::substitute(part, up);
    }
    const ExprPtr condition = join_and(of_both);
    joined.node = make_join(Join::Kind::inner, values, relation.node,
                            condition ? expr::substitute(condition, places) : nullptr);
    relation = std::move(joined);
    own = relation.scope();
    own.inner_from = columns.size();
  }

  // The list, and behind it the keys.
  if (aggregated) {
    const Pulled pulled{join_and(of_own), keys, own};
    BOOST_OUTCOME_TRY(inner.node, bind_aggregate_query(*this, *select, relation, &pulled));
    if (always_one_row(written)) {
      BOOST_OUTCOME_TRY(inner.empty, value_of_nothing(*select->items[0].expression, own));
    }
  } else {
    std::vector<ExprPtr> projections;
    std::vector<Field> fields;
    for (const auto& item : select->items) {
      if (item.expression->kind == Kind::star) {
        BOOST_OUTCOME_TRY(expand_star(item, own, projections, fields));
        continue;
      }
      BOOST_OUTCOME_TRY(auto bound, bind_expression(*item.expression, own, "SELECT"));
      fields.push_back({item_name(item, fields.size()), bound->type});
      projections.push_back(std::move(bound));
    }
    for (const auto& key : keys) {
      fields.push_back({"\x01key" + std::to_string(fields.size()), key->type});
      projections.push_back(key);
    }
    make_names_unique(fields);
    inner.node =
        make_calc(relation.node, join_and(of_own), std::move(projections), std::move(fields));
    if (select->distinct) inner.node = make_distinct(inner.node);
  }
  inner.items = inner.node->fields.size() - keys.size();
  inner.one_row = aggregated && select->group_by.empty();
  const auto key_column = [&](std::size_t i) {
    const Field& field = inner.node->fields[inner.items + i];
    return expr::make_column(width + inner.items + i, field.name, field.type);
  };
  std::vector<ExprPtr> conditions;
  if (direct) {
    std::vector<ExprPtr> places;
    for (std::size_t i = 0; i < width; ++i) {
      places.push_back(expr::make_column(i, outer.fields[i].name, outer.fields[i].type));
    }
    places.resize(width + own.fields.size());
    for (std::size_t i = 0; i < keys.size(); ++i) places[width + keys[i]->column] = key_column(i);
    for (const auto& part : of_both) conditions.push_back(expr::substitute(part, places));
  }
  for (std::size_t i = 0; i < beside.size(); ++i) {
    BOOST_OUTCOME_TRY(auto same, call(null_safe ? "IS NOT DISTINCT FROM" : "=",
                                      {beside[i], key_column(i)}, written.where));
    conditions.push_back(std::move(same));
  }
  inner.condition = join_and(conditions);
  return inner;
}

}  // namespace millrace::plan
