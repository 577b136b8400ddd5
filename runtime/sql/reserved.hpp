// Words that must stand in backticks to be names.
#pragma once

#include <string_view>

namespace millrace::sql {

// `upper` in capitals. The list is Flink 2.2's, asked from its parser's metadata.
bool is_reserved(std::string_view upper);

}  // namespace millrace::sql
