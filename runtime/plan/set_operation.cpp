// UNION, and DISTINCT, which is half of it.
#include "runtime/plan/binder.hpp"

namespace millrace::plan {

namespace {

// The input's columns as these types.
Result<NodePtr> convert(NodePtr input, const std::vector<Field>& fields) {
  bool changed = false;
  std::vector<expr::ExprPtr> projections;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const Field& field = input->fields[i];
    auto column = expr::make_column(i, field.name, field.type);
    if (!field.type.same_as(fields[i].type)) {
      BOOST_OUTCOME_TRY(auto converted, expr::make_cast(column, fields[i].type));
      column = std::move(converted);
      changed = true;
    }
    projections.push_back(std::move(column));
  }
  if (!changed) return input;
  return make_calc(std::move(input), nullptr, std::move(projections), fields);
}

}  // namespace

namespace {

// A query's SELECT list, or its one item, for messages.
sql::Span list_of(const sql::Query& query) {
  const auto* block = std::get_if<sql::Select>(&query.body);
  if (block == nullptr) return query.where;
  const auto& last = block->items.back();
  return {block->items.front().expression->where.from,
          last.alias ? last.alias->where.to : last.expression->where.to};
}
sql::Span item_of(const sql::Query& query, std::size_t index) {
  const auto* block = std::get_if<sql::Select>(&query.body);
  if (block == nullptr) {
    const auto* operation = std::get_if<sql::SetOperation>(&query.body);
    return operation != nullptr ? item_of(*operation->left, index) : query.where;
  }
  return index < block->items.size() ? block->items[index].expression->where : list_of(query);
}

}  // namespace

NodePtr make_distinct(NodePtr input) {
  auto node = std::make_shared<Node>();
  GroupAggregate distinct;
  distinct.retracts = changes_of(*input).any();
  for (std::size_t i = 0; i < input->fields.size(); ++i) {
    distinct.keys.push_back(i);
    node->fields.push_back({input->fields[i].name, input->fields[i].type});
  }
  node->body = std::move(distinct);
  node->input = std::move(input);
  return node;
}

Result<NodePtr> Binder::set_operation(const sql::SetOperation& operation) {
  using Kind = sql::SetOperation::Kind;
  BOOST_OUTCOME_TRY(auto left, query(*operation.left));
  BOOST_OUTCOME_TRY(auto right, query(*operation.right));
  std::string name = operation.kind == Kind::union_of    ? "UNION"
                     : operation.kind == Kind::intersect ? "INTERSECT"
                                                         : "EXCEPT";
  if (operation.all) name += " ALL";
  if (left->fields.size() != right->fields.size()) {
    return sql::validation_error(list_of(*operation.right), "Column count mismatch in " + name);
  }
  std::vector<Field> fields;
  for (std::size_t i = 0; i < left->fields.size(); ++i) {
    const Field& a = left->fields[i];
    const Field& b = right->fields[i];
    Field field{a.name, a.type};
    if (!data::common_type(a.type, b.type, field.type)) {
      return sql::validation_error(
          item_of(*operation.left, i),
          "Type mismatch in column " + std::to_string(i + 1) + " of " + name);
    }
    if (a.time == b.time && a.type.same_as(b.type)) field.time = a.time;
    fields.push_back(std::move(field));
  }
  BOOST_OUTCOME_TRY(auto a, convert(std::move(left), fields));
  BOOST_OUTCOME_TRY(auto b, convert(std::move(right), fields));
  if (operation.kind != Kind::union_of) {
    if (operation.all) {
      auto node = std::make_shared<Node>();
      node->body = SetAll{operation.kind == Kind::intersect};
      node->input = std::move(a);
      node->right = std::move(b);
      for (auto& field : fields) field.time = TimeAttribute::none;
      node->fields = std::move(fields);
      return NodePtr(std::move(node));
    }
    // Rows that the other side has, or has not, each once; NULL equals NULL here.
    std::vector<expr::ExprPtr> equal;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      BOOST_OUTCOME_TRY(
          auto same,
          expr::make_call("IS NOT DISTINCT FROM",
                          {expr::make_column(i, fields[i].name, fields[i].type),
                           expr::make_column(fields.size() + i, fields[i].name, fields[i].type)}));
      equal.push_back(std::move(same));
    }
    return make_distinct(
        make_join(operation.kind == Kind::intersect ? Join::Kind::semi : Join::Kind::anti, a, b,
                  join_and(equal)));
  }
  auto node = std::make_shared<Node>();
  node->body = Union{};
  node->input = std::move(a);
  node->right = std::move(b);
  node->fields = std::move(fields);
  if (operation.all) return NodePtr(std::move(node));
  return make_distinct(std::move(node));
}

}  // namespace millrace::plan
