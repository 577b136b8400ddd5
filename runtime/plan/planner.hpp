// A whole script, planned: declarations take effect in order, queries become job plans.
//
//   Planner planner(settings);
//   BOOST_OUTCOME_TRY(auto script, planner.plan(statements));
#pragma once

#include <string>
#include <vector>

#include "runtime/plan/catalog.hpp"
#include "runtime/plan/plan.hpp"
#include "runtime/plan/settings.hpp"
#include "runtime/sql/error.hpp"
#include "runtime/sql/tree.hpp"

namespace millrace::plan {

struct PlannedStatement {
  JobPlan job;
  // SHOW, DESCRIBE: what it prints; `job` is then empty.
  std::string text;
  // EXPLAIN: print, do not run.
  bool explain_only = false;
  sql::Position at;
};

struct PlannedScript {
  // INSERTs, SELECTs and what only prints, in their order.
  std::vector<PlannedStatement> jobs;
  // Each "line:column: text".
  std::vector<std::string> warnings;
};

// One script, one thread.
class Planner {
 public:
  // `overrides`: settings from the command line; they hold against SET in the script.
  explicit Planner(std::vector<std::pair<std::string, std::string>> overrides = {})
      : overrides_(std::move(overrides)) {}

  // Stops at the first fault. Every error begins "line:column: ".
  sql::Result<PlannedScript> plan(const std::vector<sql::Statement>& statements);

  // For tests and tools: what is declared when the script is through.
  [[nodiscard]] const Catalog& catalog() const { return catalog_; }

 private:
  sql::Status statement(const sql::Statement& statement, PlannedScript& out);
  sql::Status set(const sql::Option& option, PlannedScript& out);
  static sql::Status use(const sql::Use& use);
  sql::Status create_table(const sql::CreateTable& table);
  sql::Status create_view(const sql::CreateView& view, PlannedScript& out);
  sql::Result<SinkPlan> insert(const sql::Insert& insert, PlannedScript& out);
  sql::Result<SinkPlan> print(const sql::SelectStatement& select, PlannedScript& out);

  std::vector<std::pair<std::string, std::string>> overrides_;
  Catalog catalog_;
  SettingsTable settings_;
};

// show.cpp: what SHOW and DESCRIBE print. Errors: the table is not there, or is none.
sql::Result<std::string> show(const sql::Show& show, const Catalog& catalog,
                              std::vector<std::string>& warnings);

// like.cpp: the declaration with what its LIKE brings. Errors: both have what only one may have.
sql::Result<sql::CreateTable> merge_like(const sql::CreateTable& derived, const Catalog& catalog);

// A table with options put over its own, for this one use.
CatalogTable with_options(const CatalogTable& table, const std::vector<sql::Option>& options);

// create_table.cpp: columns, types, watermark and keys checked; the connector is not asked yet.
sql::Result<CatalogTable> build_table(const sql::CreateTable& table);

// fit_sink.cpp: the query made to fit a sink: columns by place, implicit conversions, Flink's
// refusals.
sql::Result<SinkPlan> fit_sink(const NodePtr& query, const CatalogTable& target,
                               const sql::Insert& insert);

// "update and delete changes"
std::string changes_text(const Changes& changes);

// The node that makes rows other than inserts, of a query that has some.
const Node* changing_node(const Node& query);

// What only the whole query shows: nodes that cannot take the changes below them, a ROW_NUMBER()
// that nothing bounds.
sql::Status check_query(const Node& query, sql::Position at);

}  // namespace millrace::plan
