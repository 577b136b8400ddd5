// The names of the options of 'connector' = 'kinesis'.
#include <algorithm>
#include <array>
#include <set>

#include "common/base/log.hpp"
#include "runtime/connectors/kinesis_options.hpp"
#include "runtime/connectors/unsupported.hpp"

namespace millrace::connectors {
namespace {

constexpr std::string_view default_time_pattern = kinesis_time_pattern;

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
    {"source.reader.type", false, "POLLING", "POLLING or EFO (enhanced fan-out)"},
    {"source.efo.consumer.name", false, "", "with EFO: the consumer's name"},
    {"source.efo.lifecycle", false, "JOB_MANAGED", "with EFO: JOB_MANAGED or SELF_MANAGED"},
    {"source.efo.subscription.timeout", false, "60 s",
     "with EFO: until a subscription is answered"},
    {"source.efo.deregister.timeout", false, "10 s", "with EFO: of the call at the job's end"},
    {"scan.stream.initpos", false, "LATEST", "LATEST, TRIM_HORIZON or AT_TIMESTAMP"},
    {"scan.stream.initpos-timestamp", false, "", "with AT_TIMESTAMP"},
    {"scan.stream.initpos-timestamp-format", false, default_time_pattern, "of the timestamp"},
    {"scan.stream.recordpublisher", false, "POLLING", "POLLING or EFO (enhanced fan-out)"},
    {"scan.stream.efo.consumername", false, "", "with EFO: the consumer's name"},
    {"scan.stream.efo.registration", false, "EAGER", "with EFO: EAGER, LAZY or NONE"},
    {"scan.shard.discovery.intervalmillis", false, "10000", "how often new shards are looked for"},
    {"scan.shard.getrecords.maxrecordcount", false, "10000", "of one GetRecords call"},
    {"scan.shard.getrecords.intervalmillis", false, "200", "between two GetRecords calls"},
    {"sink.partitioner", false, "", "fixed or random"},
    {"sink.partitioner-field-delimiter", false, "|", "between the values of PARTITIONED BY"},
    {"sink.fail-on-error", false, "false", "a refused record ends the job"},
    {"sink.batch.max-size", false, "500", "records of one PutRecords call"},
    {"sink.flush-buffer.size", false, "5242880", "bytes of one PutRecords call"},
    {"sink.flush-buffer.timeout", false, "5000", "how long a record waits for others"},
    {"sink.requests.max-inflight", false, "16", "PutRecords calls under way at the same time"},
    {"sink.requests.max-buffered", false, "10000", "records not yet stored; more are waited for"},
});

// Known to Flink's connectors, without a meaning here.
constexpr auto ignored_prefixes = std::to_array<std::string_view>(
    {"sink.http-client.", "source.efo.describe.", "sink.producer.", "aws.credentials.role."});

// As Flink: what begins so is not looked at when the options are checked. "scan." is, here.
constexpr auto free_prefixes =
    std::to_array<std::string_view>({"aws.", "source.", "sink.", "scan."});

constexpr std::string_view consumer_arn_prefix = "scan.stream.efo.consumerarn.";

// Of connector 4.x, read and without effect: how often and how fast it tries again.
std::set<std::string> retry_names() {
  std::set<std::string> out{"scan.stream.registerstreamconsumer.timeout",
                            "scan.stream.deregisterstreamconsumer.timeout",
                            "scan.shard.subscribetoshard.timeout",
                            "scan.stream.efo.http-client.max-concurrency",
                            "scan.stream.efo.http-client.read-timeout",
                            "scan.shard.adaptivereads",
                            "scan.shard.idle.interval",
                            "scan.watermark.sync.interval",
                            "scan.watermark.lookahead.millis",
                            "scan.watermark.sync.queue.capacity"};
  for (const std::string call :
       {"stream.describe", "list.shards", "stream.describestreamconsumer",
        "stream.registerstreamconsumer", "stream.deregisterstreamconsumer",
        "shard.subscribetoshard", "shard.getrecords", "shard.getiterator"}) {
    for (const char* what : {"maxretries", "backoff.base", "backoff.max", "backoff.expconst"}) {
      out.insert("scan." + call + "." + what);
    }
  }
  return out;
}

}  // namespace

std::span<const OptionSpec> kinesis_options() {
  return all_options;
}
std::span<const std::string_view> kinesis_free_prefixes() {
  return free_prefixes;
}

base::Status check_kinesis_names(const Table& table) {
  std::set<std::string> known{"connector", "format"};
  for (const auto& spec : all_options) known.emplace(spec.key);
  const std::set<std::string> retries = retry_names();
  std::set<std::string> unknown;
  for (const auto& option : table.options) {
    const auto& key = option.first;
    const auto begins = [&key](std::string_view prefix) { return key.starts_with(prefix); };
    if (std::none_of(free_prefixes.begin(), free_prefixes.end(), begins)) continue;
    if (known.contains(key) || begins("aws.credentials.provider.")) continue;
    if (begins("scan.")) {
      const bool taken = retries.contains(key) || begins(consumer_arn_prefix) ||
                         begins("scan.shard.consumer.error.recoverable");
      if (!taken) unknown.insert(key);
      continue;
    }
    if (std::any_of(ignored_prefixes.begin(), ignored_prefixes.end(), begins)) continue;
    const auto near = nearest_option(key, known);
    base::log().warn(
        "table '{}': the option '{}' is unknown and has no effect (nor has it in Flink){}",
        table.name, key, near.empty() ? "" : "; did you mean '" + near + "'?");
  }
  if (unknown.empty()) return base::success();
  known.insert(retries.begin(), retries.end());
  return unsupported_options("kinesis", unknown, known);
}

}  // namespace millrace::connectors
