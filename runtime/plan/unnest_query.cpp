// UNNEST(...) in FROM: a row for each element of an array, entry of a map, or copy in a multiset.
#include "runtime/plan/binder.hpp"

namespace millrace::plan {

namespace {

using data::LogicalType;

// The columns of an element; `name`: what a lone one is called.
std::vector<Field> element_fields(const LogicalType& type, const std::string& name,
                                  bool ordinality) {
  std::vector<Field> fields;
  if (type.is(data::TypeKind::map)) {
    fields.push_back({"KEY", type.fields()[0].type});
    fields.push_back({"VALUE", type.fields()[1].type});
  } else if (const LogicalType& element = type.fields()[0].type; element.is(data::TypeKind::row)) {
    for (const auto& field : element.fields()) fields.push_back({field.name, field.type});
  } else {
    fields.push_back({name, element});
  }
  if (ordinality)
    fields.push_back({"ORDINALITY", LogicalType::of(data::TypeKind::integer).not_null()});
  return fields;
}

}  // namespace

Result<Relation> elements_of(const sql::TableReference& reference, const Scope& left) {
  const sql::Expression& call = *reference.function;
  if (call.arguments.size() != 1) {
    return sql::not_served(call.where.from, "UNNEST of other than one value");
  }
  BOOST_OUTCOME_TRY(auto value, bind_expression(*call.arguments[0], left, "FROM"));
  const auto kind = value->type.kind();
  if (kind != data::TypeKind::array && kind != data::TypeKind::map &&
      kind != data::TypeKind::multiset) {
    return sql::validation_error(call.where,
                                 "Cannot apply 'UNNEST' to arguments of type 'UNNEST(<" +
                                     value->type.calcite_text() +
                                     ">)'. Supported form(s): 'UNNEST(<MULTISET>)'\n"
                                     "'UNNEST(<ARRAY>)'\n'UNNEST(<MAP>)'");
  }
  auto node = std::make_shared<Node>();
  node->fields = element_fields(
      value->type,
      reference.alias && reference.alias_columns.empty() ? reference.alias->text : "EXPR$0",
      reference.ordinality);
  if (!reference.alias_columns.empty()) {
    BOOST_OUTCOME_TRY(check_aliases(reference.alias_columns, node->fields));
    for (std::size_t i = 0; i < node->fields.size(); ++i) {
      node->fields[i].name = reference.alias_columns[i].text;
    }
  }
  node->body = Unnest{std::move(value), nullptr, false, reference.ordinality};
  Relation out;
  if (reference.alias) out.alias = reference.alias->text;
  out.node = std::move(node);
  return out;
}

Result<NodePtr> make_unnest(const sql::TableReference& reference, const NodePtr& left,
                            const Relation& elements, const expr::ExprPtr& condition) {
  using Written = sql::TableReference::Join;
  const sql::Position at = reference.right->where.from;
  if (reference.join == Written::right || reference.join == Written::full) {
    return sql::plain_error(at, std::string("Unknown join type ") +
                                    (reference.join == Written::right ? "RIGHT" : "FULL"));
  }
  const std::size_t width = left->fields.size();
  auto node = std::make_shared<Node>(*elements.node);
  auto& unnest = std::get<Unnest>(node->body);
  unnest.outer = reference.join == Written::left;
  const bool always = condition && condition->kind == expr::Expr::Kind::literal &&
                      condition->literal == data::Value(true);
  if (condition && !always) {
    std::vector<expr::ExprPtr> shift(width);
    for (std::size_t i = 0; i < node->fields.size(); ++i) {
      shift.push_back(expr::make_column(i, node->fields[i].name, node->fields[i].type));
    }
    for (const std::size_t column : expr::referenced_columns(*condition)) {
      if (column < width) {
        return sql::plain_error(reference.condition->where.from,
                                "unexpected correlate variable $cor0 in the plan");
      }
    }
    unnest.condition = expr::substitute(condition, shift);
  }
  std::vector<Field> fields = left->fields;
  for (Field field : node->fields) {
    if (unnest.outer) field.type = field.type.with_nullable(true);
    fields.push_back(std::move(field));
  }
  make_names_unique(fields);
  node->fields = std::move(fields);
  node->input = left;
  return NodePtr(std::move(node));
}

Result<Relation> Binder::unnest(const sql::TableReference& reference) {
  BOOST_OUTCOME_TRY(auto out, elements_of(reference, Scope()));
  auto one_row = std::make_shared<Node>();
  one_row->body = ConstantRows{{{}}};
  auto node = std::make_shared<Node>(*out.node);
  node->input = std::move(one_row);
  out.node = std::move(node);
  return out;
}

}  // namespace millrace::plan
