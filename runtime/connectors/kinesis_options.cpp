#include "runtime/connectors/kinesis_options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <set>

#include "common/base/log.hpp"
#include "runtime/connectors/java_time_pattern.hpp"

namespace millrace::connectors {
namespace {

using base::Error;
using base::ErrorCode;
using std::chrono::milliseconds;

constexpr std::string_view default_time_pattern = "yyyy-MM-dd'T'HH:mm:ss.SSSXXX";

constexpr auto all_options = std::to_array<OptionSpec>({
    {"stream.arn", false, "", "the stream, by its ARN (connector 5.x and later)"},
    {"stream", false, "", "the stream, by its name (connector 4.x)"},
    {"aws.region", false, "", "default: AWS_REGION and the rest of the environment"},
    {"aws.endpoint", false, "", "default: AWS_ENDPOINT_URL_KINESIS, AWS_ENDPOINT_URL, AWS's own"},
    {"aws.trust.all.certificates", false, "false", "take any TLS certificate"},
    {"aws.credentials.provider", false, "AUTO", "AUTO, BASIC, ENV_VAR or PROFILE"},
    {"aws.credentials.basic.accesskeyid", false, "", "with BASIC"},
    {"aws.credentials.basic.secretkey", false, "", "with BASIC"},
    {"aws.credentials.profile.name", false, "", "with PROFILE"},
    {"aws.credentials.profile.path", false, "", "with PROFILE"},
    {"aws.http.protocol.version", false, "", "taken and not needed: HTTP/1.1 is spoken"},
    {"source.init.position", false, "LATEST", "LATEST, TRIM_HORIZON or AT_TIMESTAMP"},
    {"source.init.timestamp", false, "", "with AT_TIMESTAMP"},
    {"source.init.timestamp.format", false, default_time_pattern, "of source.init.timestamp"},
    {"source.shard.discovery.interval", false, "10 s", "how often new shards are looked for"},
    {"source.shard.get-records.max-record-count", false, "10000", "of one GetRecords call"},
    {"source.reader.empty-records-fetch-interval", false, "250 ms", "after an empty answer"},
    {"source.reader.type", false, "POLLING", "POLLING"},
    {"scan.stream.initpos", false, "LATEST", "LATEST, TRIM_HORIZON or AT_TIMESTAMP"},
    {"scan.stream.initpos-timestamp", false, "", "with AT_TIMESTAMP"},
    {"scan.stream.initpos-timestamp-format", false, default_time_pattern, "of the timestamp"},
    {"scan.stream.recordpublisher", false, "POLLING", "POLLING"},
    {"scan.shard.discovery.intervalmillis", false, "10000", "how often new shards are looked for"},
    {"scan.shard.getrecords.maxrecordcount", false, "10000", "of one GetRecords call"},
    {"scan.shard.getrecords.intervalmillis", false, "200", "between two GetRecords calls"},
    {"sink.partitioner", false, "", "fixed or random"},
    {"sink.partitioner-field-delimiter", false, "|", "between the values of PARTITIONED BY"},
    {"sink.fail-on-error", false, "false", "a refused record ends the job"},
    {"sink.batch.max-size", false, "500", "records of one PutRecords call"},
    {"sink.flush-buffer.size", false, "5242880", "bytes of one PutRecords call"},
    {"sink.flush-buffer.timeout", false, "5000", "how long a record waits for others"},
    {"sink.requests.max-inflight", false, "16", "taken; requests go out one after the other"},
    {"sink.requests.max-buffered", false, "10000", "taken; a full batch is sent at once"},
});

// Known to Flink's connectors, without a meaning here.
constexpr auto ignored_prefixes = std::to_array<std::string_view>(
    {"sink.http-client.", "source.efo.", "sink.producer.", "aws.credentials.role."});

constexpr auto free_prefixes = std::to_array<std::string_view>({"aws.", "source.", "sink."});

Error bad_value(const std::string& key, const std::string& value, const std::string& why) {
  return {ErrorCode::invalid_argument,
          "Invalid value for option '" + key + "': '" + value + "' " + why};
}

bool is_old_name(std::string_view key) {
  return key == "stream" || key.starts_with("scan.") || key.starts_with("sink.producer.");
}
bool is_new_name(std::string_view key) {
  return key == "stream.arn" || key.starts_with("source.");
}

bool is_old(const Table& table) {
  return table.options.contains("stream");
}

const std::string* find(const Table& table, const std::string& key) {
  const auto at = table.options.find(key);
  return at == table.options.end() ? nullptr : &at->second;
}

base::Status check_generation(const Table& table) {
  std::string old_names;
  std::string new_names;
  for (const auto& [key, value] : table.options) {
    if (is_old_name(key)) old_names += (old_names.empty() ? "" : ", ") + key;
    if (is_new_name(key)) new_names += (new_names.empty() ? "" : ", ") + key;
  }
  if (!old_names.empty() && !new_names.empty()) {
    return Error{ErrorCode::invalid_argument,
                 "The options of two generations of the 'kinesis' connector are mixed: " +
                     old_names + " (connector 4.x) and " + new_names +
                     " (connector 5.x and later). Write stream.arn with source.* and sink.*, or "
                     "stream with scan.* and sink.*."};
  }
  if (!table.options.contains("stream.arn") && !is_old(table)) {
    return Error{
        ErrorCode::invalid_argument,
        std::string{"One or more required options are missing.\n\nMissing required options "
                    "are:\n\n"} +
            (old_names.empty() ? "stream.arn" : "stream")};
  }
  return base::success();
}

void warn_of_unknown(const Table& table) {
  for (const auto& option : table.options) {
    const auto& key = option.first;
    const auto begins = [&key](std::string_view prefix) { return key.starts_with(prefix); };
    if (std::none_of(free_prefixes.begin(), free_prefixes.end(), begins)) continue;
    const bool known = std::any_of(all_options.begin(), all_options.end(),
                                   [&](const OptionSpec& spec) { return spec.key == key; });
    const bool ignored = std::any_of(ignored_prefixes.begin(), ignored_prefixes.end(), begins);
    if (known || ignored || key.starts_with("aws.credentials.provider.")) continue;
    base::log().warn(
        "table '{}': the option '{}' is unknown and has no effect (nor has it in Flink)",
        table.name, key);
  }
}

base::Result<aws::IteratorStart> start_of(const Table& table) {
  const bool old = is_old(table);
  const std::string key = old ? "scan.stream.initpos" : "source.init.position";
  const std::string time_key = old ? "scan.stream.initpos-timestamp" : "source.init.timestamp";
  const std::string format_key = time_key + (old ? "-format" : ".format");
  const auto position = string_option(table.options, key, "LATEST");
  if (position == "LATEST") return aws::IteratorStart{aws::IteratorType::latest};
  if (position == "TRIM_HORIZON") return aws::IteratorStart{aws::IteratorType::trim_horizon};
  if (position != "AT_TIMESTAMP") {
    return bad_value(key, position, "is none of LATEST, TRIM_HORIZON, AT_TIMESTAMP");
  }
  const std::string* text = find(table, time_key);
  if (text == nullptr) {
    return Error{ErrorCode::invalid_argument,
                 "'" + key + "' = 'AT_TIMESTAMP' needs the option '" + time_key + "'"};
  }
  aws::IteratorStart out{.type = aws::IteratorType::at_timestamp};
  const auto pattern = string_option(table.options, format_key, default_time_pattern);
  const auto parsed = parse_java_time(*text, pattern);
  if (parsed) {
    out.timestamp_ms = parsed.value();
    return out;
  }
  // Flink reads what does not fit as seconds since the epoch.
  double seconds = 0;
  const auto [stop, error] = std::from_chars(text->data(), text->data() + text->size(), seconds);
  if (error != std::errc{} || stop != text->data() + text->size() || !(seconds >= 0) ||
      seconds > 1e11) {
    return parsed.error().in("Invalid value for option '" + time_key + "'");
  }
  out.timestamp_ms = std::llround(seconds * 1000);
  return out;
}

base::Status check_polling(const Table& table) {
  for (const char* key : {"source.reader.type", "scan.stream.recordpublisher"}) {
    const auto type = string_option(table.options, key, "POLLING");
    if (type == "POLLING") continue;
    if (type != "EFO") return bad_value(key, type, "is neither POLLING nor EFO");
    return Error{ErrorCode::unsupported, std::string{"'"} + key +
                                             "' = 'EFO' (enhanced fan-out) is not served yet; use "
                                             "POLLING"};
  }
  return base::success();
}

base::Status check_credentials(const Table& table, aws::Choices& out) {
  const auto first_of = [&](std::initializer_list<const char*> keys) {
    for (const char* key : keys) {
      if (const auto* value = find(table, key)) return *value;
    }
    return std::string{};
  };
  out.keys.access_key_id =
      first_of({"aws.credentials.basic.accesskeyid", "aws.credentials.provider.basic.accesskeyid"});
  out.keys.secret_access_key =
      first_of({"aws.credentials.basic.secretkey", "aws.credentials.provider.basic.secretkey"});
  const bool has_keys = !out.keys.access_key_id.empty() || !out.keys.secret_access_key.empty();
  const std::string key = "aws.credentials.provider";
  const auto provider = string_option(table.options, key, has_keys ? "BASIC" : "AUTO");
  if (provider == "AUTO") {
    out.key_source = aws::KeySource::automatic;
  } else if (provider == "BASIC") {
    if (out.keys.access_key_id.empty() || out.keys.secret_access_key.empty()) {
      return Error{ErrorCode::invalid_argument,
                   "'aws.credentials.provider' = 'BASIC' needs 'aws.credentials.basic.accesskeyid' "
                   "and 'aws.credentials.basic.secretkey'"};
    }
    out.key_source = aws::KeySource::given;
  } else if (provider == "ENV_VAR") {
    out.key_source = aws::KeySource::environment;
  } else if (provider == "PROFILE") {
    out.key_source = aws::KeySource::profile;
    out.profile =
        first_of({"aws.credentials.profile.name", "aws.credentials.provider.profile.name"});
    out.credentials_file =
        first_of({"aws.credentials.profile.path", "aws.credentials.provider.profile.path"});
  } else {
    static const std::set<std::string, std::less<>> flinks{"SYS_PROP", "ASSUME_ROLE",
                                                           "WEB_IDENTITY_TOKEN", "CUSTOM"};
    if (flinks.contains(provider)) {
      return Error{
          ErrorCode::unsupported,
          "'" + key + "' = '" + provider + "' is not served; use AUTO, BASIC, ENV_VAR or PROFILE"};
    }
    return bad_value(key, provider, "is none of AUTO, BASIC, ENV_VAR, PROFILE");
  }
  return base::success();
}

// "arn:aws:kinesis:us-east-1:123456789012:stream/name"
std::string region_of(const std::string& arn) {
  std::string_view left = arn;
  for (int i = 0; i < 3; ++i) {
    const auto colon = left.find(':');
    if (colon == std::string_view::npos) return "";
    left.remove_prefix(colon + 1);
  }
  return std::string{left.substr(0, left.find(':'))};
}

bool is_stream_arn(const std::string& arn) {
  return arn.starts_with("arn:aws") && arn.find(":kinesis:") != std::string::npos &&
         arn.find(":stream/") != std::string::npos && !arn.ends_with("/");
}

}  // namespace

std::span<const OptionSpec> kinesis_options() {
  return all_options;
}
std::span<const std::string_view> kinesis_free_prefixes() {
  return free_prefixes;
}

base::Status check_kinesis(const Table& table) {
  BOOST_OUTCOME_TRY(check_generation(table));
  BOOST_OUTCOME_TRY(kinesis_stream(table));
  BOOST_OUTCOME_TRY(kinesis_choices(table));
  BOOST_OUTCOME_TRY(kinesis_source_options(table));
  BOOST_OUTCOME_TRY(kinesis_sink_options(table));
  warn_of_unknown(table);
  return base::success();
}

base::Result<aws::StreamRef> kinesis_stream(const Table& table) {
  if (const auto* arn = find(table, "stream.arn")) {
    if (!is_stream_arn(*arn)) {
      return bad_value("stream.arn", *arn,
                       "is no ARN of a stream, as in arn:aws:kinesis:REGION:ACCOUNT:stream/NAME");
    }
    return aws::StreamRef{.arn = *arn};
  }
  const auto name = string_option(table.options, "stream", "");
  if (name.empty()) return bad_value("stream", name, "is no name of a stream");
  return aws::StreamRef{.name = name};
}

base::Result<aws::Choices> kinesis_choices(const Table& table) {
  aws::Choices out;
  out.region = string_option(table.options, "aws.region", "");
  if (out.region.empty()) out.region = region_of(string_option(table.options, "stream.arn", ""));
  out.endpoint = string_option(table.options, "aws.endpoint", "");
  if (!out.endpoint.empty()) {
    const auto endpoint = net::parse_endpoint(out.endpoint);
    if (!endpoint) return endpoint.error().in("Invalid value for option 'aws.endpoint'");
  }
  BOOST_OUTCOME_TRY(out.trust_all_certificates,
                    bool_option(table.options, "aws.trust.all.certificates", false));
  BOOST_OUTCOME_TRY(check_credentials(table, out));
  return out;
}

base::Result<KinesisSourceOptions> kinesis_source_options(const Table& table) {
  const auto& options = table.options;
  KinesisSourceOptions out;
  BOOST_OUTCOME_TRY(check_polling(table));
  BOOST_OUTCOME_TRY(out.stream, kinesis_stream(table));
  BOOST_OUTCOME_TRY(out.start, start_of(table));
  const bool old = is_old(table);
  BOOST_OUTCOME_TRY(
      out.discovery_interval,
      duration_option(
          options, old ? "scan.shard.discovery.intervalmillis" : "source.shard.discovery.interval",
          out.discovery_interval));
  const char* count_key =
      old ? "scan.shard.getrecords.maxrecordcount" : "source.shard.get-records.max-record-count";
  BOOST_OUTCOME_TRY(const auto count, int_option(options, count_key, 10'000, 1, 10'000));
  out.pace.max_records = static_cast<int>(count);
  BOOST_OUTCOME_TRY(out.pace.empty_interval,
                    duration_option(options, "source.reader.empty-records-fetch-interval",
                                    out.pace.empty_interval));
  BOOST_OUTCOME_TRY(
      const auto interval,
      duration_option(options, "scan.shard.getrecords.intervalmillis", out.pace.call_interval));
  out.pace.eager = !options.contains("scan.shard.getrecords.intervalmillis");
  // Never above five calls a second, whatever is asked for.
  out.pace.call_interval = std::max(interval, out.pace.call_interval);
  return out;
}

base::Result<KinesisSinkOptions> kinesis_sink_options(const Table& table) {
  const auto& options = table.options;
  KinesisSinkOptions out;
  BOOST_OUTCOME_TRY(out.stream, kinesis_stream(table));
  BOOST_OUTCOME_TRY(out.fail_on_error, bool_option(options, "sink.fail-on-error", false));
  BOOST_OUTCOME_TRY(const auto batch, int_option(options, "sink.batch.max-size", 500, 1, 500));
  out.batch_records = static_cast<std::size_t>(batch);
  BOOST_OUTCOME_TRY(const auto bytes,
                    int_option(options, "sink.flush-buffer.size", 5'242'880, 1, INT64_MAX));
  out.batch_bytes = static_cast<std::size_t>(std::min<std::int64_t>(bytes, 5'242'880));
  BOOST_OUTCOME_TRY(out.flush_after,
                    duration_option(options, "sink.flush-buffer.timeout", out.flush_after));
  out.delimiter = string_option(options, "sink.partitioner-field-delimiter", "|");
  for (const auto& name : table.partition_keys) {
    const auto column = table.schema.find(name);
    if (!column) {
      return Error{ErrorCode::invalid_argument,
                   "PARTITIONED BY names the column '" + name + "', which is not in the record"};
    }
    out.key_columns.push_back(*column);
  }
  if (const auto* partitioner = find(table, "sink.partitioner")) {
    if (!out.key_columns.empty()) {
      return Error{ErrorCode::invalid_argument,
                   "Cannot set 'sink.partitioner' option for a table defined with a PARTITIONED BY "
                   "clause"};
    }
    if (*partitioner == "fixed") {
      out.fixed_key = true;
    } else if (*partitioner != "random") {
      return bad_value("sink.partitioner", *partitioner,
                       "is neither 'fixed' nor 'random' (classes are not served)");
    }
  }
  return out;
}

}  // namespace millrace::connectors
