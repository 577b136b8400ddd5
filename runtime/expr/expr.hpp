// Bound expressions: names resolved, overloads chosen, conversions explicit. Built bottom-up by the
// binder.
//
//   auto price = make_column(2, "price", LogicalType::decimal(10, 2));
//   BOOST_OUTCOME_TRY(auto twice, make_call("*", {price, make_int(2)}));
//   BOOST_OUTCOME_TRY(auto big, make_call(">", {twice, make_int(100)}));
//   BOOST_OUTCOME_TRY(auto column, evaluate(*big, batch, context));
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"
#include "runtime/data/batch.hpp"
#include "runtime/data/type.hpp"
#include "runtime/expr/context.hpp"

namespace millrace::expr {

struct Expr;
struct Function;
using ExprPtr = std::shared_ptr<const Expr>;

// Evaluates a call on whole columns. `args` are evaluated arguments, each of `rows` rows (constant
// or flat). The result has `rows` rows and the type call.type.
using Kernel = base::Result<data::Column> (*)(const Expr& call,
                                              std::span<const data::ColumnPtr> args,
                                              std::size_t rows, Context& context);

// Immutable once built; shared freely between plans and threads.
struct Expr {
  enum class Kind : std::uint8_t {
    literal,
    column,  // a column of the input batch
    call,    // `function` on `args`
    cast,    // CAST or TRY_CAST of args[0] to `type`
  };

  Kind kind = Kind::literal;
  data::LogicalType type;  // nullability: whether the result may be NULL
  data::Value literal;
  std::size_t column = 0;  // index into Batch::columns
  std::string name;        // a column's name, for texts
  const Function* function = nullptr;
  Kernel kernel =
      nullptr;  // the chosen overload's; null for functions that evaluate their arguments lazily
  std::vector<ExprPtr> args;
  bool try_cast = false;  // NULL instead of an error
  bool can_fail =
      false;  // some row may end the job with an error; evaluated only where SQL says so
  bool deterministic = true;  // false below NOW(), PROCTIME(), RAND(), ...
};

// --- building
// ------------------------------------------------------------------------------------------------
ExprPtr make_column(std::size_t index, std::string name, const data::LogicalType& type);
// `type` without nullability: a literal is NOT NULL unless its value is NULL.
ExprPtr make_literal(data::Value value, const data::LogicalType& type);
ExprPtr make_null();                         // NULL, of the null type
ExprPtr make_bool(bool value);               // TRUE, FALSE
ExprPtr make_int(std::int64_t value);        // INT, or BIGINT when it needs more than 32 bits
ExprPtr make_string(std::string_view text);  // 'text': CHAR(n)
// A number as written: "12" INT or BIGINT, "12.50" DECIMAL(4, 2), "1e3" DOUBLE. Error: more than 38
// digits.
base::Result<ExprPtr> make_number(std::string_view text);
// INTERVAL '1' DAY and so on, already in months or in millis.
ExprPtr make_interval_months(std::int64_t months);
ExprPtr make_interval_millis(std::int64_t millis);

// A function or operator by name, in any case: "upper", "+", "AND", "||", "IS NULL", "NOT LIKE".
// Converts arguments as the chosen overload wants it, and folds a call on literals to a literal.
//
// Names of the syntax's own forms, arguments in reading order:
//   + - * / % (and unary "-", "+" with one argument)   = <> != < <= > >=   IS DISTINCT FROM   IS
//   NOT DISTINCT FROM AND OR NOT   IS NULL, IS NOT NULL, IS TRUE, IS NOT TRUE, IS FALSE, IS NOT
//   FALSE, IS UNKNOWN, IS NOT UNKNOWN IN (x, a, b, ...)   NOT IN   BETWEEN (x, low, high)   NOT
//   BETWEEN   LIKE (x, pattern[, escape])   NOT LIKE CASE (when, then, ..., else)   IF   COALESCE
//   NULLIF   ||   POSITION (needle, text) TRIM ('BOTH'|'LEADING'|'TRAILING' as string literal,
//   characters, text), or TRIM (text) EXTRACT ('YEAR' as string literal, time)   FLOOR, CEIL (time,
//   'HOUR' as string literal) CURRENT_TIMESTAMP, LOCALTIMESTAMP, CURRENT_DATE, CURRENT_TIME,
//   LOCALTIME, PROCTIME, NOW (no argument)
//
// Errors (Flink's first sentence, without position):
//   No match found for function signature foo(<CHARACTER>)
//   Invalid number of arguments to function 'UPPER'. Was expecting 1 arguments
//   Cannot apply 'UPPER' to arguments of type 'UPPER(<INTEGER>)'. Supported form(s):
//   'UPPER(<CHARACTER>)' implicit type conversion between BIGINT and CHAR is not supported now
base::Result<ExprPtr> make_call(std::string_view name, std::vector<ExprPtr> args);

// CAST(from AS type) or TRY_CAST; `type`'s own nullability is ignored. Error: "Cast function cannot
// convert value of type BOOLEAN to type DATE".
base::Result<ExprPtr> make_cast(ExprPtr from, const data::LogicalType& type, bool try_cast = false);
// The conversion an INSERT does silently: numbers to wider numbers, CHAR to VARCHAR, timestamps
// between precisions, INT to BIGINT, nullable to nullable. False for what Flink refuses with
// "Incompatible types for sink column".
bool can_convert_implicitly(const data::LogicalType& from, const data::LogicalType& to);

// --- using
// ---------------------------------------------------------------------------------------------------
// One column of batch.rows rows, constant or flat (data::flatten() when an operator needs it flat).
// Errors are run-time errors that end the job: "/ by zero", "Cannot parse 'x' as INT" and
// the like.
base::Result<data::ColumnPtr> evaluate(const Expr& expr, const data::Batch& batch,
                                       Context& context);

// The rows where a BOOLEAN expression is TRUE (neither FALSE nor NULL), for WHERE.
base::Result<std::vector<std::uint32_t>> evaluate_filter(const Expr& condition,
                                                         const data::Batch& batch,
                                                         Context& context);

// The value of an expression without columns; for options and window sizes.
base::Result<data::Value> evaluate_constant(const Expr& expr, Context& context);

// The columns an expression reads, each once, ascending.
std::vector<std::size_t> referenced_columns(const Expr& expr);
// The same expression with column i replaced by replacements[i] (projections merged, columns
// renumbered).
ExprPtr substitute(const ExprPtr& expr, std::span<const ExprPtr> replacements);
// Same tree, literals and columns.
bool equal(const Expr& a, const Expr& b);
// As EXPLAIN shows it: "(price * 2)", "UPPER(ticker)", "CAST(a AS BIGINT)".
std::string to_text(const Expr& expr);

}  // namespace millrace::expr
