// Cells as JSON, as JSON_STRING, JSON_OBJECT and JSON_ARRAY write them.
#pragma once

#include <string>

#include "runtime/data/column.hpp"
#include "runtime/data/time.hpp"

namespace millrace::expr {

// The cell is not NULL; NULLs inside of it are null. Times are written as java.time does, instants
// in `zone`. Answers what is wrong with it, or nothing: a map's key may not be NULL.
std::string append_cell_as_json(std::string& out, const data::Column& column, std::size_t row,
                                const data::TimeZone& zone);

}  // namespace millrace::expr
