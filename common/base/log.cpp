#include "common/base/log.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>

#include <memory>

namespace millrace::base {

spdlog::logger& log() {
  static const std::shared_ptr<spdlog::logger> logger = [] {
    auto made = spdlog::stderr_color_mt("millrace");
    made->set_pattern("%Y-%m-%dT%H:%M:%S.%e %^%l%$ %v");
    return made;
  }();
  return *logger;
}

bool set_log_level(const std::string& level) {
  if (level == "warn") {
    log().set_level(spdlog::level::warn);
    return true;
  }
  const auto parsed = spdlog::level::from_str(level);
  if (parsed == spdlog::level::off && level != "off") return false;
  log().set_level(parsed);
  return true;
}

}  // namespace millrace::base
