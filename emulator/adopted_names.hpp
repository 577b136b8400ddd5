// The environment that users of kinesis-mock, LocalStack, kinesalite and ferrokinesis have set
// already, as our options. docs/migrating.md has the tables.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "common/base/result.hpp"

namespace millrace::emulator {

struct Adopted {
  struct Value {
    std::string text;
    std::string variable;  // that has it
  };
  // "--shard-limit" -> "100". Our own options and environment go before them.
  std::map<std::string, Value> options;
  // Further ports to listen on.
  std::vector<std::string> ports;
  // What was found and cannot be honoured, or only in part: for the log.
  std::vector<std::string> notes;
};

// get: as std::getenv. Error: a value that means nothing, with the variable's name.
base::Result<Adopted> adopt_names(const std::function<const char*(const char*)>& get);

// "500ms", "1 second", "0.5s", "2 minutes", "500" (milliseconds) -> milliseconds; -1: none of
// these. As Scala writes durations, for kinesis-mock's.
std::int64_t duration_ms(const std::string& text);

}  // namespace millrace::emulator
