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
  // A table of a join: its columns are [first, first + count).
  struct Table {
    std::optional<std::string> alias;
    std::size_t first = 0;
    std::size_t count = 0;
  };

  std::optional<std::string> alias;
  std::vector<Field> fields;
  std::vector<Table> tables;  // of a join; empty: `alias` is all there is
  // Columns that USING or NATURAL made one: an unqualified name means the one at `index`, * shows
  // it first and leaves out those it stands for.
  struct Merged {
    std::string name;
    std::size_t index = 0;
    std::vector<std::size_t> hides;
  };
  std::vector<Merged> merged;
  // Of a query within another one: its own columns, which hide the outer ones, begin here.
  std::size_t inner_from = 0;

  // The columns of the table by that name; without one: all. Nothing: there is no such table.
  [[nodiscard]] std::optional<Table> table(const std::optional<std::string>& name) const;

  // The name of the table that column is of; empty when it has none.
  [[nodiscard]] std::string table_of(std::size_t index) const;
  // How many parts of a name say which column; what follows are fields of a ROW.
  [[nodiscard]] std::size_t column_parts(const std::vector<sql::Identifier>& path) const;
  // A column by its name, or by table and name. Errors as Flink's, with their place.
  [[nodiscard]] Result<std::size_t> resolve(const std::vector<sql::Identifier>& path) const;
};

// What names mean in a query within another one: both queries' columns, the outer ones first; the
// inner names hide the outer ones.
Scope both_scopes(const Scope& outer, const Scope& own);

// A query's result and, for messages, the name it goes by.
struct Relation {
  NodePtr node;
  std::optional<std::string> alias;
  // Of a join: its tables, and what its columns are called (the node's names are made unique).
  std::vector<Scope::Table> tables;
  std::vector<Scope::Merged> merged;
  std::vector<std::string> names;

  [[nodiscard]] Scope scope() const;
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
// `value` is what the first `used` parts of a column's path say; the rest are fields of it.
// `table` for the message: where the column is; empty: nobody says.
Result<expr::ExprPtr> field_of(expr::ExprPtr value, const sql::Expression& tree, std::size_t used,
                               const std::string& table);
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

struct Inner;
struct Pulled;

class Binder {
 public:
  // The catalog outlives the binder. Warnings are appended, each "line:column: text".
  Binder(const Catalog& catalog, std::vector<std::string>& warnings)
      : catalog_(catalog), warnings_(warnings) {}

  Result<NodePtr> query(const sql::Query& query);

  // A FROM item by name: table, view or common table.
  Result<NodePtr> table(const std::vector<sql::Identifier>& path,
                        const std::vector<sql::Hint>& hints = {});
  // TUMBLE(TABLE t, ...) or HOP(...) in FROM.
  Result<NodePtr> window_function(const sql::Expression& call);

  void warn(sql::Position at, const std::string& text);
  // Every hint but OPTIONS is for an optimizer that is not here.
  void warn_of_hints(const std::vector<sql::Hint>& hints);

 private:
  // A query within its WITH.
  Result<NodePtr> body(const sql::Query& query);
  Result<NodePtr> set_operation(const sql::SetOperation& operation);
  Result<NodePtr> select(const sql::Select& select);
  Result<NodePtr> values(const sql::Values& values, sql::Span where);
  // rank_query.cpp
  Result<NodePtr> order_and_limit(NodePtr node, const sql::Query& query);
  Result<Relation> from(const sql::TableReference& reference);
  // subquery.cpp: IN (SELECT ...) and EXISTS of WHERE, as joins of the input.
  Status apply_subqueries(const sql::Select& select, Relation& input);
  Status apply_subquery(const sql::Expression& tree, bool negated, Relation& input);
  // join_query.cpp
  Result<Relation> join(const sql::TableReference& reference);
  Result<NodePtr> plain_select(const sql::Select& select, const Relation& input);
  // scalar_query.cpp: (SELECT ...) as a value in the list, WHERE or HAVING: a column of the input
  // more.
  Status apply_scalar_queries(const sql::Select& select, Relation& input);
  // correlation.cpp: a sub-query, which may name columns of `outer` (the columns of `outer_node`).
  // grouped: for each combination of those that matter its rows are told apart by the columns
  // behind the list, with nothing but equality.
  Result<Inner> inner_query(const sql::Query& written, const NodePtr& outer_node,
                            const Scope& outer, bool grouped);
  // The columns of both, without those only the condition reads. on: ON's condition or null.
  static Result<NodePtr> lateral(Join::Kind kind, const Relation& left, const Inner& inner,
                                 const expr::ExprPtr& on);
  // scalar_query.cpp: the value of a sub-query for each row of `node`, which gets more columns
  // behind its own; `left`: IN's operand.
  Result<expr::ExprPtr> value_query(const sql::Expression& tree, const expr::ExprPtr& left,
                                    NodePtr& node, const Scope& outer);
  // unnest_query.cpp: UNNEST by itself.
  static Result<Relation> unnest(const sql::TableReference& reference);
  // match_query.cpp
  Result<Relation> match(const sql::TableReference& reference);

  const Catalog& catalog_;
  std::vector<std::string>& warnings_;
  std::shared_ptr<const CommonTables> common_;
  int depth_ = 0;
};

// bind_query.cpp: t(a, b) names as many columns as there are.
Status check_aliases(const std::vector<sql::Identifier>& aliases, const std::vector<Field>& fields);

// unnest_query.cpp: the columns that UNNEST gives for each row of a scope, on an Unnest node that
// still lacks its input.
Result<Relation> elements_of(const sql::TableReference& reference, const Scope& left);
// `left` beside those columns. kind: how they are joined; condition: ON's, over both (null: none).
Result<NodePtr> make_unnest(const sql::TableReference& reference, const NodePtr& left,
                            const Relation& elements, const expr::ExprPtr& condition);

// using_join.cpp: what USING and NATURAL say: the condition they amount to, and the columns they
// make one.
Result<expr::ExprPtr> bind_using(const sql::TableReference& reference, const Scope& left,
                                 const Scope& right, std::vector<Scope::Merged>& merged);
// The columns that a FULL join's USING makes of both sides' go behind all others.
Result<NodePtr> add_full_columns(NodePtr node, std::size_t width,
                                 std::vector<Scope::Merged>& merged);

// temporal_join.cpp: the right input's versions, by the left one's time.
Result<NodePtr> make_temporal_join(const sql::TableReference& reference, const Relation& left,
                                   const Relation& right, const expr::ExprPtr& condition);

// scalar_query.cpp: the column that stands for a sub-query; null when it is none of the scope's.
expr::ExprPtr scalar_column(const sql::Expression& tree, const Scope& scope);

// over_query.cpp: a SELECT with OVER in its list.
bool has_over(const sql::Expression& tree);
Result<NodePtr> bind_over_query(const sql::Select& select, const Relation& input);
// Whether aggregates can be computed over these windows.
Status check_over(const Over& over, const std::vector<Field>& fields, sql::Position at);

// subquery.cpp: WHERE without its sub-queries; null: there is nothing else.
Result<expr::ExprPtr> bind_where(const sql::Select& select, const Scope& scope);

// join_query.cpp: a join by its condition, over both inputs' columns in a row (null: none).
// timed: bounds on both row times make it an interval join.
NodePtr make_join(Join::Kind kind, const NodePtr& left, const NodePtr& right,
                  const expr::ExprPtr& condition, bool timed = true);
// Moves what `condition` says of a join's inputs into the join; what stays is left in it.
NodePtr push_into_joins(const NodePtr& node, expr::ExprPtr& condition);

// select_query.cpp: the parts of an AND, and the AND of parts (null: none).
void split_and(const expr::ExprPtr& condition, std::vector<expr::ExprPtr>& parts);
expr::ExprPtr join_and(const std::vector<expr::ExprPtr>& parts);

// rank_query.cpp: SELECT ... FROM (SELECT ..., ROW_NUMBER() OVER (...) AS n ...) WHERE n <= 3.
// Null when the query is none of those; at: of the condition.
Result<NodePtr> bind_rank(const NodePtr& input, const expr::ExprPtr& condition,
                          const std::vector<expr::ExprPtr>& projections,
                          const std::vector<Field>& fields, sql::Position at);

// select_query.cpp: make_calc(), or the first rows when the condition bounds a ROW_NUMBER(). at: of
// the condition.
Result<NodePtr> filter_and_project(const NodePtr& input, expr::ExprPtr condition,
                                   std::vector<expr::ExprPtr> projections,
                                   std::vector<Field> fields, sql::Position at);

// select_query.cpp: the columns that * or t.* stands for.
Status expand_star(const sql::SelectItem& item, const Scope& scope,
                   std::vector<expr::ExprPtr>& projections, std::vector<Field>& fields);

// set_operation.cpp: every row once.
NodePtr make_distinct(NodePtr input);

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

// window_function.cpp: the input's columns and the window's three.
NodePtr make_window_expand(NodePtr input, WindowExpand expand);

// aggregate_query.cpp: a SELECT with GROUP BY or aggregates.
Result<NodePtr> bind_aggregate_query(Binder& binder, const sql::Select& select,
                                     const Relation& input, const Pulled* pulled = nullptr);

// JSON_OBJECTAGG or JSON_ARRAYAGG where Flink's has no such method ("accumulate", "merge").
sql::Error no_json_method(const sql::Expression& call, const char* method);

// An INTERVAL literal in milliseconds; `what` for the message.
Result<std::int64_t> interval_argument(const sql::Expression& tree, const std::string& what);

}  // namespace millrace::plan
