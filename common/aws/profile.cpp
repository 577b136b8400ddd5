#include "common/aws/profile.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace millrace::aws {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// A comment inside a line needs a blank before it: secrets may hold '#'.
std::string_view without_comment(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if ((text[i] == '#' || text[i] == ';') && is_blank(text[i - 1])) return text.substr(0, i);
  }
  return text;
}

base::Result<std::string> read_file(const std::string& path) {
  std::error_code missing;
  if (path.empty() || !std::filesystem::exists(path, missing)) return std::string{};
  if (std::filesystem::is_directory(path, missing)) {
    return base::Error{base::ErrorCode::io, "reading " + path + ": it is a directory"};
  }
  std::ifstream file{path, std::ios::binary};
  std::stringstream text;
  text << file.rdbuf();
  if (!file) {
    return base::Error{base::ErrorCode::io, "reading " + path + ": " + std::strerror(errno)};
  }
  return text.str();
}

void merge(const Section& from, Section& into) {
  for (const auto& [key, value] : from) into.insert_or_assign(key, value);
}

}  // namespace

base::Result<Sections> parse_ini(std::string_view text, const std::string& path) {
  Sections out;
  Section* section = nullptr;
  std::string parent;  // the key whose nested ones may follow
  int number = 0;
  const auto wrong = [&](const char* why) {
    return base::Error{base::ErrorCode::validation,
                       path + ":" + std::to_string(number) + ": " + why};
  };
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::string_view raw = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++number;
    const auto line = trim(raw);
    if (line.empty() || line[0] == '#' || line[0] == ';') continue;
    if (line[0] == '[') {
      const auto close = line.find(']');
      if (close == std::string_view::npos) return wrong("the '[' has no ']'");
      section = &out[std::string{trim(line.substr(1, close - 1))}];
      parent.clear();
      continue;
    }
    const auto equals = line.find('=');
    const bool nested = is_blank(raw[0]) && !parent.empty();
    if (equals == std::string_view::npos) {
      if (nested) continue;  // a continued value, which nothing we read has
      return wrong("expected 'key = value'");
    }
    if (section == nullptr) return wrong("a setting outside of any [section]");
    const std::string key{trim(line.substr(0, equals))};
    const std::string value{trim(without_comment(line.substr(equals + 1)))};
    if (nested) {
      (*section)[parent + "." + key] = value;
      continue;
    }
    parent = value.empty() ? key : "";
    (*section)[key] = value;
  }
  return out;
}

base::Result<Profiles> load_profiles(const std::string& config_path,
                                     const std::string& credentials_path) {
  BOOST_OUTCOME_TRY(const auto config_text, read_file(config_path));
  BOOST_OUTCOME_TRY(const auto config, parse_ini(config_text, config_path));
  BOOST_OUTCOME_TRY(const auto credentials_text, read_file(credentials_path));
  BOOST_OUTCOME_TRY(const auto credentials, parse_ini(credentials_text, credentials_path));
  Profiles out;
  for (const auto& [name, settings] : config) {
    if (name == "default") merge(settings, out.by_name["default"].settings);
    if (name.starts_with("profile ")) {
      merge(settings, out.by_name[std::string{trim(std::string_view{name}.substr(8))}].settings);
    }
  }
  for (const auto& [name, settings] : credentials) merge(settings, out.by_name[name].settings);
  for (auto& [name, profile] : out.by_name) {
    const auto services = profile.settings.find("services");
    if (services == profile.settings.end()) continue;
    const auto found = config.find("services " + services->second);
    if (found == config.end()) {
      return base::Error{base::ErrorCode::validation, config_path + ": profile '" + name +
                                                          "' names services '" + services->second +
                                                          "', but there is no such section"};
    }
    profile.services = found->second;
  }
  return out;
}

}  // namespace millrace::aws
