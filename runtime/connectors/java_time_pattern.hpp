// The little of java.text.SimpleDateFormat that the Kinesis connector's timestamps need.
#pragma once

#include <cstdint>
#include <string_view>

#include "common/base/result.hpp"

namespace millrace::connectors {

// Reads `text` by `pattern`: y M d H m s S (each as often as it is written), X XX XXX Z, 'quoted'
// text, anything else as it is. Without a zone it is UTC. Milliseconds since the epoch. Errors: a
// letter that is not served, a text that does not fit.
base::Result<std::int64_t> parse_java_time(std::string_view text, std::string_view pattern);

}  // namespace millrace::connectors
