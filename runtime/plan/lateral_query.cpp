// LATERAL in FROM: what stands right may speak of what stands left.
#include "runtime/plan/binder.hpp"
#include "runtime/plan/correlation.hpp"

namespace millrace::plan {

// A table function that is none of the windows': only a JVM could run it.
Status check_function(const sql::Expression& call, const Scope& left) {
  if (call.name == "TUMBLE" || call.name == "HOP" || call.name == "CUMULATE" ||
      call.name == "SESSION") {
    return base::success();
  }
  std::string families;
  for (const auto& argument : call.arguments) {
    BOOST_OUTCOME_TRY(const auto bound, bind_expression(*argument, left, "FROM"));
    families += (families.empty() ? "<" : ", <") + bound->type.family_text() + ">";
  }
  return sql::validation_error(call.where, "No match found for function signature " +
                                               call.path[0].text + "(" + families + ")");
}

// The SELECT list of a LATERAL sub-query under its names.
Result<Relation> list_of(const Inner& inner, const sql::TableReference& reference) {
  auto node = std::make_shared<Node>(*inner.node);
  node->fields.resize(inner.items);
  if (!reference.alias_columns.empty()) {
    BOOST_OUTCOME_TRY(check_aliases(reference.alias_columns, node->fields));
    for (std::size_t i = 0; i < inner.items; ++i) {
      node->fields[i].name = reference.alias_columns[i].text;
    }
  }
  Relation out;
  if (reference.alias) out.alias = reference.alias->text;
  out.node = std::move(node);
  return out;
}

Result<NodePtr> Binder::lateral(Join::Kind kind, const Relation& left, const Inner& inner,
                                const expr::ExprPtr& on) {
  std::vector<expr::ExprPtr> conditions;
  if (inner.condition) conditions.push_back(inner.condition);
  if (on) conditions.push_back(on);
  const NodePtr joined = make_join(kind, left.node, inner.node, join_and(conditions));
  const std::size_t width = left.node->fields.size() + inner.items;
  if (joined->fields.size() == width) return joined;
  std::vector<expr::ExprPtr> projections;
  std::vector<Field> fields(joined->fields.begin(),
                            joined->fields.begin() + static_cast<std::ptrdiff_t>(width));
  for (std::size_t i = 0; i < width; ++i) {
    projections.push_back(expr::make_column(i, fields[i].name, fields[i].type));
  }
  return make_calc(joined, nullptr, std::move(projections), std::move(fields));
}

}  // namespace millrace::plan
