#include "runtime/connectors/filesystem.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "runtime/connectors/partition_path.hpp"

namespace millrace::connectors {
namespace {

using base::Error;
using base::ErrorCode;

constexpr auto options = std::to_array<OptionSpec>({
    {"path", true, "", "a file or directory to read, the directory to write to"},
    {"partition.default-name", false, "__DEFAULT_PARTITION__",
     "the directory of rows whose partition key is NULL or empty"},
    {"source.monitor-interval", false, "",
     "look for new files this often; without it the input ends"},
    {"source.report-statistics", false, "NONE", "taken and ignored"},
    {"sink.rolling-policy.file-size", false, "128MB", "a part file of this size is finished"},
    {"sink.rolling-policy.rollover-interval", false, "30 min",
     "a part file of this age is finished"},
    {"sink.rolling-policy.inactivity-interval", false, "30 min",
     "a part file not written to for so long is finished"},
    {"sink.rolling-policy.check-interval", false, "1 min", "how often the age is looked at"},
    {"sink.partition-commit.trigger", false, "process-time", "partition-time is not served"},
    {"sink.partition-commit.delay", false, "0 s",
     "a partition is not declared finished before that"},
    {"sink.partition-commit.policy.kind", false, "",
     "success-file: an empty file declares a partition finished"},
    {"sink.partition-commit.success-file.name", false, "_SUCCESS", "the name of that file"},
    {"sink.shuffle-by-partition.enable", false, "false", "taken and ignored"},
    {"sink.parallelism", false, "", "taken and ignored: one thread writes"},
});

Error bad_choice(const Table& table, const std::string& key, const std::string& why) {
  return {ErrorCode::unsupported,
          "'" + key + "' = '" + string_option(table.options, key, "") + "' " + why};
}

base::Status check_commit(const Table& table) {
  const std::string trigger = "sink.partition-commit.trigger";
  const auto when = string_option(table.options, trigger, "process-time");
  if (when == "partition-time") {
    return bad_choice(table, trigger, "is not served; process-time is");
  }
  if (when != "process-time") {
    return bad_choice(table, trigger, "is neither process-time nor partition-time");
  }
  const std::string policy = "sink.partition-commit.policy.kind";
  const auto kind = string_option(table.options, policy, "success-file");
  if (kind.find("metastore") != std::string::npos) {
    return Error{ErrorCode::invalid_argument,
                 "Can not configure a 'metastore' partition commit policy for a file system table. "
                 "You can only configure 'metastore' partition commit policy for a hive table."};
  }
  if (kind != "success-file") return bad_choice(table, policy, "is not served; success-file is");
  const std::string name = "sink.partition-commit.success-file.name";
  const auto file = string_option(table.options, name, "_SUCCESS");
  if (file.empty() || file.find('/') != std::string::npos) {
    return bad_choice(table, name, "is no name of a file");
  }
  return base::success();
}

base::Status check(const Table& table) {
  if (path_of(table).empty()) {
    return Error{ErrorCode::invalid_argument, "Invalid value for option 'path': it is empty"};
  }
  BOOST_OUTCOME_TRY(const auto layout, partition_layout(table));
  if (!layout.keys.empty() && partition_default_name(table).empty()) {
    return Error{ErrorCode::invalid_argument,
                 "Invalid value for option 'partition.default-name': it is empty"};
  }
  using std::chrono::milliseconds;
  for (const char* key : {"source.monitor-interval", "sink.rolling-policy.rollover-interval",
                          "sink.rolling-policy.inactivity-interval",
                          "sink.rolling-policy.check-interval", "sink.partition-commit.delay"}) {
    BOOST_OUTCOME_TRY(duration_option(table.options, key, milliseconds{0}));
  }
  BOOST_OUTCOME_TRY(size_option(table.options, "sink.rolling-policy.file-size", 0));
  BOOST_OUTCOME_TRY(bool_option(table.options, "sink.shuffle-by-partition.enable", false));
  return check_commit(table);
}

// What is not among the columns of the path.
base::Result<data::Schema> record_schema(const Table& table) {
  BOOST_OUTCOME_TRY(const auto layout, partition_layout(table));
  return table.schema.select(layout.record);
}

}  // namespace

std::string path_of(const Table& table) {
  auto path = string_option(table.options, "path", "");
  for (const std::string_view scheme : {"file://", "file:"}) {
    if (path.starts_with(scheme)) return path.substr(scheme.size());
  }
  return path;
}

std::string partition_default_name(const Table& table) {
  return string_option(table.options, "partition.default-name", "__DEFAULT_PARTITION__");
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
  connector.record_schema = &record_schema;
  connector.make_source = &make_filesystem_source;
  connector.make_sink = &make_filesystem_sink;
  return connector;
}

}  // namespace millrace::connectors
