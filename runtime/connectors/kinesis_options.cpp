#include "runtime/connectors/kinesis_options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <set>

#include "runtime/connectors/java_time_pattern.hpp"

namespace millrace::connectors {
namespace {

using base::Error;
using base::ErrorCode;
using std::chrono::milliseconds;

constexpr std::string_view default_time_pattern = kinesis_time_pattern;

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

std::string stream_name_of(const Table& table) {
  const auto arn = string_option(table.options, "stream.arn", "");
  return arn.empty() ? string_option(table.options, "stream", "")
                     : arn.substr(arn.find("stream/") + 7);
}

// By the names of connector 5.x and later; false: it polls.
base::Result<std::optional<FanOutOptions>> new_fan_out(const Table& table) {
  const auto& options = table.options;
  const auto type = string_option(options, "source.reader.type", "POLLING");
  if (type == "POLLING") return std::optional<FanOutOptions>{};
  if (type != "EFO") return bad_value("source.reader.type", type, "is neither POLLING nor EFO");
  FanOutOptions out{.name = string_option(options, "source.efo.consumer.name", "")};
  if (out.name.empty()) {
    return Error{ErrorCode::invalid_argument,
                 "'source.reader.type' = 'EFO' needs the option 'source.efo.consumer.name'"};
  }
  const auto lifecycle = string_option(options, "source.efo.lifecycle", "JOB_MANAGED");
  if (lifecycle != "JOB_MANAGED" && lifecycle != "SELF_MANAGED") {
    return bad_value("source.efo.lifecycle", lifecycle, "is neither JOB_MANAGED nor SELF_MANAGED");
  }
  out.managed = lifecycle == "JOB_MANAGED";
  return std::optional{out};
}

// By those of connector 4.x.
base::Result<std::optional<FanOutOptions>> old_fan_out(const Table& table) {
  const auto& options = table.options;
  const auto type = string_option(options, "scan.stream.recordpublisher", "POLLING");
  if (type == "POLLING") return std::optional<FanOutOptions>{};
  if (type != "EFO") {
    return bad_value("scan.stream.recordpublisher", type, "is neither POLLING nor EFO");
  }
  FanOutOptions out{.name = string_option(options, "scan.stream.efo.consumername", "")};
  const auto registration = string_option(options, "scan.stream.efo.registration", "EAGER");
  if (registration == "NONE") {
    const std::string key = "scan.stream.efo.consumerarn." + stream_name_of(table);
    out.arn = string_option(options, key, "");
    out.managed = false;
    if (out.arn.empty()) {
      return Error{ErrorCode::invalid_argument,
                   "'scan.stream.efo.registration' = 'NONE' needs the option '" + key + "'"};
    }
  } else if (registration != "EAGER" && registration != "LAZY") {
    return bad_value("scan.stream.efo.registration", registration, "is none of EAGER, LAZY, NONE");
  } else if (out.name.empty()) {
    return Error{ErrorCode::invalid_argument,
                 "'scan.stream.recordpublisher' = 'EFO' needs the option "
                 "'scan.stream.efo.consumername'"};
  }
  return std::optional{out};
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

base::Status check_kinesis(const Table& table) {
  BOOST_OUTCOME_TRY(check_generation(table));
  BOOST_OUTCOME_TRY(kinesis_stream(table));
  BOOST_OUTCOME_TRY(kinesis_choices(table));
  BOOST_OUTCOME_TRY(kinesis_source_options(table));
  BOOST_OUTCOME_TRY(kinesis_sink_options(table));
  return check_kinesis_names(table);
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
  BOOST_OUTCOME_TRY(out.fan_out, is_old(table) ? old_fan_out(table) : new_fan_out(table));
  BOOST_OUTCOME_TRY(
      out.subscription.timeouts.head,
      duration_option(options, "source.efo.subscription.timeout", out.subscription.timeouts.head));
  BOOST_OUTCOME_TRY(out.farewell_timeout, duration_option(options, "source.efo.deregister.timeout",
                                                          out.farewell_timeout));
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
  // Each call under way is a thread; more of them than this help nobody.
  constexpr std::int64_t most_inflight = 64;
  BOOST_OUTCOME_TRY(const auto inflight,
                    int_option(options, "sink.requests.max-inflight", 16, 1, INT64_MAX));
  out.max_inflight = static_cast<std::size_t>(std::min(inflight, most_inflight));
  BOOST_OUTCOME_TRY(const auto buffered,
                    int_option(options, "sink.requests.max-buffered", 10'000, 1, INT64_MAX));
  out.max_buffered = static_cast<std::size_t>(buffered);
  if (out.max_buffered < out.batch_records) {
    return Error{ErrorCode::invalid_argument,
                 "'sink.requests.max-buffered' must not be below 'sink.batch.max-size'"};
  }
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
