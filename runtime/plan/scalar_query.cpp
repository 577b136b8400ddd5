// (SELECT MAX(v) FROM t) as a value: a join with the query's one row.
#include <cstdint>

#include "runtime/plan/binder.hpp"

namespace millrace::plan {

namespace {

using Kind = sql::Expression::Kind;

// The name of the column that stands for a sub-query; no script can write it.
std::string column_name(const sql::Expression& tree) {
  return "\x01scalar" + std::to_string(reinterpret_cast<std::uintptr_t>(&tree));
}

void collect(const sql::Expression& tree, std::vector<const sql::Expression*>& found) {
  if (tree.kind == Kind::subquery && tree.name.empty()) {
    found.push_back(&tree);
    return;
  }
  for (const auto& argument : tree.arguments) collect(*argument, found);
  if (tree.filter) collect(*tree.filter, found);
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

}  // namespace

expr::ExprPtr scalar_column(const sql::Expression& tree, const Scope& scope) {
  const std::string name = column_name(tree);
  for (std::size_t i = 0; i < scope.fields.size(); ++i) {
    if (scope.fields[i].name == name) return expr::make_column(i, "", scope.fields[i].type);
  }
  return nullptr;
}

Status Binder::apply_scalar_queries(const sql::Select& select, Relation& input) {
  std::vector<const sql::Expression*> found;
  for (const auto& item : select.items) collect(*item.expression, found);
  const std::size_t of_list = found.size();
  if (select.where) collect(*select.where, found);
  for (std::size_t i = 0; i < found.size(); ++i) {
    const sql::Expression& tree = *found[i];
    BOOST_OUTCOME_TRY(auto bound, query(*tree.query));
    if (bound->fields.size() != 1) {
      std::string columns;
      for (const auto& field : bound->fields) {
        columns += (columns.empty() ? "" : ", ") + field.type.calcite_text() + " " + field.name;
      }
      return sql::validation_error(
          tree.where,
          "Cannot apply '$SCALAR_QUERY' to arguments of type '$SCALAR_QUERY(<RECORDTYPE(" +
              columns + ")>)'. Supported form(s): '$SCALAR_QUERY(<RECORDTYPE(SINGLE FIELD)>)'");
    }
    if (!is_one_row(*tree.query)) {
      return sql::not_served(tree.where.from,
                             "a sub-query as a value that may have more than one row");
    }
    const Scope before = input.scope();
    // In WHERE a row without a value would be dropped by nearly every condition; the others (IS
    // NULL, OR) need it.
    Relation out;
    out.alias = input.alias;
    out.tables = before.tables;
    out.merged = before.merged;
    for (const auto& field : before.fields) out.names.push_back(field.name);
    out.names.push_back(column_name(tree));
    (void)of_list;
    out.node = make_join(Join::Kind::left, input.node, bound, nullptr);
    input = std::move(out);
  }
  return base::success();
}

}  // namespace millrace::plan
