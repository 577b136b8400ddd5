// Errors about a script. Every one of them begins "line:column: ", so that a program which knows
// the file's name prints the usual file:line:column: message. The sentence after it is Flink's
// where Flink has one.
#pragma once

#include <string>

#include "common/base/result.hpp"
#include "runtime/sql/position.hpp"

namespace millrace::sql {

using base::Error;
using base::Result;
using base::Status;

// "3:7: SQL parse failed. <what>"
Error parse_error(Position at, const std::string& what);

// "3:7: SQL validation failed. From line 3, column 7 to line 3, column 9: <what>"
Error validation_error(Span where, const std::string& what);

// "3:7: SQL validation failed. <what>", for the faults Flink reports without a position.
Error script_error(Position at, const std::string& what);

// "3:7: <what>" and nothing else.
Error plain_error(Position at, const std::string& what);

// "3:7: <what> is not served yet"; for what Flink runs and this program does not.
Error not_served(Position at, const std::string& what);

}  // namespace millrace::sql
