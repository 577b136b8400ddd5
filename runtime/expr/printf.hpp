// PRINTF: java.util.Formatter's language over a row's cells.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "runtime/data/column.hpp"

namespace millrace::expr {

// %[index$][flags][width][.precision]conversion with b s c d o x e f g, their capitals, %% and %n.
// False where Java throws: a malformed format, a conversion that does not take the argument's type,
// a missing argument. A DECIMAL is taken by %s and %b only, as in Flink.
bool append_printf(std::string& out, std::string_view format, std::span<const data::ColumnPtr> args,
                   std::size_t row);

}  // namespace millrace::expr
