// Sort keys as bytes: comparing the bytes is comparing the rows.
#pragma once

#include <string>

#include "runtime/data/column.hpp"

namespace millrace::state {

// Appends one cell so that keys built alike sort as ORDER BY does: NULL where it is wanted, text
// byte by byte, -0.0 before 0.0 and NaN last of all numbers (descending: first).
void append_sort_key(std::string& out, const data::Column& column, std::size_t row, bool descending,
                     bool nulls_first);

}  // namespace millrace::state
