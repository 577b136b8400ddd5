#include "runtime/plan/settings.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <string_view>

#include "runtime/connectors/connector.hpp"

namespace millrace::plan {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;

Error bad_value(const std::string& key, const std::string& value, const std::string& wanted) {
  return {ErrorCode::invalid_argument,
          "Could not parse value '" + value + "' for key '" + key + "': expected " + wanted};
}

// Keys of Flink that change where and how fast a job runs there, and nothing in its rows.
bool is_harmless(std::string_view key) {
  static constexpr std::array<std::string_view, 13> prefixes = {"execution.checkpointing.",
                                                                "state.",
                                                                "restart-strategy",
                                                                "taskmanager.",
                                                                "jobmanager.",
                                                                "rest.",
                                                                "metrics.",
                                                                "table.exec.mini-batch.",
                                                                "table.optimizer.",
                                                                "sql-client.",
                                                                "pipeline.",
                                                                "parallelism.",
                                                                "table.exec.state."};
  for (const auto prefix : prefixes) {
    if (key.starts_with(prefix)) return true;
  }
  return key == "table.dml-sync" || key == "execution.target" || key == "execution.attached";
}

}  // namespace

Result<std::chrono::milliseconds> parse_duration(const std::string& key, const std::string& value) {
  return connectors::duration_option({{key, value}}, key, std::chrono::milliseconds(0));
}

Status SettingsTable::apply(const std::string& key, const std::string& value) {
  if (key == "table.local-time-zone") {
    if (value == "default") {
      settings_.zone = {};
      return base::success();
    }
    auto zone = data::TimeZone::find(value);
    if (!zone) return bad_value(key, value, "a time zone such as America/New_York or UTC");
    settings_.zone = zone.value();
  } else if (key == "pipeline.auto-watermark-interval") {
    BOOST_OUTCOME_TRY(auto interval, parse_duration(key, value));
    settings_.watermark_interval = interval;
  } else if (key == "table.exec.source.idle-timeout") {
    BOOST_OUTCOME_TRY(auto timeout, parse_duration(key, value));
    settings_.idle_timeout = timeout;
  } else if (key == "table.exec.state.ttl") {
    BOOST_OUTCOME_TRY(auto ttl, parse_duration(key, value));
    settings_.state_ttl = ttl;
  } else if (key == "table.exec.sink.not-null-enforcer") {
    if (value != "ERROR" && value != "error" && value != "DROP" && value != "drop") {
      return bad_value(key, value, "ERROR or DROP");
    }
    settings_.drop_null_rows = value == "DROP" || value == "drop";
  } else if (key == "parallelism.default" || key == "table.exec.resource.default-parallelism") {
    int number = 0;
    const char* end = value.data() + value.size();
    if (std::from_chars(value.data(), end, number).ptr != end || number == 0 || number < -1 ||
        number > 1024) {
      return bad_value(key, value, "a number from 1 to 1024");
    }
    settings_.parallelism = number < 0 ? 0 : number;
  } else if (key == "pipeline.name") {
    settings_.name = value;
  } else if (key == "execution.runtime-mode") {
    if (value != "streaming" && value != "STREAMING") {
      return Error(ErrorCode::unsupported,
                   "execution.runtime-mode '" + value + "' is not served yet (streaming is)");
    }
  } else if (key == "table.exec.sink.type-length-enforcer") {
    using Lengths = Settings::Lengths;
    static const std::map<std::string, Lengths> choices = {
        {"IGNORE", Lengths::ignore}, {"TRIM_PAD", Lengths::trim_pad}, {"ERROR", Lengths::error}};
    std::string upper = value;
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    const auto choice = choices.find(upper);
    if (choice == choices.end()) return bad_value(key, value, "IGNORE, TRIM_PAD or ERROR");
    settings_.lengths = choice->second;
  } else if (key.starts_with("table.exec.emit.")) {
    return Error(ErrorCode::unsupported, key + " is not served yet");
  }
  return base::success();
}

Result<std::optional<std::string>> SettingsTable::set(const std::string& key,
                                                      const std::string& value) {
  BOOST_OUTCOME_TRY(apply(key, value));
  values_[key] = value;
  static constexpr std::array<std::string_view, 10> known = {
      "table.exec.state.ttl",
      "table.local-time-zone",
      "pipeline.auto-watermark-interval",
      "table.exec.source.idle-timeout",
      "table.exec.sink.not-null-enforcer",
      "parallelism.default",
      "table.exec.resource.default-parallelism",
      "pipeline.name",
      "execution.runtime-mode",
      "table.exec.sink.type-length-enforcer"};
  for (const auto name : known) {
    if (key == name) return std::optional<std::string>();
  }
  if (is_harmless(key)) {
    return std::optional<std::string>("SET '" + key + "' has no effect here");
  }
  return std::optional<std::string>("SET '" + key + "' is not known here and has no effect");
}

void SettingsTable::reset(const std::optional<std::string>& key) {
  if (key) {
    values_.erase(*key);
  } else {
    values_.clear();
  }
  settings_ = {};
  for (const auto& [name, value] : values_) {
    // They were applied once already.
    (void)apply(name, value).has_value();
  }
}

}  // namespace millrace::plan
