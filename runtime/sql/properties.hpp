// ${group.key} in a script, filled from the property groups of an application.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/sql/error.hpp"

namespace millrace::sql {

// Group name -> key -> value. Both names may hold dots; the longest group name that fits wins.
using PropertyGroups = std::map<std::string, std::map<std::string, std::string>>;

// A stretch of text that stands where a reference stood.
struct Replacement {
  std::size_t at = 0;         // first byte in Script::text
  std::size_t size = 0;       // bytes
  int reference_columns = 0;  // columns of ${...} in the original
};

// A script ready for the lexer; positions in messages are those of the original file.
struct Script {
  std::string text;
  std::vector<Replacement> replacements;
};

// Replaces every ${group.key} outside comments. Inside quotes the value is quoted as needed, so a
// value can never end the string it stands in. An unknown reference is an error with its position
// which names it and, when the group exists, lists that group's keys.
Result<Script> fill_properties(std::string_view text, const PropertyGroups& groups);

// A script without references.
Result<Script> fill_properties(std::string_view text);

}  // namespace millrace::sql
