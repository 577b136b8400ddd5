// CreateStream, DeleteStream, DescribeStream, DescribeStreamSummary, ListStreams: types,
// constraints, behaviour.
#include <doctest/doctest.h>

#include "tests/support/service.hpp"

using namespace millrace;
using test::Service;

namespace {

std::string name_of_length(std::size_t size) {
  return std::string(size, 'a');
}

}  // namespace

TEST_CASE("CreateStream: wrong types") {
  Service service;
  const std::pair<const char*, const char*> cases[] = {
      {R"({"StreamName":true})", "class java.lang.Boolean can not be converted to an String"},
      {R"({"StreamName":23})",
       "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an "
       "String"},
      {R"({"StreamName":[]})", "Start of list found where not expected"},
      {R"({"StreamName":{}})", "Start of structure or map found where not expected."},
      {R"({"ShardCount":"1"})", "class java.lang.String can not be converted to an Integer"},
      {R"({"ShardCount":true})", "class java.lang.Boolean can not be converted to an Integer"},
      {R"({"StreamModeDetails":"x"})", "Expected null"},
      {R"({"Tags":1})", "Expected map or null"},
      {R"({"Tags":{"a":1}})",
       "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an "
       "String"}};
  for (const auto& [body, message] : cases) {
    CAPTURE(body);
    const auto answer = service.call("CreateStream", body);
    CHECK(answer.status == 400);
    CHECK(answer.type == "SerializationException");
    CHECK(answer.message == message);
  }
}

TEST_CASE("CreateStream: constraints") {
  Service service;
  const std::pair<std::string, std::string> cases[] = {
      {"{}",
       "1 validation error detected: Value null at 'streamName' failed to satisfy constraint: "
       "Member "
       "must not be null"},
      {R"({"StreamName":"","ShardCount":0})",
       "3 validation errors detected: Value '' at 'streamName' failed to satisfy constraint: "
       "Member must "
       "satisfy regular expression pattern: [a-zA-Z0-9_.-]+; Value '' at 'streamName' failed to "
       "satisfy "
       "constraint: Member must have length greater than or equal to 1; Value '0' at 'shardCount' "
       "failed "
       "to satisfy constraint: Member must have value greater than or equal to 1"},
      {R"({"StreamName":")" + name_of_length(129) + R"("})",
       "1 validation error detected: Value '" + name_of_length(129) +
           "' at 'streamName' failed to satisfy constraint: Member must have length less than or "
           "equal "
           "to 128"},
      {R"({"StreamName":"a","StreamModeDetails":{}})",
       "1 validation error detected: Value null at 'streamModeDetails.streamMode' failed to "
       "satisfy "
       "constraint: Member must not be null"},
      {R"({"StreamName":"a","StreamModeDetails":{"StreamMode":"X"}})",
       "1 validation error detected: Value 'X' at 'streamModeDetails.streamMode' failed to satisfy "
       "constraint: Member must satisfy enum value set: [PROVISIONED, ON_DEMAND]"},
      {R"({"StreamName":"a","MaxRecordSizeInKiB":1})",
       "1 validation error detected: Value '1' at 'maxRecordSizeInKiB' failed to satisfy "
       "constraint: "
       "Member must have value greater than or equal to 1024"}};
  for (const auto& [body, message] : cases) {
    CAPTURE(body);
    const auto answer = service.call("CreateStream", body);
    CHECK(answer.type == "ValidationException");
    CHECK(answer.message == message);
  }
}

TEST_CASE("CreateStream: goes from CREATING without shards to ACTIVE with them") {
  Service service;
  const auto created = service.call("CreateStream", R"({"StreamName":"s","ShardCount":2})");
  CHECK(created.status == 200);
  CHECK(created.body.empty());
  auto described = service.call("DescribeStream", R"({"StreamName":"s"})");
  const auto& creating = described["StreamDescription"];
  CHECK(creating["StreamStatus"].as_text() == "CREATING");
  CHECK(creating["Shards"].as_list().empty());
  CHECK(creating["StreamARN"].as_text() == "arn:aws:kinesis:us-east-1:000000000000:stream/s");
  service.clock.advance(base::Millis{500});
  described = service.call("DescribeStream", R"({"StreamName":"s"})");
  const auto& active = described["StreamDescription"];
  CHECK(active["StreamStatus"].as_text() == "ACTIVE");
  CHECK(active["RetentionPeriodHours"].as_integer() == 24);
  CHECK(active["StreamModeDetails"]["StreamMode"].as_text() == "PROVISIONED");
  CHECK(active["EncryptionType"].as_text() == "NONE");
  CHECK(active["EnhancedMonitoring"].as_list()[0]["ShardLevelMetrics"].as_list().empty());
  CHECK_FALSE(active["HasMoreShards"].as_boolean());
  REQUIRE(active["Shards"].as_list().size() == 2);
  const auto& second = active["Shards"].as_list()[1];
  CHECK(second["ShardId"].as_text() == "shardId-000000000001");
  CHECK(second["HashKeyRange"]["StartingHashKey"].as_text() ==
        "170141183460469231731687303715884105728");
  CHECK(second["HashKeyRange"]["EndingHashKey"].as_text() ==
        "340282366920938463463374607431768211455");
  CHECK(second["SequenceNumberRange"]["EndingSequenceNumber"].is_null());
  CHECK(second["ParentShardId"].is_null());
}

TEST_CASE("CreateStream: a name twice, and the shard limit") {
  Service service{{.shard_limit = 5}};
  service.create("s", 3);
  auto answer = service.call("CreateStream", R"({"StreamName":"s","ShardCount":1})");
  CHECK(answer.type == "ResourceInUseException");
  CHECK(answer.message == "Stream s under account 000000000000 already exists.");
  answer = service.call("CreateStream", R"({"StreamName":"t","ShardCount":3})");
  CHECK(answer.type == "LimitExceededException");
  CHECK(
      answer.message.starts_with("This request would exceed the shard limit for the account "
                                 "000000000000 in us-east-1. Current "
                                 "shard count for the account: 3. Limit: 5. Number of additional "
                                 "shards that would have resulted "
                                 "from this request: 3. Refer to the AWS Service Limits page"));
  CHECK(service.call("CreateStream", R"({"StreamName":"t","ShardCount":2})").status == 200);
}

TEST_CASE("CreateStream: on-demand streams and streams without a count begin with four shards") {
  Service service;
  service.call("CreateStream",
               R"({"StreamName":"d","StreamModeDetails":{"StreamMode":"ON_DEMAND"}})");
  service.call("CreateStream", R"({"StreamName":"n"})");
  service.clock.advance(base::Millis{500});
  for (const char* name : {"d", "n"}) {
    const auto answer =
        service.call("DescribeStreamSummary", R"({"StreamName":")" + std::string{name} + "\"}");
    CHECK(answer["StreamDescriptionSummary"]["OpenShardCount"].as_integer() == 4);
  }
}

TEST_CASE("CreateStream: tags with strange characters, and a strategy without on-demand mode") {
  Service service;
  auto answer =
      service.call("CreateStream", R"({"StreamName":"s","ShardCount":1,"Tags":{"a;b":"c"}})");
  CHECK(answer.type == "InvalidArgumentException");
  CHECK(answer.message ==
        "Some tags contain invalid characters. Valid characters: Unicode letters, digits, white "
        "space, _ "
        ". / = + - % @.");
  answer = service.call("CreateStream",
                        R"({"StreamName":"s","ShardCount":1,"RecordDistributionStrategy":"AUTO"})");
  CHECK(answer.type == "InvalidArgumentException");
}

TEST_CASE("DeleteStream: DELETING, then not found; the name can be used again at once") {
  Service service;
  service.create("s");
  CHECK(service.call("DeleteStream", R"({"StreamName":"s"})").status == 200);
  CHECK(service.call("DescribeStream", R"({"StreamName":"s"})")["StreamDescription"]["StreamStatus"]
            .as_text() == "DELETING");
  CHECK(service.call("PutRecord", R"({"StreamName":"s","PartitionKey":"a","Data":""})").type ==
        "ResourceNotFoundException");
  service.clock.advance(base::Millis{500});
  const auto answer = service.call("DescribeStream", R"({"StreamName":"s"})");
  CHECK(answer.type == "ResourceNotFoundException");
  CHECK(answer.message == "Stream s under account 000000000000 not found.");
  CHECK(service.call("CreateStream", R"({"StreamName":"s","ShardCount":1})").status == 200);
  service.tidy();
  CHECK(service.call("DeleteStream", R"({"StreamName":"none"})").type ==
        "ResourceNotFoundException");
}

TEST_CASE("DescribeStream: pages of shards") {
  Service service;
  service.create("s", 5);
  auto answer = service.call("DescribeStream", R"({"StreamName":"s","Limit":2})");
  CHECK(answer["StreamDescription"]["Shards"].as_list().size() == 2);
  CHECK(answer["StreamDescription"]["HasMoreShards"].as_boolean());
  answer = service.call(
      "DescribeStream",
      R"({"StreamName":"s","Limit":3,"ExclusiveStartShardId":"shardId-000000000001"})");
  CHECK(answer["StreamDescription"]["Shards"].as_list()[0]["ShardId"].as_text() ==
        "shardId-000000000002");
  CHECK_FALSE(answer["StreamDescription"]["HasMoreShards"].as_boolean());
  CHECK(service.call("DescribeStream", R"({"StreamName":"s","Limit":0})").type ==
        "ValidationException");
}

TEST_CASE("streams are named by name, by ARN, or by both when they agree") {
  Service service;
  service.create("s");
  const std::string arn = R"("StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/s")";
  CHECK(service.call("DescribeStreamSummary", "{" + arn + "}").status == 200);
  CHECK(service.call("DescribeStreamSummary", "{" + arn + R"(,"StreamName":"s"})").status == 200);
  CHECK(service.call("DescribeStreamSummary", "{" + arn + R"(,"StreamName":"t"})").type ==
        "InvalidArgumentException");
  CHECK(service.call("DescribeStreamSummary", "{}").type == "InvalidArgumentException");
  const auto other =
      service.call("DescribeStreamSummary",
                   R"({"StreamARN":"arn:aws:kinesis:us-east-1:111111111111:stream/s"})");
  CHECK(other.message == "Stream s under account 111111111111 not found.");
  CHECK(service.call("DescribeStreamSummary", R"({"StreamARN":"arn:aws:s3:::x"})").type ==
        "ValidationException");
}

TEST_CASE("an access key of twelve digits is the account, the signature names the region") {
  Service service;
  const std::string key =
      "AWS4-HMAC-SHA256 Credential=123456789012/20261122/eu-west-1/kinesis/aws4_request, "
      "SignedHeaders=host, Signature=0";
  CHECK(service.call("CreateStream", R"({"StreamName":"s","ShardCount":1})", key).status == 200);
  CHECK(service.call("DescribeStream", R"({"StreamName":"s"})").type ==
        "ResourceNotFoundException");
  const auto answer = service.call("DescribeStream", R"({"StreamName":"s"})", key);
  CHECK(answer["StreamDescription"]["StreamARN"].as_text() ==
        "arn:aws:kinesis:eu-west-1:123456789012:stream/s");
}

TEST_CASE("ListStreams: in order, in pages, by name or by token") {
  Service service;
  for (const char* name : {"c", "a", "b", "d"}) service.create(name);
  auto answer = service.call("ListStreams", R"({"Limit":3})");
  REQUIRE(answer["StreamNames"].as_list().size() == 3);
  CHECK(answer["StreamNames"].as_list()[0].as_text() == "a");
  CHECK(answer["HasMoreStreams"].as_boolean());
  CHECK(answer["StreamSummaries"].as_list()[2]["StreamName"].as_text() == "c");
  const std::string token{answer["NextToken"].as_text()};
  answer = service.call("ListStreams", R"({"NextToken":")" + token + "\"}");
  REQUIRE(answer["StreamNames"].as_list().size() == 1);
  CHECK(answer["StreamNames"].as_list()[0].as_text() == "d");
  CHECK(answer["NextToken"].is_null());
  answer = service.call("ListStreams", R"({"ExclusiveStartStreamName":"bb"})");
  CHECK(answer["StreamNames"].as_list().size() == 2);
  CHECK(service.call("ListStreams", R"({"NextToken":"nonsense"})").type ==
        "InvalidArgumentException");
  service.clock.advance(base::Millis{300'001});
  CHECK(service.call("ListStreams", R"({"NextToken":")" + token + "\"}").type ==
        "ExpiredNextTokenException");
}
