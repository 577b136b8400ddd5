// The table of functions: one row each; a family of functions is one file (strings.cpp, time.cpp,
// ...).
//
// To add a function: write its infer and kernel in its family's file, and its row in that file's
// table.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/expr/expr.hpp"

namespace millrace::expr {

// An overload as chosen: what the arguments are converted to, and what comes out.
struct Signature {
  std::vector<data::LogicalType> args;
  data::LogicalType result;
  // Overrides the row's kernel when set.
  Kernel kernel = nullptr;
};

// Chooses the overload for these arguments. An error with an empty message says "these types do not
// fit"; one with words is shown as it is.
using Infer = base::Result<Signature> (*)(std::span<const ExprPtr> args);

// Evaluates a call whose arguments are only evaluated for the rows that need them (CASE, AND,
// COALESCE).
using LazyKernel = base::Result<data::ColumnPtr> (*)(const Expr& call, const data::Batch& batch,
                                                     Context& context);

struct Function {
  std::string_view name;  // upper case
  int min_args = 0;
  int max_args = 0;  // -1: any number
  Infer infer = nullptr;
  Kernel kernel = nullptr;
  LazyKernel lazy = nullptr;
  // What fits, for the error text: "UPPER(<CHARACTER>)".
  std::string_view forms;
  bool can_fail = false;  // the kernel itself may report an error
  bool deterministic = true;
};

// nullptr when there is none; `name` in any case.
const Function* find_function(std::string_view name);
// Every function, family by family; for SHOW FUNCTIONS and the tests that walk the table.
std::vector<const Function*> all_functions();

// The families in the order of docs/sql.md.
struct Family {
  std::string_view name;
  std::span<const Function> functions;
};
std::vector<Family> function_families();

}  // namespace millrace::expr
