// What is special about a format, beside how it reads and writes a record.
#pragma once

#include "runtime/formats/format.hpp"

namespace millrace::formats {

// How a file of records falls into lines: a line feed in a quoted field belongs to the record. A
// quote opens a field only where one begins.
struct LineRules {
  char delimiter = 0;
  char quote = 0;   // 0: none, every line feed ends a record
  char escape = 0;  // 0: none
};

// Of the table's format. Error: an option's value that does not fit.
base::Result<LineRules> line_rules(const Options& options);

// Whether the table's format carries rows of all kinds: a source then takes rows back, and a sink
// takes rows that do.
bool is_changelog(const Options& options);

}  // namespace millrace::formats
