// A script file, read and planned.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "runtime/plan/planner.hpp"
#include "runtime/sql/properties.hpp"
#include "runtime/sql/tree.hpp"

namespace millrace::job {

struct ScriptOptions {
  std::string file;                                           // "-" is standard input
  std::string properties_file;                                // "" for none
  std::vector<std::pair<std::string, std::string>> settings;  // --set, --parallelism
};

// An application_properties.json: [{"PropertyGroupId": "g", "PropertyMap": {"k": "v"}}, ...].
// Errors name the file and what in it is not of this shape.
base::Result<sql::PropertyGroups> read_properties(const std::string& file);
// The same from text; `name` for messages.
base::Result<sql::PropertyGroups> parse_properties(const std::string& text,
                                                   const std::string& name);

struct LoadedScript {
  std::string name;  // of the file, for messages
  sql::Script text;
  std::vector<sql::Statement> statements;
  plan::PlannedScript planned;
};

// Errors: "file:line:column: message", or "file: message" when it cannot be read. Warnings of the
// result carry the file, too.
base::Result<LoadedScript> load_script(const ScriptOptions& options);

}  // namespace millrace::job
