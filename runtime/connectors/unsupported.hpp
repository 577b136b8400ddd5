// The error for options that nobody knows.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "common/base/error.hpp"

namespace millrace::connectors {

// Names those, all there are, and what may have been meant.
base::Error unsupported_options(std::string_view connector, const std::set<std::string>& unknown,
                                const std::set<std::string>& supported);

// The key that a misspelt one may stand for; empty when none is near.
std::string nearest_option(const std::string& key, const std::set<std::string>& keys);

}  // namespace millrace::connectors
