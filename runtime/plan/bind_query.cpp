#include <algorithm>

#include "runtime/connectors/connector.hpp"
#include "runtime/plan/binder.hpp"
#include "runtime/plan/nearest.hpp"
#include "runtime/plan/planner.hpp"

namespace millrace::plan {

namespace {

constexpr int max_depth = 100;

class Deeper {
 public:
  explicit Deeper(int& depth) : depth_(depth) { ++depth_; }
  ~Deeper() { --depth_; }
  Deeper(const Deeper&) = delete;
  Deeper& operator=(const Deeper&) = delete;

 private:
  int& depth_;
};

}  // namespace

void Binder::warn(sql::Position at, const std::string& text) {
  warnings_.push_back(std::to_string(at.line) + ":" + std::to_string(at.column) + ": " + text);
}

Result<NodePtr> Binder::query(const sql::Query& query) {
  const Deeper deeper(depth_);
  if (depth_ > max_depth) {
    return sql::plain_error(query.where.from, "Views and sub-queries nest deeper than " +
                                                  std::to_string(max_depth) + " levels.");
  }
  const auto outer = common_;
  for (const auto& entry : query.with) {
    auto next = std::make_shared<CommonTables>(common_ ? *common_ : CommonTables{});
    next->tables[entry.name.text] = {entry.query, entry.columns, common_};
    common_ = std::move(next);
  }
  auto bound = body(query);
  common_ = outer;
  return bound;
}

Result<NodePtr> Binder::body(const sql::Query& query) {
  NodePtr node;
  if (const auto* block = std::get_if<sql::Select>(&query.body)) {
    BOOST_OUTCOME_TRY(auto bound, select(*block));
    node = std::move(bound);
  } else if (const auto* rows = std::get_if<sql::Values>(&query.body)) {
    BOOST_OUTCOME_TRY(auto bound, values(*rows, query.where));
    node = std::move(bound);
  } else {
    BOOST_OUTCOME_TRY(auto bound, set_operation(std::get<sql::SetOperation>(query.body)));
    node = std::move(bound);
  }
  if (query.order_by.empty() && !query.limit && !query.offset) return node;
  return order_and_limit(std::move(node), query);
}

void Binder::warn_of_hints(const std::vector<sql::Hint>& hints) {
  for (const auto& hint : hints) {
    if (hint.name != "OPTIONS") warn(hint.where.from, "the hint " + hint.name + " has no effect");
  }
}

Result<NodePtr> Binder::table(const std::vector<sql::Identifier>& path,
                              const std::vector<sql::Hint>& hints) {
  warn_of_hints(hints);
  const auto options = std::find_if(hints.begin(), hints.end(),
                                    [](const sql::Hint& hint) { return hint.name == "OPTIONS"; });
  const sql::Span where = {path.front().where.from, path.back().where.to};
  const auto expand = [&](const sql::Query& body, const std::vector<sql::Identifier>& columns,
                          std::shared_ptr<const CommonTables> sight) -> Result<NodePtr> {
    const auto outer = common_;
    common_ = std::move(sight);
    auto bound = query(body);
    common_ = outer;
    if (!bound) return bound;
    if (columns.empty()) return bound;
    if (columns.size() != bound.value()->fields.size()) {
      return sql::validation_error(
          where, "List of column aliases must have same degree as table; '" + path.back().text +
                     "' has " + std::to_string(bound.value()->fields.size()) + " columns");
    }
    return rename(bound.value(), columns);
  };
  if (path.size() == 1 && common_) {
    const auto found = common_->tables.find(path[0].text);
    if (found != common_->tables.end()) {
      const CommonTables::Entry entry = found->second;
      return expand(*entry.query, entry.columns, entry.outer);
    }
  }
  if (const auto* view = catalog_.view(path)) {
    if (options != hints.end()) {
      return sql::plain_error(
          options->where.from,
          "View '" + quoted_name(path.back().text) +
              "' cannot be enriched with new options. Hints can only be applied "
              "to tables.");
    }
    return expand(*view->query, view->columns, nullptr);
  }
  const CatalogTable* found = catalog_.table(path);
  CatalogTable hinted;
  if (found != nullptr && options != hints.end()) {
    hinted = with_options(*found, options->options);
    found = &hinted;
  }
  if (found == nullptr) {
    auto names = catalog_.names(/*views_only=*/false);
    if (common_) {
      for (const auto& [name, entry] : common_->tables) names.push_back(name);
    }
    return sql::validation_error(path.back().where, "Object '" + path.back().text + "' not found" +
                                                        did_you_mean(path.back().text, names));
  }
  auto checked = connectors::check_options(*found->input->table);
  if (!checked) {
    return sql::plain_error(where.from, "Unable to create a source for reading table '" +
                                            found->input->table->name +
                                            "': " + with_near_options(checked.error().message()));
  }
  BOOST_OUTCOME_TRY(auto connector, connectors::find_connector(*found->input->table));
  if (connector->make_source == nullptr) {
    return sql::plain_error(where.from, "Connector '" + std::string(connector->name) +
                                            "' can only be used as a sink. It cannot be used as a "
                                            "source.");
  }
  for (const auto& column : found->input->metadata) {
    for (const auto& key : connector->metadata) {
      if (key.key == column.key && !key.portability.empty()) {
        warn(found->where.from,
             "METADATA column '" + column.key + "': " + std::string(key.portability));
      }
    }
  }
  auto node = std::make_shared<Node>();
  node->body = Scan{found->input};
  for (const auto& column : found->input->columns) node->fields.push_back(column.field);
  return NodePtr(std::move(node));
}

Status check_aliases(const std::vector<sql::Identifier>& aliases,
                     const std::vector<Field>& fields) {
  if (aliases.size() == fields.size()) return base::success();
  std::string names;
  for (const auto& field : fields) names += (names.empty() ? "'" : ", '") + field.name + "'";
  return sql::validation_error({aliases.front().where.from, aliases.back().where.to},
                               "List of column aliases must have same degree as table; table has " +
                                   std::to_string(fields.size()) + " columns (" + names +
                                   "), whereas alias list has " + std::to_string(aliases.size()) +
                                   " columns");
}

Result<Relation> Binder::from(const sql::TableReference& reference) {
  Relation out;
  switch (reference.kind) {
    case sql::TableReference::Kind::table: {
      BOOST_OUTCOME_TRY(auto node, table(reference.table.parts, reference.hints));
      out.node = std::move(node);
      out.alias = reference.table.parts.back().text;
      break;
    }
    case sql::TableReference::Kind::function: {
      BOOST_OUTCOME_TRY(auto node, window_function(*reference.function));
      out.node = std::move(node);
      break;
    }
    case sql::TableReference::Kind::join:
      return join(reference);
    case sql::TableReference::Kind::unnest:
      return unnest(reference);
    case sql::TableReference::Kind::match: {
      BOOST_OUTCOME_TRY(auto matched, match(reference));
      out = std::move(matched);
      break;
    }
    case sql::TableReference::Kind::query: {
      BOOST_OUTCOME_TRY(auto node, query(*reference.query));
      out.node = std::move(node);
      break;
    }
  }
  if (reference.alias) out.alias = reference.alias->text;
  if (!reference.alias_columns.empty()) {
    BOOST_OUTCOME_TRY(check_aliases(reference.alias_columns, out.node->fields));
    out.node = rename(out.node, reference.alias_columns);
  }
  return out;
}

Result<NodePtr> Binder::values(const sql::Values& values, sql::Span where) {
  const Scope nothing;
  std::vector<std::vector<expr::ExprPtr>> rows;
  for (const auto& row : values.rows) {
    if (row.size() != values.rows.front().size()) {
      return sql::validation_error(where,
                                   "Values passed to VALUES operator must have compatible "
                                   "types");
    }
    std::vector<expr::ExprPtr> bound;
    for (const auto& cell : row) {
      BOOST_OUTCOME_TRY(auto value, bind_expression(*cell, nothing, "VALUES"));
      BOOST_OUTCOME_TRY(refuse_null(value, cell->where));
      bound.push_back(std::move(value));
    }
    rows.push_back(std::move(bound));
  }
  std::vector<Field> fields;
  for (std::size_t column = 0; column < rows.front().size(); ++column) {
    data::LogicalType type = rows.front()[column]->type;
    for (const auto& row : rows) {
      data::LogicalType wider;
      if (!data::common_type(type, row[column]->type, wider)) {
        return sql::validation_error(where,
                                     "Values passed to VALUES operator must have compatible "
                                     "types");
      }
      type = wider;
    }
    for (auto& row : rows) {
      if (row[column]->type.same_as(type)) continue;
      BOOST_OUTCOME_TRY(auto converted, expr::make_cast(row[column], type));
      row[column] = std::move(converted);
    }
    fields.push_back({"EXPR$" + std::to_string(column), type});
  }
  auto node = std::make_shared<Node>();
  node->body = ConstantRows{std::move(rows)};
  node->fields = std::move(fields);
  return NodePtr(std::move(node));
}

Result<NodePtr> Binder::select(const sql::Select& select) {
  warn_of_hints(select.hints);
  Relation input;
  if (select.from) {
    if (select.from->as_of) {
      return sql::not_served(select.from->as_of->where.from,
                             "FOR SYSTEM_TIME AS OF outside of a join");
    }
    BOOST_OUTCOME_TRY(auto relation, from(*select.from));
    input = std::move(relation);
  } else {
    auto one_row = std::make_shared<Node>();
    one_row->body = ConstantRows{{{}}};
    input.node = std::move(one_row);
  }
  BOOST_OUTCOME_TRY(apply_subqueries(select, input));
  BOOST_OUTCOME_TRY(apply_scalar_queries(select, input));
  bool aggregated = select.grouped || select.having != nullptr;
  for (const auto& item : select.items) {
    aggregated = aggregated || has_aggregate(*item.expression);
  }
  bool over = false;
  for (const auto& item : select.items) over = over || has_over(*item.expression);
  if (over && aggregated) return sql::not_served(select.span.from, "OVER beside GROUP BY");
  auto bound = aggregated ? bind_aggregate_query(*this, select, input)
               : over     ? bind_over_query(select, input)
                          : plain_select(select, input);
  if (!bound || !select.distinct) return bound;
  return make_distinct(bound.value());
}

}  // namespace millrace::plan
