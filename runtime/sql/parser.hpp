// Script to statements.
//
//   BOOST_OUTCOME_TRY(auto script, fill_properties(text, groups));
//   BOOST_OUTCOME_TRY(auto statements, parse_script(script));
#pragma once

#include <vector>

#include "runtime/sql/error.hpp"
#include "runtime/sql/properties.hpp"
#include "runtime/sql/tree.hpp"

namespace millrace::sql {

// All statements of a script, in order; each ends with ';' (the last one's may be absent).
// The first fault ends it. Clauses Flink has and this parser does not are "not served yet".
Result<std::vector<Statement>> parse_script(const Script& script);

// One expression and nothing behind it; for tests and for options that hold an expression.
Result<ExpressionPtr> parse_expression(const Script& script);

}  // namespace millrace::sql
