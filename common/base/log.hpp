// Logging for all programs: spdlog to standard error, one line an event.
//
//   base::log().info("listening on {}", address);
#pragma once

#include <spdlog/spdlog.h>

#include <string>

namespace millrace::base {

// The process's logger; thread-safe.
spdlog::logger& log();

// level: trace, debug, info, warn, error, off. False when it is none of these.
bool set_log_level(const std::string& level);

}  // namespace millrace::base
