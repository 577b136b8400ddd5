// JOIN ... USING and NATURAL JOIN.
#include <algorithm>

#include "runtime/plan/binder.hpp"

namespace millrace::plan {

namespace {

// The names that both sides have, in the left one's order.
std::vector<sql::Identifier> common_names(const sql::TableReference& reference, const Scope& left,
                                          const Scope& right) {
  std::vector<sql::Identifier> names;
  for (const auto& field : left.fields) {
    const auto same = [&field](const auto& one) { return one.name == field.name; };
    const bool both = std::any_of(right.fields.begin(), right.fields.end(), same);
    const bool seen = std::any_of(names.begin(), names.end(),
                                  [&field](const auto& one) { return one.text == field.name; });
    if (both && !seen) names.push_back({field.name, reference.where});
  }
  return names;
}

}  // namespace

Result<expr::ExprPtr> bind_using(const sql::TableReference& reference, const Scope& left,
                                 const Scope& right, std::vector<Scope::Merged>& merged) {
  const auto names = reference.natural ? common_names(reference, left, right) : reference.same;
  const std::size_t width = left.fields.size();
  const bool keeps_right = reference.join == sql::TableReference::Join::right;
  std::vector<expr::ExprPtr> parts;
  // What the sides had made one before stays so.
  for (const auto& one : left.merged) merged.push_back(one);
  for (auto one : right.merged) {
    one.index += width;
    for (auto& hidden : one.hides) hidden += width;
    merged.push_back(std::move(one));
  }
  for (const auto& name : names) {
    BOOST_OUTCOME_TRY(const auto a, left.resolve({name}));
    BOOST_OUTCOME_TRY(const auto b, right.resolve({name}));
    const auto& field_a = left.fields[a];
    const auto& field_b = right.fields[b];
    auto equal = expr::make_call("=", {expr::make_column(a, field_a.name, field_a.type),
                                       expr::make_column(width + b, field_b.name, field_b.type)});
    if (!equal) {
      return sql::validation_error(
          name.where, "Column '" + name.text +
                          "' matched using NATURAL keyword or USING clause has incompatible "
                          "types: cannot compare '" +
                          field_a.type.calcite_text() + "' to '" + field_b.type.calcite_text() +
                          "'");
    }
    parts.push_back(std::move(equal).value());
    Scope::Merged one{name.text, keeps_right ? width + b : a, {a, width + b}};
    for (auto at = merged.begin(); at != merged.end();) {
      if (at->name == name.text) {
        one.hides.insert(one.hides.end(), at->hides.begin(), at->hides.end());
        at = merged.erase(at);
      } else {
        ++at;
      }
    }
    merged.push_back(std::move(one));
  }
  return join_and(parts);
}

Result<NodePtr> add_full_columns(NodePtr node, std::size_t width,
                                 std::vector<Scope::Merged>& merged) {
  std::vector<expr::ExprPtr> columns;
  std::vector<Field> fields = node->fields;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    columns.push_back(expr::make_column(i, fields[i].name, fields[i].type));
  }
  const std::size_t before = columns.size();
  for (auto& one : merged) {
    if (one.hides.size() < 2 || one.hides[1] < width) continue;
    auto either = expr::make_call("COALESCE", {columns[one.hides[0]], columns[one.hides[1]]});
    if (!either) return sql::plain_error({}, either.error().message());
    one.index = columns.size();
    one.hides.push_back(one.index);
    fields.push_back({one.name, either.value()->type});
    columns.push_back(std::move(either).value());
  }
  if (columns.size() == before) return node;
  make_names_unique(fields);
  return make_calc(std::move(node), nullptr, std::move(columns), std::move(fields));
}

}  // namespace millrace::plan
