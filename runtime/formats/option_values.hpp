// What the formats' option readers share.
#pragma once

#include <string>

#include "runtime/formats/format.hpp"

namespace millrace::formats {

// true or false, in any case. Error: names key and value.
base::Result<bool> flag_option(const Options& options, const std::string& key, bool fallback);

}  // namespace millrace::formats
