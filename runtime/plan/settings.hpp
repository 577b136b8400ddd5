// What SET may change, checked and in its own units.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "runtime/data/time.hpp"

namespace millrace::plan {

struct Settings {
  // What a sink does with values longer or shorter than their column says.
  enum class Lengths : std::uint8_t { ignore, trim_pad, error };

  data::TimeZone zone;                                // table.local-time-zone, default UTC
  std::chrono::milliseconds watermark_interval{200};  // pipeline.auto-watermark-interval
  std::chrono::milliseconds idle_timeout{0};          // table.exec.source.idle-timeout, 0 = off
  std::chrono::milliseconds state_ttl{0};             // table.exec.state.ttl, 0 = for ever
  bool drop_null_rows = false;                        // table.exec.sink.not-null-enforcer = DROP
  Lengths lengths = Lengths::ignore;                  // table.exec.sink.type-length-enforcer
  int parallelism = 0;                                // parallelism.default; 0: not said
  std::string name;                                   // pipeline.name
};

// The settings of a script as it goes on.
class SettingsTable {
 public:
  // Error: a value that does not fit its key, or a key whose effect would change results and is not
  // served. A key without effect here is taken and answered with a warning.
  base::Result<std::optional<std::string>> set(const std::string& key, const std::string& value);
  // Without a key: all.
  void reset(const std::optional<std::string>& key);

  [[nodiscard]] const Settings& current() const { return settings_; }

 private:
  base::Status apply(const std::string& key, const std::string& value);

  Settings settings_;
  std::map<std::string, std::string> values_;
};

// "10 s", "200ms", "1 min", "5000" (milliseconds).
base::Result<std::chrono::milliseconds> parse_duration(const std::string& key,
                                                       const std::string& value);

}  // namespace millrace::plan
