#include "runtime/plan/planner.hpp"

#include <algorithm>

#include "runtime/connectors/connector.hpp"
#include "runtime/formats/traits.hpp"
#include "runtime/plan/binder.hpp"
#include "runtime/plan/explain.hpp"
#include "runtime/plan/nearest.hpp"

namespace millrace::plan {

namespace {

std::string place(sql::Position at) {
  return std::to_string(at.line) + ":" + std::to_string(at.column) + ": ";
}

}  // namespace

sql::Result<PlannedScript> Planner::plan(const std::vector<sql::Statement>& statements) {
  PlannedScript out;
  for (const auto& [key, value] : overrides_) {
    auto taken = settings_.set(key, value);
    if (!taken) return sql::plain_error({}, taken.error().message());
    if (taken.value()) out.warnings.push_back("1:1: " + *taken.value());
  }
  for (const auto& next : statements) {
    BOOST_OUTCOME_TRY(statement(next, out));
  }
  return out;
}

sql::Status Planner::set(const sql::Option& option, PlannedScript& out) {
  for (const auto& [key, value] : overrides_) {
    if (key == option.key) return base::success();
  }
  auto taken = settings_.set(option.key, option.value);
  if (!taken) return sql::plain_error(option.where.from, taken.error().message());
  if (taken.value()) out.warnings.push_back(place(option.where.from) + *taken.value());
  return base::success();
}

sql::Status Planner::create_table(const sql::CreateTable& tree) {
  auto declared = std::make_shared<sql::CreateTable>(tree);
  if (tree.like) {
    BOOST_OUTCOME_TRY(auto merged, merge_like(tree, catalog_));
    *declared = std::move(merged);
  }
  BOOST_OUTCOME_TRY(auto table, build_table(*declared));
  // A key's columns are NOT NULL for those that are LIKE this table, too.
  for (auto& column : declared->columns) {
    for (const auto& key : declared->primary_key) {
      if (key.text == column.name.text) column.type.not_null = true;
    }
  }
  table.tree = std::move(declared);
  return catalog_.add_table(tree.name, tree.if_not_exists, tree.temporary, std::move(table));
}

sql::Status Planner::create_view(const sql::CreateView& view, PlannedScript& out) {
  Binder binder(catalog_, out.warnings);
  BOOST_OUTCOME_TRY(auto bound, binder.query(*view.query));
  if (!view.columns.empty() && view.columns.size() != bound->fields.size()) {
    std::string names;
    std::string fields;
    for (const auto& column : view.columns) names += (names.empty() ? "" : ", ") + column.text;
    for (const auto& field : bound->fields) fields += (fields.empty() ? "" : ", ") + field.name;
    return sql::plain_error(view.columns.front().where.from,
                            "VIEW definition and input fields not match:\n\tDef fields: [" + names +
                                "].\n\tInput fields: [" + fields + "].");
  }
  return catalog_.add_view(view.name, view.if_not_exists,
                           {view.query, view.columns, view.text, view.comment, view.temporary});
}

sql::Result<SinkPlan> Planner::insert(const sql::Insert& tree, PlannedScript& out) {
  const CatalogTable* target = catalog_.table(tree.target.parts);
  const sql::Position at = tree.target.where().from;
  if (target == nullptr) {
    if (catalog_.view(tree.target.parts) != nullptr) {
      return sql::plain_error(
          at, "Sink '" + full_name(tree.target.parts.back().text) + "' does not exists");
    }
    return sql::plain_error(at, "Cannot find table '`default_catalog`.`default_database`.`" +
                                    tree.target.parts.back().text +
                                    "`' in any of the catalogs [default_catalog], nor as a "
                                    "temporary table.");
  }
  Binder binder(catalog_, out.warnings);
  CatalogTable hinted = *target;
  for (const auto& hint : tree.hints) {
    if (hint.name == "OPTIONS") hinted = with_options(hinted, hint.options);
  }
  target = &hinted;
  binder.warn_of_hints(tree.hints);
  BOOST_OUTCOME_TRY(auto query, binder.query(*tree.query));
  const auto& table = *target->input->table;
  const auto checked = connectors::check_options(table);
  if (!checked) {
    return sql::plain_error(at, "Unable to create a sink for writing table '" + table.name +
                                    "': " + with_near_options(checked.error().message()));
  }
  BOOST_OUTCOME_TRY(auto connector, connectors::find_connector(table));
  if (connector->make_sink == nullptr) {
    return sql::plain_error(at, "Unable to create a sink for writing table '" + table.name +
                                    "': Connector '" + std::string(connector->name) +
                                    "' can only be used as a source. It cannot be used as a sink.");
  }
  BOOST_OUTCOME_TRY(auto plan, fit_sink(query, *target, tree));
  BOOST_OUTCOME_TRY(check_query(*query, tree.query->where.from));
  const Changes changes = changes_of(*query);
  if (changes.any() && !connector->takes_updates && !formats::is_changelog(table.options)) {
    return sql::plain_error(at, "Table sink '" + table.name + "' doesn't support consuming " +
                                    changes_text(changes) + " which is produced by node " +
                                    undecided_text(*changing_node(*query)));
  }
  plan.settings = settings_.current();
  return plan;
}

sql::Result<SinkPlan> Planner::print(const sql::SelectStatement& select, PlannedScript& out) {
  Binder binder(catalog_, out.warnings);
  BOOST_OUTCOME_TRY(auto query, binder.query(*select.query));
  BOOST_OUTCOME_TRY(check_query(*query, select.query->where.from));
  auto table = std::make_shared<connectors::Table>();
  table->name = full_name("Unregistered_Collect_Sink");
  table->options = {{"connector", "print"}};
  table->schema = schema_of(query->fields);
  SinkPlan plan;
  plan.query = query;
  plan.table = std::move(table);
  for (const auto& field : query->fields) plan.names.push_back(field.name);
  plan.settings = settings_.current();
  return plan;
}

CatalogTable with_options(const CatalogTable& table, const std::vector<sql::Option>& options) {
  auto changed = std::make_shared<connectors::Table>(*table.input->table);
  for (const auto& option : options) changed->options[option.key] = option.value;
  auto input = std::make_shared<TableInput>(*table.input);
  input->table = std::move(changed);
  CatalogTable out = table;
  out.input = std::move(input);
  return out;
}

sql::Status Planner::use(const sql::Use& use) {
  const sql::Position at = use.name.where().from;
  const auto& parts = use.name.parts;
  const std::string& last = parts.back().text;
  const bool other_catalog = use.catalog ? last != "default_catalog"
                                         : parts.size() > 1 && parts[0].text != "default_catalog";
  if (other_catalog) {
    return sql::plain_error(at, "A catalog with name [" + parts[0].text + "] does not exist.");
  }
  if (!use.catalog && last != "default_database") {
    return sql::plain_error(at, "A database with name [" + last +
                                    "] does not exist in the catalog: [default_catalog].");
  }
  return base::success();
}

sql::Status Planner::statement(const sql::Statement& tree, PlannedScript& out) {
  PlannedStatement planned;
  planned.at = tree.where.from;
  const auto add_insert = [&](const sql::Insert& one) -> sql::Status {
    BOOST_OUTCOME_TRY(auto plan, insert(one, out));
    planned.job.sinks.push_back(std::move(plan));
    return base::success();
  };
  const auto add_set = [&](const sql::StatementSet& set) -> sql::Status {
    for (const auto& one : set.inserts) {
      BOOST_OUTCOME_TRY(add_insert(one));
    }
    return base::success();
  };
  const auto add_select = [&](const sql::SelectStatement& select) -> sql::Status {
    BOOST_OUTCOME_TRY(auto plan, print(select, out));
    planned.job.sinks.push_back(std::move(plan));
    return base::success();
  };
  if (const auto* table = std::get_if<sql::CreateTable>(&tree.body)) return create_table(*table);
  if (const auto* view = std::get_if<sql::CreateView>(&tree.body)) return create_view(*view, out);
  if (const auto* drop = std::get_if<sql::Drop>(&tree.body)) return catalog_.drop(*drop);
  if (const auto* option = std::get_if<sql::Set>(&tree.body)) {
    return option->option ? set(*option->option, out) : base::success();
  }
  if (const auto* reset = std::get_if<sql::Reset>(&tree.body)) {
    settings_.reset(reset->key);
    for (const auto& [key, value] : overrides_) {
      BOOST_OUTCOME_TRY(settings_.set(key, value));
    }
    return base::success();
  }
  if (const auto* other = std::get_if<sql::Use>(&tree.body)) return use(*other);
  if (const auto* wanted = std::get_if<sql::Show>(&tree.body)) {
    BOOST_OUTCOME_TRY(auto text, show(*wanted, catalog_, out.warnings));
    planned.text = std::move(text);
  } else if (const auto* one = std::get_if<sql::Insert>(&tree.body)) {
    BOOST_OUTCOME_TRY(add_insert(*one));
  } else if (const auto* several = std::get_if<sql::StatementSet>(&tree.body)) {
    BOOST_OUTCOME_TRY(add_set(*several));
  } else if (const auto* select = std::get_if<sql::SelectStatement>(&tree.body)) {
    BOOST_OUTCOME_TRY(add_select(*select));
  } else if (const auto* explain = std::get_if<sql::Explain>(&tree.body)) {
    planned.explain_only = true;
    if (const auto* inner = std::get_if<sql::SelectStatement>(&explain->statement)) {
      BOOST_OUTCOME_TRY(add_select(*inner));
    } else if (const auto* inner_insert = std::get_if<sql::Insert>(&explain->statement)) {
      BOOST_OUTCOME_TRY(add_insert(*inner_insert));
    } else {
      BOOST_OUTCOME_TRY(add_set(std::get<sql::StatementSet>(explain->statement)));
    }
  }
  out.jobs.push_back(std::move(planned));
  return base::success();
}

}  // namespace millrace::plan
