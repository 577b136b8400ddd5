// A sub-query taken out of the query around it; internal to runtime/plan.
#pragma once

#include <vector>

#include "runtime/plan/binder.hpp"

namespace millrace::plan {

// What a sub-query gives: its rows, and what they have to do with an outer row.
struct Inner {
  NodePtr node;             // the SELECT list, then the columns that the condition reads
  std::size_t items = 0;    // how many are of the list
  expr::ExprPtr condition;  // over the outer columns, then the node's; null: all rows, always
  bool one_row = false;     // no more than one row for an outer row
  expr::ExprPtr empty;      // the first item's value where there is no row; null: NULL
};

// What an aggregate is asked to do for the query around it: WHERE already bound, more keys, whose
// columns stand behind the SELECT list. All over `scope`.
struct Pulled {
  expr::ExprPtr condition;
  std::vector<expr::ExprPtr> keys;
  Scope scope;
};

// lateral_query.cpp: a table function that is none of the windows' is refused: only a JVM could run
// it.
Status check_function(const sql::Expression& call, const Scope& left);
// The SELECT list of a LATERAL sub-query under its names.
Result<Relation> list_of(const Inner& inner, const sql::TableReference& reference);

// Whether a query gives exactly one row, whatever its input: aggregates without GROUP BY.
bool always_one_row(const sql::Query& query);
// An expression of aggregates over no rows: COUNT is 0, the others are NULL.
Result<expr::ExprPtr> value_of_nothing(const sql::Expression& tree, const Scope& scope);

}  // namespace millrace::plan
