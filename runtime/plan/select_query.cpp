#include <set>

#include "runtime/expr/function.hpp"
#include "runtime/plan/binder.hpp"

namespace millrace::plan {

std::string item_name(const sql::SelectItem& item, std::size_t index) {
  if (item.alias) return item.alias->text;
  if (item.expression->kind == sql::Expression::Kind::column) {
    return item.expression->path.back().text;
  }
  return "EXPR$" + std::to_string(index);
}

void make_names_unique(std::vector<Field>& fields) {
  std::set<std::string> seen;
  for (auto& field : fields) {
    std::string name = field.name;
    for (int i = 0; !seen.insert(name).second; ++i) name = field.name + std::to_string(i);
    field.name = name;
  }
}

Field project_field(std::string name, const expr::ExprPtr& expression,
                    const std::vector<Field>& input) {
  Field field;
  if (expression->kind == expr::Expr::Kind::column && expression->column < input.size()) {
    field = input[expression->column];
  } else if (expression->kind == expr::Expr::Kind::call && expression->args.empty() &&
             expr::to_text(*expression) == "PROCTIME()") {
    field.time = TimeAttribute::proctime;
  }
  field.name = std::move(name);
  field.type = expression->type;
  return field;
}

Status refuse_null(const expr::ExprPtr& bound, sql::Span where) {
  if (!bound->type.is(data::TypeKind::null)) return base::success();
  return sql::validation_error(where, "Illegal use of 'NULL'");
}

NodePtr make_calc(NodePtr input, expr::ExprPtr condition, std::vector<expr::ExprPtr> projections,
                  std::vector<Field> fields) {
  auto node = std::make_shared<Node>();
  node->body = Calc{std::move(condition), std::move(projections)};
  node->input = std::move(input);
  node->fields = std::move(fields);
  return node;
}

NodePtr rename(NodePtr node, const std::vector<sql::Identifier>& names) {
  std::vector<expr::ExprPtr> projections;
  std::vector<Field> fields = node->fields;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    projections.push_back(expr::make_column(i, fields[i].name, fields[i].type));
    fields[i].name = names[i].text;
  }
  return make_calc(std::move(node), nullptr, std::move(projections), std::move(fields));
}

void split_and(const expr::ExprPtr& condition, std::vector<expr::ExprPtr>& parts) {
  if (condition->kind == expr::Expr::Kind::call && condition->function->name == "AND") {
    for (const auto& part : condition->args) split_and(part, parts);
    return;
  }
  parts.push_back(condition);
}

expr::ExprPtr join_and(const std::vector<expr::ExprPtr>& parts) {
  expr::ExprPtr all;
  for (const auto& part : parts) {
    all = all ? expr::make_call("AND", {all, part}).value() : part;
  }
  return all;
}

Result<NodePtr> filter_and_project(const NodePtr& input, expr::ExprPtr condition,
                                   std::vector<expr::ExprPtr> projections,
                                   std::vector<Field> fields, sql::Position at) {
  BOOST_OUTCOME_TRY(auto ranked, bind_rank(input, condition, projections, fields, at));
  if (ranked) return ranked;
  const NodePtr below = push_into_joins(input, condition);
  // The join may have found that its rows have a bound in time.
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto& value = *projections[i];
    if (below != input && value.kind == expr::Expr::Kind::column) {
      fields[i].time = below->fields[value.column].time;
      fields[i].window = below->fields[value.column].window;
    }
  }
  return make_calc(below, std::move(condition), std::move(projections), std::move(fields));
}

Status expand_star(const sql::SelectItem& item, const Scope& scope,
                   std::vector<expr::ExprPtr>& projections, std::vector<Field>& fields) {
  const auto& path = item.expression->path;
  const auto table =
      scope.table(path.empty() ? std::nullopt : std::optional<std::string>(path.back().text));
  if (!table) {
    return sql::validation_error(item.expression->where,
                                 "Unknown identifier '" + path.back().text + "'");
  }
  std::set<std::size_t> hidden;
  if (path.empty()) {
    for (const auto& one : scope.merged) {
      hidden.insert(one.hides.begin(), one.hides.end());
      Field field = scope.fields[one.index];
      field.name = one.name;
      projections.push_back(expr::make_column(one.index, one.name, field.type));
      fields.push_back(std::move(field));
    }
  }
  for (std::size_t i = table->first; i < table->first + table->count; ++i) {
    // What stands for a sub-query has a name that nobody wrote.
    if (hidden.contains(i) || scope.fields[i].name.starts_with('\x01')) continue;
    projections.push_back(expr::make_column(i, scope.fields[i].name, scope.fields[i].type));
    fields.push_back(scope.fields[i]);
  }
  return base::success();
}

Result<NodePtr> Binder::plain_select(const sql::Select& select, const Relation& input) {
  const Scope scope = input.scope();
  BOOST_OUTCOME_TRY(auto condition, bind_where(select, scope));
  std::vector<expr::ExprPtr> projections;
  std::vector<Field> fields;
  for (const auto& item : select.items) {
    if (item.expression->kind == sql::Expression::Kind::star) {
      if (!select.from) {
        return sql::validation_error(item.expression->where, "SELECT * requires a FROM clause");
      }
      BOOST_OUTCOME_TRY(expand_star(item, scope, projections, fields));
      continue;
    }
    BOOST_OUTCOME_TRY(auto bound, bind_expression(*item.expression, scope, "SELECT"));
    BOOST_OUTCOME_TRY(refuse_null(bound, item.expression->where));
    fields.push_back(project_field(item_name(item, fields.size()), bound, scope.fields));
    projections.push_back(std::move(bound));
  }
  make_names_unique(fields);
  const sql::Position at = select.where ? select.where->where.from : select.span.from;
  return filter_and_project(input.node, std::move(condition), std::move(projections),
                            std::move(fields), at);
}

}  // namespace millrace::plan
