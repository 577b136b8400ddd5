// What the text formats write the same way: the text of one cell, without what encloses it.
#pragma once

#include <string>

#include "runtime/data/column.hpp"
#include "runtime/data/time.hpp"

namespace millrace::formats {

struct CellStyle {
  data::TimestampStyle timestamps = data::TimestampStyle::sql;
  bool plain_decimal = false;  // 100.00 instead of 1E+2
};

// Whether the cell's text is a text to the format, too: base64, dates and times.
bool is_written_as_text(const data::LogicalType& type);

// Appends the cell of a scalar type that is no character string; not NULL.
void append_cell_text(std::string& out, const data::Column& column, std::size_t row,
                      const CellStyle& style);

}  // namespace millrace::formats
