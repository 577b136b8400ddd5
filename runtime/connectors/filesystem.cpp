#include "runtime/connectors/filesystem.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace millrace::connectors {
namespace {

constexpr auto options = std::to_array<OptionSpec>({
    {"path", true, "", "a file or directory to read, the directory to write to"},
    {"source.monitor-interval", false, "",
     "look for new files this often; without it the input ends"},
    {"sink.rolling-policy.file-size", false, "128MB", "a part file of this size is finished"},
    {"sink.rolling-policy.rollover-interval", false, "30 min",
     "a part file of this age is finished"},
    {"sink.rolling-policy.check-interval", false, "1 min", "how often the age is looked at"},
});

base::Status check(const Table& table) {
  if (path_of(table).empty()) {
    return base::Error{base::ErrorCode::invalid_argument,
                       "Invalid value for option 'path': it is empty"};
  }
  if (!table.partition_keys.empty()) {
    return base::Error{base::ErrorCode::unsupported,
                       "PARTITIONED BY is not served yet for 'connector' = 'filesystem'"};
  }
  using std::chrono::milliseconds;
  for (const char* key : {"source.monitor-interval", "sink.rolling-policy.rollover-interval",
                          "sink.rolling-policy.check-interval"}) {
    BOOST_OUTCOME_TRY(duration_option(table.options, key, milliseconds{0}));
  }
  BOOST_OUTCOME_TRY(size_option(table.options, "sink.rolling-policy.file-size", 0));
  return base::success();
}

}  // namespace

std::string path_of(const Table& table) {
  auto path = string_option(table.options, "path", "");
  for (const std::string_view scheme : {"file://", "file:"}) {
    if (path.starts_with(scheme)) return path.substr(scheme.size());
  }
  return path;
}

base::Result<std::int64_t> size_option(const formats::Options& options, const std::string& key,
                                       std::int64_t fallback) {
  const auto at = options.find(key);
  if (at == options.end()) return fallback;
  std::string text;
  for (const char c : at->second) {
    if (c != ' ') text += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto unit = text.substr(digits);
  std::int64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + digits, number);
  int shift = -1;
  if (unit.empty() || unit == "b" || unit == "bytes") shift = 0;
  if (unit == "k" || unit == "kb" || unit == "kibibytes") shift = 10;
  if (unit == "m" || unit == "mb" || unit == "mebibytes") shift = 20;
  if (unit == "g" || unit == "gb" || unit == "gibibytes") shift = 30;
  if (digits == 0 || parsed.ec != std::errc{} || shift < 0 || number > (INT64_MAX >> 30)) {
    return base::Error{base::ErrorCode::invalid_argument,
                       "Invalid value for option '" + key + "': '" + at->second +
                           "' is no size; write '128MB' or '64kb'"};
  }
  return number << shift;
}

Connector filesystem_connector() {
  Connector connector;
  connector.name = "filesystem";
  connector.options = options;
  connector.needs_format = true;
  connector.check = &check;
  connector.make_source = &make_filesystem_source;
  connector.make_sink = &make_filesystem_sink;
  return connector;
}

}  // namespace millrace::connectors
