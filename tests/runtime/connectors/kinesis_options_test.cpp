#include "runtime/connectors/kinesis_options.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using connectors::Table;

namespace {

constexpr const char* arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/trades";

Table table(formats::Options options) {
  options["connector"] = "kinesis";
  options["format"] = "json";
  Table out;
  out.name = "t";
  out.options = std::move(options);
  out.schema.fields = {{"a", data::LogicalType::string()}, {"b", data::LogicalType::bigint()}};
  return out;
}

std::string failure(const Table& table) {
  const auto checked = connectors::check_options(table);
  return checked ? "" : checked.error().message();
}

}  // namespace

TEST_CASE("Kinesis options: the new generation") {
  const auto made = table({{"stream.arn", arn},
                           {"aws.region", "us-west-2"},
                           {"source.init.position", "TRIM_HORIZON"},
                           {"source.shard.discovery.interval", "1000ms"},
                           {"source.shard.get-records.max-record-count", "500"},
                           {"sink.batch.max-size", "1"},
                           {"aws.http.protocol.version", "HTTP1_1"},
                           {"sink.http-client.protocol.version", "HTTP1_1"}});
  CHECK(failure(made).empty());
  const auto source = connectors::kinesis_source_options(made);
  REQUIRE(source);
  CHECK(source.value().stream.arn == arn);
  CHECK(source.value().start.type == aws::IteratorType::trim_horizon);
  CHECK(source.value().discovery_interval == std::chrono::milliseconds{1'000});
  CHECK(source.value().pace.max_records == 500);
  const auto choices = connectors::kinesis_choices(made);
  REQUIRE(choices);
  CHECK(choices.value().region == "us-west-2");
}

TEST_CASE("Kinesis options: the old generation") {
  const auto made = table({{"stream", "trades"},
                           {"scan.stream.initpos", "AT_TIMESTAMP"},
                           {"scan.stream.initpos-timestamp", "1459799926.5"},
                           {"scan.shard.discovery.intervalmillis", "500"},
                           {"scan.shard.getrecords.intervalmillis", "1"},
                           {"sink.producer.record-max-buffered-time", "100"}});
  CHECK(failure(made).empty());
  const auto source = connectors::kinesis_source_options(made);
  REQUIRE(source);
  CHECK(source.value().stream.name == "trades");
  CHECK(source.value().start.timestamp_ms == 1'459'799'926'500);
  CHECK(source.value().discovery_interval == std::chrono::milliseconds{500});
  CHECK(source.value().pace.call_interval == std::chrono::milliseconds{200});
}

TEST_CASE("Kinesis options: generations do not mix") {
  CHECK(failure(table({{"stream", "trades"}, {"source.init.position", "LATEST"}}))
            .starts_with(
                "The options of two generations of the 'kinesis' connector are mixed: stream "
                "(connector 4.x) and source.init.position (connector 5.x and later)."));
  CHECK_FALSE(failure(table({{"stream.arn", arn}, {"scan.stream.initpos", "LATEST"}})).empty());
  CHECK_FALSE(failure(table({{"stream.arn", arn}, {"stream", "trades"}})).empty());
}

TEST_CASE("Kinesis options: missing and unknown ones are named") {
  CHECK(failure(table({})).find("Missing required options are:\n\nstream.arn") !=
        std::string::npos);
  const auto unknown = failure(table({{"stream.arn", arn}, {"topic", "x"}}));
  CHECK(unknown.find("Unsupported options:\n\ntopic") != std::string::npos);
  CHECK(unknown.find("source.init.position") != std::string::npos);
  // Flink takes these silently; we with a warning.
  CHECK(failure(table({{"stream.arn", arn}, {"source.init.positoin", "x"}})).empty());
}

TEST_CASE("Kinesis options: of connector 4.x every name is checked, with its nearest") {
  CHECK(failure(table({{"stream", "s"}, {"scan.shard.getrecords.maxretries", "3"}})).empty());
  const auto unknown = failure(table({{"stream", "s"}, {"scan.stream.inipos", "LATEST"}}));
  CHECK(unknown.find("Did you mean 'scan.stream.initpos' for 'scan.stream.inipos'?") !=
        std::string::npos);
}

TEST_CASE("Kinesis options: fan-out by the names of both generations") {
  const auto fan_out = [](connectors::Table made) {
    const auto options = connectors::kinesis_source_options(made);
    REQUIRE_MESSAGE(options, options.error().message());
    REQUIRE(options.value().fan_out);
    return *options.value().fan_out;
  };
  const auto job = fan_out(table(
      {{"stream.arn", arn}, {"source.reader.type", "EFO"}, {"source.efo.consumer.name", "c"}}));
  CHECK(job.name == "c");
  CHECK(job.managed);
  CHECK_FALSE(fan_out(table({{"stream.arn", arn},
                             {"source.reader.type", "EFO"},
                             {"source.efo.consumer.name", "c"},
                             {"source.efo.lifecycle", "SELF_MANAGED"}}))
                  .managed);
  for (const char* registration : {"EAGER", "LAZY"}) {
    CHECK(fan_out(table({{"stream", "s"},
                         {"scan.stream.recordpublisher", "EFO"},
                         {"scan.stream.efo.registration", registration},
                         {"scan.stream.efo.consumername", "c"}}))
              .managed);
  }
  const auto none = fan_out(table({{"stream", "s"},
                                   {"scan.stream.recordpublisher", "EFO"},
                                   {"scan.stream.efo.registration", "NONE"},
                                   {"scan.stream.efo.consumerarn.s", "arn:c"}}));
  CHECK_FALSE(none.managed);
  CHECK(none.arn == "arn:c");
  CHECK(failure(table({{"stream", "s"},
                       {"scan.stream.recordpublisher", "EFO"},
                       {"scan.stream.efo.registration", "NONE"}}))
            .find("needs the option 'scan.stream.efo.consumerarn.s'") != std::string::npos);
  CHECK(failure(table({{"stream.arn", arn}, {"source.reader.type", "EFO"}}))
            .find("needs the option 'source.efo.consumer.name'") != std::string::npos);
}

TEST_CASE("Kinesis options: values that make no sense are refused by key") {
  for (const auto& [key, value] : std::initializer_list<std::pair<const char*, const char*>>{
           {"source.init.position", "latest"},
           {"source.init.position", "AT_TIMESTAMP"},
           {"source.shard.discovery.interval", "soon"},
           {"source.shard.get-records.max-record-count", "10001"},
           {"source.reader.type", "EFO"},
           {"aws.endpoint", "localhost:4566"},
           {"aws.trust.all.certificates", "maybe"},
           {"aws.credentials.provider", "BASIC"},
           {"aws.credentials.provider", "ASSUME_ROLE"},
           {"aws.credentials.provider", "WHATEVER"},
           {"sink.batch.max-size", "501"},
           {"sink.partitioner", "org.example.Partitioner"},
           {"sink.fail-on-error", "1"}}) {
    CAPTURE(key);
    CAPTURE(value);
    const auto message = failure(table({{"stream.arn", arn}, {key, value}}));
    CHECK(message.find(key) != std::string::npos);
  }
  CHECK_FALSE(failure(table({{"stream.arn", "arn:aws:s3:::bucket"}})).empty());
  CHECK_FALSE(failure(table({{"stream", ""}})).empty());
}

TEST_CASE("Kinesis options: a start time fits its format or is seconds since the epoch") {
  const auto at = [](const char* text) {
    return connectors::kinesis_source_options(table({{"stream.arn", arn},
                                                     {"source.init.position", "AT_TIMESTAMP"},
                                                     {"source.init.timestamp", text}}));
  };
  REQUIRE(at("2016-04-04T19:58:46.480-00:00"));
  CHECK(at("2016-04-04T19:58:46.480-00:00").value().start.timestamp_ms == 1'459'799'926'480);
  CHECK(at("1459799926").value().start.timestamp_ms == 1'459'799'926'000);
  for (const char* bad : {"yesterday", "-1", "nan", "1e300", ""}) {
    CAPTURE(bad);
    CHECK_FALSE(at(bad));
  }
}

TEST_CASE("Kinesis options: partition keys") {
  auto made = table({{"stream.arn", arn}});
  made.partition_keys = {"b"};
  const auto sink = connectors::kinesis_sink_options(made);
  REQUIRE(sink);
  CHECK(sink.value().key_columns == std::vector<std::size_t>{1});
  made.options["sink.partitioner"] = "fixed";
  CHECK(failure(made).starts_with("Cannot set 'sink.partitioner' option"));
  made.options.erase("sink.partitioner");
  made.partition_keys = {"nope"};
  CHECK(failure(made).find("'nope'") != std::string::npos);
}

TEST_CASE("Kinesis options: keys in WITH, in both spellings") {
  for (const std::string prefix : {"aws.credentials.", "aws.credentials.provider."}) {
    const auto choices =
        connectors::kinesis_choices(table({{"stream.arn", arn},
                                           {prefix + "basic.accesskeyid", "id"},
                                           {prefix + "basic.secretkey", "secret"}}));
    REQUIRE(choices);
    CHECK(choices.value().key_source == aws::KeySource::given);
    CHECK(choices.value().keys.access_key_id == "id");
    CHECK(choices.value().region == "eu-west-1");
  }
}
