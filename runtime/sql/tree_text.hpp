// A piece of the tree as SQL again.
#pragma once

#include <string>

#include "runtime/sql/tree.hpp"

namespace millrace::sql {

// As Calcite writes it: names in backticks, only the parentheses that are needed.
//   `ts` - INTERVAL '5' SECOND
std::string to_text(const Expression& tree);

// `name`, with backticks inside doubled.
std::string quote_name(const std::string& name);
// 'text', with quotes inside doubled.
std::string quote_text(const std::string& text);

}  // namespace millrace::sql
