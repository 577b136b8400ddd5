// Queries to plans; internal to runtime/plan.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/plan/catalog.hpp"
#include "runtime/plan/plan.hpp"
#include "runtime/sql/error.hpp"
#include "runtime/sql/tree.hpp"

namespace millrace::plan {

using sql::Result;
using sql::Status;

// The fields a name may mean, and what the table is called.
struct Scope {
  std::optional<std::string> alias;
  std::vector<Field> fields;

  // A column by its name, or by table and name. Errors as Flink's, with their place.
  [[nodiscard]] Result<std::size_t> resolve(const std::vector<sql::Identifier>& path) const;
};

// A query's result and, for messages, the name it goes by.
struct Relation {
  NodePtr node;
  std::optional<std::string> alias;

  [[nodiscard]] Scope scope() const { return {alias, node->fields}; }
};

// Answers a node of the tree by itself, or null to have it bound the usual way.
using Intercept = std::function<Result<expr::ExprPtr>(const sql::Expression&)>;

// An expression over a scope. `clause` names the place for the message about an aggregate in it:
// "WHERE", "GROUP BY"; empty where the interceptor takes care of them.
Result<expr::ExprPtr> bind_expression(const sql::Expression& tree, const Scope& scope,
                                      const std::string& clause, const Intercept& intercept = {});
// The same, and it must be BOOLEAN: "WHERE clause must be a condition".
Result<expr::ExprPtr> bind_condition(const sql::Expression& tree, const Scope& scope,
                                     const std::string& clause, const Intercept& intercept = {});
// Whether an aggregate function is called anywhere in the tree.
bool has_aggregate(const sql::Expression& tree);
// An error of the expression layer, given the place of the expression it is about.
sql::Error located(const base::Error& error, sql::Span where);

// The common tables in sight of a query.
struct CommonTables {
  struct Entry {
    std::shared_ptr<const sql::Query> query;
    std::vector<sql::Identifier> columns;
    std::shared_ptr<const CommonTables> outer;
  };
  std::map<std::string, Entry> tables;
};

class Binder {
 public:
  // The catalog outlives the binder. Warnings are appended, each "line:column: text".
  Binder(const Catalog& catalog, std::vector<std::string>& warnings)
      : catalog_(catalog), warnings_(warnings) {}

  Result<NodePtr> query(const sql::Query& query);

  // A FROM item by name: table, view or common table.
  Result<NodePtr> table(const std::vector<sql::Identifier>& path);
  // TUMBLE(TABLE t, ...) or HOP(...) in FROM.
  Result<NodePtr> window_function(const sql::Expression& call);

  void warn(sql::Position at, const std::string& text);

 private:
  Result<NodePtr> select(const sql::Select& select);
  Result<NodePtr> values(const sql::Values& values, sql::Span where);
  Result<Relation> from(const sql::Select& select);
  Result<NodePtr> plain_select(const sql::Select& select, const Relation& input);

  const Catalog& catalog_;
  std::vector<std::string>& warnings_;
  std::shared_ptr<const CommonTables> common_;
  int depth_ = 0;
};

// select_query.cpp: the SELECT list's output names, in order; * already replaced.
std::string item_name(const sql::SelectItem& item, std::size_t index);
// Doubled names get a number behind: a, a0.
void make_names_unique(std::vector<Field>& fields);
// A field for a projection; a bare column keeps what it is.
Field project_field(std::string name, const expr::ExprPtr& expression,
                    const std::vector<Field>& input);
// A column of no type: a bare NULL in a SELECT list or in VALUES.
Status refuse_null(const expr::ExprPtr& bound, sql::Span where);
NodePtr make_calc(NodePtr input, expr::ExprPtr condition, std::vector<expr::ExprPtr> projections,
                  std::vector<Field> fields);
// Renames a query's columns: "VIEW definition and input fields not match" is the caller's.
NodePtr rename(NodePtr node, const std::vector<sql::Identifier>& names);

// aggregate_query.cpp: a SELECT with GROUP BY or aggregates.
Result<NodePtr> bind_aggregate_query(Binder& binder, const sql::Select& select,
                                     const Relation& input);

// An INTERVAL literal in milliseconds; `what` for the message.
Result<std::int64_t> interval_argument(const sql::Expression& tree, const std::string& what);

}  // namespace millrace::plan
