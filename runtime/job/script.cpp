#include "runtime/job/script.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>

#include "common/json/json.hpp"
#include "runtime/sql/parser.hpp"

namespace millrace::job {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

Result<std::string> read_file(const std::string& file) {
  if (file == "-") {
    return std::string(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>());
  }
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  if (!in) return Error(ErrorCode::io, file + ": " + std::strerror(errno));
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (in.bad()) return Error(ErrorCode::io, file + ": " + std::strerror(errno));
  return text;
}

// The line that "line:column: message" speaks of, and a caret under the place; nothing when the
// message has no place in the text.
std::string source_line(const std::string& text, const std::string& message) {
  std::size_t line = 0;
  std::size_t column = 0;
  if (std::sscanf(message.c_str(), "%zu:%zu:", &line, &column) != 2 || line == 0) return "";
  std::size_t begin = 0;
  for (std::size_t i = 1; i < line; ++i) {
    begin = text.find('\n', begin);
    if (begin == std::string::npos) return "";
    ++begin;
  }
  std::string shown = text.substr(begin, text.find('\n', begin) - begin);
  if (!shown.empty() && shown.back() == '\r') shown.pop_back();
  std::string under;
  std::size_t at = 1;
  for (std::size_t i = 0; i < shown.size() && at < column; ++i) {
    const bool tail = (static_cast<unsigned char>(shown[i]) & 0xC0) == 0x80;
    if (tail) continue;
    under += shown[i] == '\t' ? '\t' : ' ';
    ++at;
  }
  return "\n  " + shown + "\n  " + under + "^";
}

Error bad_shape(const std::string& name, const std::string& what) {
  return {ErrorCode::serialization,
          name + ": " + what +
              " (expected [{\"PropertyGroupId\": \"...\", \"PropertyMap\": {\"key\": \"value\"}}, "
              "...])"};
}

}  // namespace

Result<sql::PropertyGroups> parse_properties(const std::string& text, const std::string& name) {
  auto document = json::parse(text);
  if (!document) return document.error().in(name);
  const wire::Value& root = document.value()->root();
  if (root.kind() != wire::Kind::list) return bad_shape(name, "it is not a JSON array");
  sql::PropertyGroups groups;
  std::size_t number = 0;
  for (const wire::Value& item : root.as_list()) {
    const std::string place = "group " + std::to_string(++number);
    if (item.kind() != wire::Kind::map) return bad_shape(name, place + " is not an object");
    const wire::Value& id = item["PropertyGroupId"];
    const wire::Value& map = item["PropertyMap"];
    if (id.kind() != wire::Kind::text) return bad_shape(name, place + " has no PropertyGroupId");
    if (map.kind() != wire::Kind::map) return bad_shape(name, place + " has no PropertyMap");
    const std::string group(id.as_text());
    if (groups.contains(group)) {
      return bad_shape(name, "the group '" + group + "' is there twice");
    }
    auto& keys = groups[group];
    for (const wire::Member& member : map.as_map()) {
      if (member.value.kind() != wire::Kind::text) {
        return bad_shape(name, "'" + group + "." + std::string(member.name) + "' is not a string");
      }
      keys[std::string(member.name)] = std::string(member.value.as_text());
    }
  }
  return groups;
}

Result<sql::PropertyGroups> read_properties(const std::string& file) {
  BOOST_OUTCOME_TRY(auto text, read_file(file));
  return parse_properties(text, file);
}

Result<LoadedScript> load_script(const ScriptOptions& options) {
  sql::PropertyGroups groups;
  if (!options.properties_file.empty()) {
    BOOST_OUTCOME_TRY(auto read, read_properties(options.properties_file));
    groups = std::move(read);
  }
  BOOST_OUTCOME_TRY(auto text, read_file(options.file));
  const std::string name = options.file == "-" ? "<stdin>" : options.file;
  const auto named = [&](const Error& error) {
    return Error(error.code(), name + ":" + error.message() + source_line(text, error.message()));
  };
  auto script = sql::fill_properties(text, groups);
  if (!script) return named(script.error());
  auto statements = sql::parse_script(script.value());
  if (!statements) return named(statements.error());
  plan::Planner planner(options.settings);
  auto planned = planner.plan(statements.value());
  if (!planned) return named(planned.error());
  for (auto& warning : planned.value().warnings) warning = name + ":" + warning;
  return LoadedScript{name, std::move(script).value(), std::move(statements).value(),
                      std::move(planned).value()};
}

}  // namespace millrace::job
