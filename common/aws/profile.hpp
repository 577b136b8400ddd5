// The shared AWS files ~/.aws/config and ~/.aws/credentials.
//
// Format: AWS SDKs and Tools Reference Guide, "Shared config and credentials files" (checked
// 2026-11-22).
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "common/base/result.hpp"

namespace millrace::aws {

// Keys of a section; a nested one ("endpoint_url" indented below "kinesis =") is
// "kinesis.endpoint_url".
using Section = std::map<std::string, std::string, std::less<>>;
using Sections = std::map<std::string, Section, std::less<>>;

// `path` only for the message. Error: validation, with file and line.
base::Result<Sections> parse_ini(std::string_view text, const std::string& path);

struct Profile {
  Section settings;  // of both files; the credentials file wins
  Section services;  // of the [services x] section it names
};

struct Profiles {
  std::map<std::string, Profile, std::less<>> by_name;
};

// A file that does not exist is an empty one. Errors: one that cannot be read or parsed.
base::Result<Profiles> load_profiles(const std::string& config_path,
                                     const std::string& credentials_path);

}  // namespace millrace::aws
