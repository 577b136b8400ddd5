// CreateChannel, DescribeChannel, ListChannels, UpdateChannel, DeleteChannel: types, constraints,
// behaviour; and what channels mean to their streams.
#include <doctest/doctest.h>

#include "tests/support/service.hpp"

using namespace millrace;
using test::Answer;
using test::Service;

namespace {

const std::string region = "arn:aws:kinesis:us-east-1:000000000000:";
const std::string storage =
    R"({"BucketARN":"arn:aws:s3:::bucket","ExpectedBucketOwner":"000000000000",)"
    R"("CompressionType":"NONE"})";
const std::string to_s3 =
    R"("S3DestinationConfiguration":{"StorageConfiguration":)" + storage + "}";
const std::string dead_letter =
    R"({"BucketARN":"arn:aws:s3:::dead","ExpectedBucketOwner":"000000000000"})";
const std::string table =
    R"({"TableBucketARN":"arn:aws:s3tables:us-east-1:000000000000:bucket/tables",)"
    R"("Namespace":"n","TableName":"t","CompressionType":"ZSTD"})";
const std::string to_tables =
    R"("S3TablesDestinationConfiguration":{"DeadLetterQueueS3Configuration":)" + dead_letter +
    R"(,"S3TablesConfigurationList":[)" + table + "]}";
const std::string schema =
    R"("GSRSchemaARN":"arn:aws:glue:us-east-1:000000000000:schema/registry/name")";

std::string stream_list(const std::string& stream, const std::string& record) {
  return R"("StreamConfigurationList":[{"StreamARN":")" + region + "stream/" + stream +
         R"(","RecordConfiguration":{)" + record + "}}]";
}

struct Wanted {
  std::string name = "c";
  std::string stream = "s";
  std::string record = R"("RecordFormatType":"JSON")";
  std::string destination = to_s3;
  std::string more;  // further members, with a comma before
};

std::string request(const Wanted& wanted) {
  return R"({"ChannelName":")" + wanted.name +
         R"(","ServiceExecutionRoleARN":"arn:aws:iam::000000000000:role/r",)" +
         stream_list(wanted.stream, wanted.record) + "," + wanted.destination + wanted.more + "}";
}

Answer created(Service& service, const Wanted& wanted = {}) {
  return service.call("CreateChannel", request(wanted));
}

void on_demand(Service& service, const std::string& name) {
  service.call("CreateStream", R"({"StreamName":")" + name +
                                   R"(","StreamModeDetails":{"StreamMode":"ON_DEMAND"}})");
  service.clock.advance(base::Millis{500});
}

// Makes the channel and waits for the end of CREATING; its ARN.
std::string channel(Service& service, const Wanted& wanted = {}) {
  const auto answer = created(service, wanted);
  REQUIRE_MESSAGE(answer.status == 200, answer.body);
  service.clock.advance(base::Millis{500});
  return std::string{answer["ChannelDescription"]["ChannelARN"].as_text()};
}

Answer described(Service& service, const std::string& arn) {
  return service.call("DescribeChannel", R"({"ChannelARN":")" + arn + "\"}");
}

std::string status_of(Service& service, const std::string& arn) {
  const auto answer = described(service, arn);
  if (answer.status != 200) return answer.type;
  return std::string{answer["ChannelDescription"]["ChannelStatus"].as_text()};
}

Answer updated(Service& service, const std::string& arn, const std::string& rest) {
  return service.call("UpdateChannel", R"({"ChannelARN":")" + arn + "\"" + rest + "}");
}

std::string names_of(const Answer& answer) {
  std::string names;
  for (const auto& one : answer["ChannelSummaries"].as_list()) {
    names += std::string{one["ChannelName"].as_text()} + " ";
  }
  return names;
}

std::string fresh(const std::string& seconds) {
  return R"("S3DestinationConfiguration":{"StorageConfiguration":)" + storage +
         R"(,"DataFreshnessInSeconds":)" + seconds + "}";
}

}  // namespace

TEST_CASE("channels: wrong types") {
  Service service;
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"CreateChannel", R"({"ChannelName":true})",
       "class java.lang.Boolean can not be converted to an String"},
      {"CreateChannel", R"({"StreamConfigurationList":{}})",
       "Start of structure or map found where not expected."},
      {"CreateChannel", R"({"S3DestinationConfiguration":[]})",
       "Start of list found where not expected"},
      {"CreateChannel", R"({"S3DestinationConfiguration":{"DataFreshnessInSeconds":"300"}})",
       "class java.lang.String can not be converted to an Integer"},
      {"CreateChannel", R"({"LoggingConfiguration":{"CloudWatchLogs":{"Enabled":1}}})",
       "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an "
       "Boolean"},
      {"DescribeChannel", R"({"ChannelARN":1})",
       "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an "
       "String"},
      {"DeleteChannel", R"({"ChannelARN":[]})", "Start of list found where not expected"},
      {"UpdateChannel", R"({"LoggingConfiguration":"x"})", "Expected null"},
      {"ListChannels", R"({"StreamFilter":"x"})", "Expected list or null"},
      {"ListChannels", R"({"MaxResults":"1"})",
       "class java.lang.String can not be converted to an Integer"}};
  for (const auto& [operation, body, message] : cases) {
    CAPTURE(operation);
    CAPTURE(body);
    const auto answer = service.call(operation, body);
    CHECK(answer.type == "SerializationException");
    CHECK(answer.message == message);
  }
}

TEST_CASE("channels: constraints") {
  Service service;
  const std::string head = "1 validation error detected: Value ";
  const std::string kept = " failed to satisfy constraint: ";
  const auto replaced = [](std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
  };
  const auto whole = request({});
  const auto tables =
      request({.record = R"("RecordFormatType":"JSON",)" + schema, .destination = to_tables});
  const std::tuple<const char*, std::string, std::string> cases[] = {
      {"CreateChannel", "{}",
       "3 validation errors detected: Value null at 'channelName' failed to satisfy constraint: "
       "Member must not be null; Value null at 'serviceExecutionRoleARN' failed to satisfy "
       "constraint: Member must not be null; Value null at 'streamConfigurationList' failed to "
       "satisfy constraint: Member must not be null"},
      {"CreateChannel", replaced(whole, R"("ChannelName":"c")", R"("ChannelName":"c d")"),
       head + "'c d' at 'channelName'" + kept +
           "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"},
      {"CreateChannel", replaced(whole, "arn:aws:iam::000000000000:role/r", "r"),
       head + "'r' at 'serviceExecutionRoleARN'" + kept +
           "Member must satisfy regular expression pattern: "
           "arn:aws[-a-z0-9]*:iam::\\d{12}:role/[a-zA-Z_0-9+=,.@\\-_/]+"},
      {"CreateChannel", replaced(whole, R"("RecordFormatType":"JSON")", ""),
       head + "null at 'streamConfigurationList.1.member.recordConfiguration.recordFormatType'" +
           kept + "Member must not be null"},
      {"CreateChannel", replaced(whole, "\"JSON\"", "\"XML\""),
       head + "'XML' at 'streamConfigurationList.1.member.recordConfiguration.recordFormatType'" +
           kept + "Member must satisfy enum value set: [GSR_JSON, JSON, STRING, BYTE_ARRAY]"},
      {"CreateChannel", replaced(whole, "\"NONE\"", "\"LZ4\""),
       head + "'LZ4' at 's3DestinationConfiguration.storageConfiguration.compressionType'" + kept +
           "Member must satisfy enum value set: [NONE, GZIP, ZSTD]"},
      {"CreateChannel", replaced(whole, "arn:aws:s3:::bucket", "bucket"),
       head + "'bucket' at 's3DestinationConfiguration.storageConfiguration.bucketARN'" + kept +
           "Member must satisfy regular expression pattern: "
           "arn:aws[-a-z0-9]*:s3:::[a-z0-9._-]{3,63}"},
      {"CreateChannel", replaced(tables, R"(,"TableName":"t")", R"(,"TableName":"T")"),
       head +
           "'T' at 's3TablesDestinationConfiguration.s3TablesConfigurationList.1.member."
           "tableName'" +
           kept + "Member must satisfy regular expression pattern: [0-9a-z_]+"},
      {"CreateChannel",
       replaced(tables, R"("DeadLetterQueueS3Configuration":)" + dead_letter + ",", ""),
       head + "null at 's3TablesDestinationConfiguration.deadLetterQueueS3Configuration'" + kept +
           "Member must not be null"},
      {"DescribeChannel", R"({"ChannelARN":"x"})",
       head + "'x' at 'channelARN'" + kept +
           "Member must satisfy regular expression pattern: "
           "arn:aws.*:kinesis:.*:\\d{12}:channel/\\S+"},
      {"UpdateChannel",
       R"({"ChannelARN":"arn:aws:kinesis:us-east-1:000000000000:channel/x",)"
       R"("S3DestinationConfiguration":{}})",
       head + "null at 's3DestinationConfiguration.dataFreshnessInSeconds'" + kept +
           "Member must not be null"},
      {"ListChannels", R"({"StreamFilter":[]})",
       head + "'[]' at 'streamFilter'" + kept +
           "Member must have length greater than or equal to 1"},
      {"ListChannels", R"({"MaxResults":10001})",
       head + "'10001' at 'maxResults'" + kept +
           "Member must have value less than or equal to 10000"}};
  for (const auto& [operation, body, message] : cases) {
    CAPTURE(body);
    const auto answer = service.call(operation, body);
    CHECK(answer.type == "ValidationException");
    CHECK(answer.message == message);
  }
}

TEST_CASE("a channel is described with all its defaults, from CREATING to ACTIVE to gone") {
  Service service;
  on_demand(service, "s");
  const auto answer = created(service);
  REQUIRE_MESSAGE(answer.status == 200, answer.body);
  const auto& shape = answer["ChannelDescription"];
  const std::string id{shape["ChannelId"].as_text()};
  CHECK(id.size() == 17);
  CHECK(id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789") == std::string::npos);
  const std::string arn{shape["ChannelARN"].as_text()};
  CHECK(arn == region + "channel/" + id);
  CHECK(shape["ChannelName"].as_text() == "c");
  CHECK(shape["ChannelStatus"].as_text() == "CREATING");
  CHECK(shape["ChannelStatusReason"].is_null());
  const auto now_s = base::to_epoch_ms(service.clock.now()) / 1000;
  CHECK(shape["ChannelCreationTimestamp"].as_real() == static_cast<double>(now_s));
  CHECK(shape["ServiceExecutionRoleARN"].as_text() == "arn:aws:iam::000000000000:role/r");
  const auto& stream = shape["StreamConfigurationList"].as_list()[0];
  CHECK(stream["StreamARN"].as_text() == region + "stream/s");
  CHECK(stream["RecordConfiguration"]["RecordFormatType"].as_text() == "JSON");
  CHECK(stream["StreamCreationTimestamp"].is_number());
  const auto& s3 = shape["S3DestinationConfiguration"];
  CHECK(s3["DataFreshnessInSeconds"].as_integer() == 300);
  CHECK(s3["StorageConfiguration"]["BucketARN"].as_text() == "arn:aws:s3:::bucket");
  CHECK(s3["StorageConfiguration"]["StorageClass"].as_text() == "STANDARD");
  CHECK(s3["StorageConfiguration"]["OutputKeyTemplate"].as_text() ==
        "kinesis-channel/!{channel-name}/!{channel-id}/!{yyyy}/!{MM}/!{dd}/!{HH}/"
        "!{channel-name}-!{channel-id}-!{yyyy}-!{MM}-!{dd}-!{HH}-!{mm}!{extension}");
  CHECK(s3["DeadLetterQueueS3Configuration"]["BucketARN"].as_text() == "arn:aws:s3:::bucket");
  CHECK(s3["DeadLetterQueueS3Configuration"]["ExpectedBucketOwner"].as_text() == "000000000000");
  CHECK(s3["DeadLetterQueueS3Configuration"]["ErrorOutputPrefix"].as_text() ==
        "kinesis-channel/errors/c/" + id + "/");
  CHECK(shape["S3TablesDestinationConfiguration"].is_null());
  CHECK(shape["EncryptionConfiguration"].is_null());
  CHECK_FALSE(shape["LoggingConfiguration"]["CloudWatchLogs"]["Enabled"].as_boolean());
  CHECK(shape["LoggingConfiguration"]["CloudWatchLogs"]["LogGroupName"].is_null());

  service.clock.advance(base::Millis{499});
  CHECK(status_of(service, arn) == "CREATING");
  service.clock.advance(base::Millis{1});
  CHECK(status_of(service, arn) == "ACTIVE");
  const auto gone = service.call("DeleteChannel", R"({"ChannelARN":")" + arn + "\"}");
  CHECK(gone.status == 200);
  CHECK(gone.body.empty());
  CHECK(status_of(service, arn) == "DELETING");
  // The name is free when the channel is gone, not before.
  CHECK(created(service).type == "ResourceInUseException");
  service.clock.advance(base::Millis{500});
  const auto missing = described(service, arn);
  CHECK(missing.type == "ResourceNotFoundException");
  CHECK(missing.message == "Channel " + id + " under account 000000000000 not found.");
  const auto again = channel(service);
  CHECK(again != arn);
}

TEST_CASE("what a request says of a channel is what its description shows") {
  Service service;
  on_demand(service, "s");
  const auto arn = channel(
      service,
      {.record = R"("RecordFormatType":"STRING")",
       .destination = R"("S3DestinationConfiguration":{"DataFreshnessInSeconds":900,)"
                      R"("StorageConfiguration":{"BucketARN":"arn:aws:s3:::bucket",)"
                      R"("ExpectedBucketOwner":"111122223333","CompressionType":"ZSTD",)"
                      R"("StorageClass":"GLACIER_IR","OutputKeyTemplate":"x/!{yyyy}!{extension}"},)"
                      R"("DeadLetterQueueS3Configuration":{"BucketARN":"arn:aws:s3:::dead",)"
                      R"("ExpectedBucketOwner":"444455556666","ErrorOutputPrefix":"bad/"}})",
       .more = R"(,"EncryptionConfiguration":{"EncryptionType":"KMS","KeyId":"alias/mine"},)"
               R"("LoggingConfiguration":{"CloudWatchLogs":{"Enabled":true}},)"
               R"("Tags":{"team":"trading"})"});
  const auto answer = described(service, arn);
  const auto& shape = answer["ChannelDescription"];
  const auto& s3 = shape["S3DestinationConfiguration"];
  CHECK(s3["DataFreshnessInSeconds"].as_integer() == 900);
  CHECK(s3["StorageConfiguration"]["CompressionType"].as_text() == "ZSTD");
  CHECK(s3["StorageConfiguration"]["StorageClass"].as_text() == "GLACIER_IR");
  CHECK(s3["StorageConfiguration"]["OutputKeyTemplate"].as_text() == "x/!{yyyy}!{extension}");
  CHECK(s3["StorageConfiguration"]["ExpectedBucketOwner"].as_text() == "111122223333");
  CHECK(s3["DeadLetterQueueS3Configuration"]["ErrorOutputPrefix"].as_text() == "bad/");
  CHECK(s3["DeadLetterQueueS3Configuration"]["ExpectedBucketOwner"].as_text() == "444455556666");
  CHECK(shape["EncryptionConfiguration"]["KeyId"].as_text() == "alias/mine");
  const auto& logs = shape["LoggingConfiguration"]["CloudWatchLogs"];
  CHECK(logs["Enabled"].as_boolean());
  CHECK(logs["LogGroupName"].as_text() ==
        "/aws/kinesis/c/" + std::string{shape["ChannelId"].as_text()});
  CHECK(logs["LogStreamName"].as_text() == "DestinationDelivery");
  const auto tags = service.call("ListTagsForResource", R"({"ResourceARN":")" + arn + "\"}");
  REQUIRE_MESSAGE(tags.status == 200, tags.body);
  CHECK(tags["Tags"].as_list()[0]["Key"].as_text() == "team");
}

TEST_CASE("a request for a channel that cannot be is refused, with the reason") {
  Service service;
  on_demand(service, "s");
  service.create("provisioned");
  const std::tuple<Wanted, const char*, std::string> cases[] = {
      {{.destination = R"("Tags":{"a":"b"})"},
       "InvalidArgumentException",
       "Exactly one of S3DestinationConfiguration and S3TablesDestinationConfiguration must be "
       "specified."},
      {{.destination = to_s3 + "," + to_tables},
       "InvalidArgumentException",
       "Exactly one of S3DestinationConfiguration and S3TablesDestinationConfiguration must be "
       "specified."},
      {{.record = R"("RecordFormatType":"GSR_JSON",)" + schema},
       "InvalidArgumentException",
       "RecordFormatType GSR_JSON is only supported with S3TablesDestinationConfiguration."},
      {{.record = R"("RecordFormatType":"STRING",)" + schema, .destination = to_tables},
       "InvalidArgumentException",
       "RecordFormatType STRING is only supported with S3DestinationConfiguration."},
      {{.record = R"("RecordFormatType":"BYTE_ARRAY",)" + schema, .destination = to_tables},
       "InvalidArgumentException",
       "RecordFormatType BYTE_ARRAY is only supported with S3DestinationConfiguration."},
      {{.destination = to_tables},
       "InvalidArgumentException",
       "GSRSchemaARN is required when S3TablesDestinationConfiguration is specified."},
      {{.record = R"("RecordFormatType":"JSON",)" + schema,
        .destination = R"("S3TablesDestinationConfiguration":{"DeadLetterQueueS3Configuration":)" +
                       dead_letter + R"(,"S3TablesConfigurationList":[)" + table + "," + table +
                       "]}"},
       "InvalidArgumentException",
       "S3TablesConfigurationList must have exactly one table. It has 2."},
      {{.destination = fresh("299")},
       "InvalidArgumentException",
       "DataFreshnessInSeconds must be between 300 and 900. Specified value was 299."},
      {{.destination = fresh("901")},
       "InvalidArgumentException",
       "DataFreshnessInSeconds must be between 300 and 900. Specified value was 901."},
      {{.more =
            R"(,"EncryptionConfiguration":{"EncryptionType":"KMS","KeyId":"alias/aws/kinesis"})"},
       "InvalidArgumentException",
       "EncryptionConfiguration names the key alias/aws/kinesis, which belongs to Kinesis. A "
       "customer managed key is needed."},
      {{.more = R"(,"Tags":{"aws:x":"y"})"},
       "InvalidArgumentException",
       "Failed to add tags to channel c under account 000000000000 because the tag key aws:x "
       "begins with the prefix aws:, which is reserved for AWS."},
      {{.stream = "provisioned"},
       "ValidationException",
       "Request is invalid. Stream provisioned under account 000000000000 is in Provisioned "
       "mode."},
      {{.stream = "no"},
       "ResourceNotFoundException",
       "Stream no under account 000000000000 not found."},
      {{.name = ".."},
       "InvalidArgumentException",
       "OutputKeyTemplate 'kinesis-channel/!{channel-name}/!{channel-id}/!{yyyy}/!{MM}/!{dd}/!{HH}/"
       "!{channel-name}-!{channel-id}-!{yyyy}-!{MM}-!{dd}-!{HH}-!{mm}!{extension}' is not valid: "
       "it must not contain path traversal (..)"}};
  for (const auto& [wanted, type, message] : cases) {
    const auto answer = created(service, wanted);
    CHECK(answer.type == type);
    CHECK(answer.message == message);
  }
  CHECK(created(service).status == 200);
}

TEST_CASE("two streams are one too many, and so are two channels of a kind") {
  Service service;
  on_demand(service, "s");
  on_demand(service, "t");
  const std::string one = R"({"StreamARN":")" + region +
                          R"(stream/s","RecordConfiguration":{"RecordFormatType":"JSON"}})";
  auto answer = service.call(
      "CreateChannel",
      R"({"ChannelName":"c","ServiceExecutionRoleARN":"arn:aws:iam::000000000000:role/r",)"
      R"("StreamConfigurationList":[)" +
          one + "," + one + "]," + to_s3 + "}");
  CHECK(answer.type == "InvalidArgumentException");
  CHECK(answer.message == "StreamConfigurationList must have exactly one stream. It has 2.");

  channel(service);
  answer = created(service, {.stream = "t"});
  CHECK(answer.type == "ResourceInUseException");
  CHECK(answer.message == "Channel c under account 000000000000 already exists.");
  answer = created(service, {.name = "d"});
  CHECK(answer.type == "LimitExceededException");
  CHECK(answer.message ==
        "Stream s under account 000000000000 has a channel to Amazon S3 already: c. Limit: 1.");
  // One to S3 Tables is another matter.
  CHECK(created(service, {.name = "d",
                          .record = R"("RecordFormatType":"JSON",)" + schema,
                          .destination = to_tables})
            .status == 200);
  CHECK(created(service, {.name = "e", .stream = "t"}).status == 200);
}

TEST_CASE("a channel to S3 Tables is described and FAILED, with the reason") {
  Service service;
  on_demand(service, "s");
  const auto arn = channel(
      service, {.record = R"("RecordFormatType":"GSR_JSON",)" + schema, .destination = to_tables});
  const auto answer = described(service, arn);
  const auto& shape = answer["ChannelDescription"];
  CHECK(shape["ChannelStatus"].as_text() == "FAILED");
  CHECK(shape["ChannelStatusReason"].as_text() ==
        "Delivery to Amazon S3 Tables is not served by Millrace: it delivers to general purpose S3 "
        "buckets only. Nothing will be delivered by this channel.");
  const auto& tables = shape["S3TablesDestinationConfiguration"];
  CHECK(tables["DataFreshnessInSeconds"].as_integer() == 300);
  CHECK(tables["S3TablesConfigurationList"].as_list()[0]["TableName"].as_text() == "t");
  CHECK(tables["DeadLetterQueueS3Configuration"]["ErrorOutputPrefix"].as_text().starts_with(
      "kinesis-channel/errors/c/"));
  CHECK(shape["S3DestinationConfiguration"].is_null());
  const auto listed = service.call("ListChannels", "{}");
  const auto& summary = listed["ChannelSummaries"].as_list()[0];
  CHECK(summary["ChannelDestinationType"].as_text() == "S3_TABLES");
  CHECK(summary["ChannelStatusReason"].kind() == wire::Kind::text);
  // It can be deleted, and not updated.
  CHECK(
      updated(service, arn, R"(,"S3TablesDestinationConfiguration":{"DataFreshnessInSeconds":600})")
          .type == "ResourceInUseException");
  CHECK(service.call("DeleteChannel", R"({"ChannelARN":")" + arn + "\"}").status == 200);
}

TEST_CASE("freshness and logging can be updated, through UPDATING, and nothing else") {
  Service service;
  on_demand(service, "s");
  const auto arn = channel(service);
  const auto answer = updated(service, arn,
                              R"(,"S3DestinationConfiguration":{"DataFreshnessInSeconds":600},)"
                              R"("LoggingConfiguration":{"CloudWatchLogs":{"Enabled":true,)"
                              R"("LogGroupName":"mine"}})");
  REQUIRE_MESSAGE(answer.status == 200, answer.body);
  const auto& shape = answer["ChannelDescription"];
  CHECK(shape["ChannelStatus"].as_text() == "UPDATING");
  CHECK(shape["S3DestinationConfiguration"]["DataFreshnessInSeconds"].as_integer() == 600);
  const auto& logs = shape["LoggingConfiguration"]["CloudWatchLogs"];
  CHECK(logs["LogGroupName"].as_text() == "mine");
  CHECK(logs["LogStreamName"].as_text() == "DestinationDelivery");

  const auto busy = updated(service, arn,
                            R"(,"LoggingConfiguration":{"CloudWatchLogs":)"
                            R"({"Enabled":false}})");
  CHECK(busy.type == "ResourceInUseException");
  CHECK(busy.message ==
        "Channel c under account 000000000000 not ACTIVE, instead in state UPDATING");
  service.clock.advance(base::Millis{500});
  CHECK(status_of(service, arn) == "ACTIVE");
  CHECK(described(service,
                  arn)["ChannelDescription"]["S3DestinationConfiguration"]["DataFreshnessInSeconds"]
            .as_integer() == 600);

  const std::pair<const char*, const char*> cases[] = {
      {"",
       "At least one of S3DestinationConfiguration, S3TablesDestinationConfiguration and "
       "LoggingConfiguration must be specified."},
      {R"(,"S3TablesDestinationConfiguration":{"DataFreshnessInSeconds":600})",
       "S3TablesDestinationConfiguration cannot be specified for channel c, which delivers to "
       "Amazon S3."},
      {R"(,"S3DestinationConfiguration":{"DataFreshnessInSeconds":1})",
       "DataFreshnessInSeconds must be between 300 and 900. Specified value was 1."}};
  for (const auto& [rest, message] : cases) {
    const auto refused = updated(service, arn, rest);
    CHECK(refused.type == "InvalidArgumentException");
    CHECK(refused.message == message);
  }
}

TEST_CASE("channels are listed by name, in pages, all or those of some streams") {
  Service service;
  for (const char* stream : {"s", "t", "u"}) on_demand(service, stream);
  created(service, {.name = "bravo", .stream = "s"});
  created(service, {.name = "alpha", .stream = "t"});
  created(service, {.name = "charlie", .stream = "u"});
  const auto all = service.call("ListChannels", "{}");
  CHECK(names_of(all) == "alpha bravo charlie ");
  CHECK(all["NextToken"].is_null());
  const auto& summary = all["ChannelSummaries"].as_list()[0];
  CHECK(summary["ChannelDestinationType"].as_text() == "S3");
  CHECK(summary["ChannelStatus"].as_text() == "CREATING");
  CHECK(summary["Streams"].as_list()[0]["StreamARN"].as_text() == region + "stream/t");

  auto page = service.call("ListChannels", R"({"MaxResults":2})");
  CHECK(names_of(page) == "alpha bravo ");
  const std::string token{page["NextToken"].as_text()};
  page = service.call("ListChannels", R"({"MaxResults":2,"NextToken":")" + token + "\"}");
  CHECK(names_of(page) == "charlie ");
  CHECK(page["NextToken"].is_null());
  page = service.call("ListChannels", R"({"NextToken":"nonsense"})");
  CHECK(page.type == "InvalidArgumentException");

  const auto filter = R"("StreamFilter":[{"StreamARN":")" + region +
                      R"(stream/u"},{"StreamARN":")" + region + R"(stream/s"}])";
  const auto some = service.call("ListChannels", "{" + filter + R"(,"MaxResults":1})");
  CHECK(names_of(some) == "bravo ");
  const std::string more{some["NextToken"].as_text()};
  CHECK(names_of(service.call("ListChannels", "{" + filter + R"(,"NextToken":")" + more + "\"}")) ==
        "charlie ");
  // A page goes on with the filter it began with.
  CHECK(service.call("ListChannels", R"({"NextToken":")" + more + "\"}").type ==
        "InvalidArgumentException");
  service.clock.advance(base::Millis{300'001});
  CHECK(service.call("ListChannels", R"({"NextToken":")" + token + "\"}").type ==
        "ExpiredNextTokenException");

  const auto created_s = static_cast<std::int64_t>(
      summary["Streams"].as_list()[0]["StreamCreationTimestamp"].as_real());
  const auto by_time = [&](std::int64_t seconds) {
    return names_of(service.call("ListChannels", R"({"StreamFilter":[{"StreamARN":")" + region +
                                                     R"(stream/t","StreamCreationTimestamp":)" +
                                                     std::to_string(seconds) + "}]}"));
  };
  CHECK(by_time(created_s) == "alpha ");
  CHECK(by_time(created_s - 1) == "");
}

TEST_CASE("a stream's summary counts its channels") {
  Service service;
  on_demand(service, "s");
  const auto count = [&] {
    const auto answer = service.call("DescribeStreamSummary", R"({"StreamName":"s"})");
    return answer["StreamDescriptionSummary"]["ChannelCount"].as_integer();
  };
  CHECK(count() == 0);
  created(service);
  CHECK(count() == 1);
}

TEST_CASE("a stream cannot be deleted under a channel, and takes a FAILED one along") {
  Service service;
  on_demand(service, "s");
  on_demand(service, "t");
  const auto arn = channel(service);
  const auto refused = service.call("DeleteStream", R"({"StreamName":"s"})");
  CHECK(refused.type == "ResourceInUseException");
  CHECK(refused.message == "DeleteStream can't delete " + region + "stream/s because " + arn +
                               " is associated with this data stream. Delete its channels first.");
  CHECK(service.call("DeleteStream", R"({"StreamName":"s","EnforceConsumerDeletion":true})").type ==
        "ResourceInUseException");
  service.call("DeleteChannel", R"({"ChannelARN":")" + arn + "\"}");
  CHECK(service.call("DeleteStream", R"({"StreamName":"s"})").status == 200);

  const auto failed = channel(service, {.name = "f",
                                        .stream = "t",
                                        .record = R"("RecordFormatType":"JSON",)" + schema,
                                        .destination = to_tables});
  CHECK(service.call("DeleteStream", R"({"StreamName":"t"})").status == 200);
  service.clock.advance(base::Millis{500});
  CHECK(status_of(service, failed) == "ResourceNotFoundException");
  CHECK(names_of(service.call("ListChannels", "{}")) == "");
}
