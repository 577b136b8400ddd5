// Rates as clients meet them: what is refused, in which words, and that it recovers with the clock.
#include <doctest/doctest.h>

#include "common/base/base64.hpp"
#include "tests/support/service.hpp"

using namespace millrace;
using test::Answer;
using test::Service;

namespace {

constexpr const char* rate_exceeded =
    "Rate exceeded for shard shardId-000000000000 in stream s under account 000000000000.";

struct Limited : Service {
  Limited() : Service(engine::Options{.aws_limits = true}) {}
  Answer put(std::size_t bytes) {
    return call("PutRecord", R"({"StreamName":"s","PartitionKey":"k","Data":")" +
                                 base::base64_encode(std::string(bytes, 'x')) + R"("})");
  }
  Answer put_all(std::size_t count, std::size_t bytes, const char* more = "") {
    std::string body = R"({"StreamName":"s","Records":[)";
    const auto data = base::base64_encode(std::string(bytes, 'x'));
    for (std::size_t i = 0; i < count; ++i) {
      body += (i > 0 ? "," : "");
      body += R"({"PartitionKey":"k","Data":")" + data + "\"" + more + "}";
    }
    return call("PutRecords", body + "]}");
  }
  std::string iterator(const char* shard = "shardId-000000000000") {
    const auto answer =
        call("GetShardIterator", std::string{R"({"StreamName":"s","ShardId":")"} + shard +
                                     R"(","ShardIteratorType":"TRIM_HORIZON"})");
    REQUIRE(answer.status == 200);
    return std::string{answer["ShardIterator"].as_text()};
  }
  Answer get(const std::string& position) {
    return call("GetRecords", R"({"ShardIterator":")" + position + "\"}");
  }
  void limits(const char* word) {
    protocol::Request request;
    request.method = "PUT";
    request.target = "/_millrace/api/streams/s/limits";
    request.body = std::string{R"({"limits":")"} + word + "\"}";
    REQUIRE(send(std::move(request)).status == 200);
  }
  void wait(std::int64_t ms) { clock.advance(base::Millis{ms}); }
};

void check_throttled(const Answer& answer) {
  CHECK(answer.status == 400);
  CHECK(answer.type == "ProvisionedThroughputExceededException");
  CHECK(answer.message == rate_exceeded);
}

}  // namespace

TEST_CASE("PutRecord: a shard takes a mebibyte a second, keys included") {
  Limited service;
  service.create("s");
  CHECK(service.put(1'048'575).status == 200);  // and the key
  check_throttled(service.put(0));
  service.wait(999);
  check_throttled(service.put(1'048'575));
  service.wait(1);
  CHECK(service.put(1'048'575).status == 200);
}

TEST_CASE("PutRecord: a shard takes a thousand records a second, and its neighbour has its own") {
  Limited service;
  service.create("s", 2);
  const auto put = [&](const char* hash) {
    return service.call("PutRecord",
                        std::string{R"({"StreamName":"s","PartitionKey":"k","Data":"eA==",)"} +
                            R"("ExplicitHashKey":")" + hash + "\"}");
  };
  for (int i = 0; i < 1000; ++i) REQUIRE(put("0").status == 200);
  check_throttled(put("0"));
  CHECK(put("340282366920938463463374607431768211455").status == 200);
  service.wait(1);
  CHECK(put("0").status == 200);
  check_throttled(put("0"));
}

TEST_CASE(
    "PutRecord: a record of 10 MiB empties the tank of its stream, which refills at 1 MiB/s") {
  Limited service;
  service.call("CreateStream", R"({"StreamName":"s","ShardCount":1,"MaxRecordSizeInKiB":10240})");
  service.wait(500);
  const auto largest = std::size_t{10'485'760 - 1};
  CHECK(service.put(largest).status == 200);
  check_throttled(service.put(1));
  service.wait(1000);
  CHECK(service.put(1'000'000).status == 200);
  check_throttled(service.put(1'000'000));
  service.wait(9'900);
  check_throttled(service.put(largest));
  service.wait(100);
  CHECK(service.put(largest).status == 200);
}

TEST_CASE("PutRecords: entries above the rate fail one by one, and the others are stored") {
  Limited service;
  service.create("s");
  // 100,001 bytes each: ten of them fit.
  const auto answer = service.put_all(12, 100'000);
  CHECK(answer.status == 200);
  CHECK(answer["FailedRecordCount"].as_integer() == 2);
  const auto results = answer["Records"].as_list();
  REQUIRE(results.size() == 12);
  for (std::size_t i = 0; i < results.size(); ++i) {
    CAPTURE(i);
    const auto& result = results[i];
    const bool stored = i < 10;
    CHECK(result["SequenceNumber"].is_null() == !stored);
    CHECK(result["ShardId"].is_null() == !stored);
    CHECK(result["ErrorCode"].is_null() == stored);
    CHECK(result["ErrorMessage"].is_null() == stored);
    if (stored) continue;
    CHECK(result["ErrorCode"].as_text() == "ProvisionedThroughputExceededException");
    CHECK(result["ErrorMessage"].as_text() == rate_exceeded);
  }
  // A smaller one behind a refused one still fits.
  CHECK(service.put(40'000).status == 200);
  CHECK(service.get(service.iterator())["Records"].as_list().size() == 11);
  service.wait(1000);
  CHECK(service.put_all(10, 100'000)["FailedRecordCount"].as_integer() == 0);
}

TEST_CASE("PutRecords: a thousand records a second, then every entry fails and the call succeeds") {
  Limited service;
  service.create("s");
  CHECK(service.put_all(500, 1)["FailedRecordCount"].as_integer() == 0);
  CHECK(service.put_all(500, 1)["FailedRecordCount"].as_integer() == 0);
  const auto answer = service.put_all(500, 1);
  CHECK(answer.status == 200);
  CHECK(answer["FailedRecordCount"].as_integer() == 500);
  service.wait(100);
  CHECK(service.put_all(500, 1)["FailedRecordCount"].as_integer() == 400);
}

TEST_CASE("GetRecords: five calls a second a shard") {
  Limited service;
  service.create("s", 2);
  const auto position = service.iterator();
  const auto other = service.iterator("shardId-000000000001");
  for (int i = 0; i < 5; ++i) REQUIRE(service.get(position).status == 200);
  check_throttled(service.get(position));
  CHECK(service.get(other).status == 200);
  service.wait(200);
  CHECK(service.get(position).status == 200);
  check_throttled(service.get(position));
}

TEST_CASE("GetRecords: an answer of 10 MiB blocks the shard for five seconds") {
  Limited service;
  service.create("s");
  service.limits("off");
  for (int i = 0; i < 11; ++i) REQUIRE(service.put(1'048'575).status == 200);
  service.limits("default");
  const auto position = service.iterator();
  CHECK(service.get(position)["Records"].as_list().size() == 10);
  check_throttled(service.get(position));
  service.wait(4'999);
  check_throttled(service.get(position));
  service.wait(1);
  CHECK(service.get(position)["Records"].as_list().size() == 10);
}

TEST_CASE("GetShardIterator: five a second for each open shard") {
  Limited service;
  service.create("s", 2);
  const char* body =
      R"({"StreamName":"s","ShardId":"shardId-000000000000","ShardIteratorType":"LATEST"})";
  for (int i = 0; i < 5; ++i) REQUIRE(service.call("GetShardIterator", body).status == 200);
  check_throttled(service.call("GetShardIterator", body));
  service.iterator("shardId-000000000001");
  service.wait(200);
  CHECK(service.call("GetShardIterator", body).status == 200);
}

TEST_CASE("data plane: a dry run uses nothing up") {
  Limited service;
  service.create("s");
  const auto position = service.iterator();
  for (int i = 0; i < 20; ++i) {
    CHECK(
        service.call("GetRecords", R"({"DryRun":true,"ShardIterator":")" + position + "\"}").type ==
        "DryRunOperationException");
    CHECK(service
              .call("GetShardIterator", R"({"DryRun":true,"StreamName":"s","ShardId":"0",)"
                                        R"("ShardIteratorType":"LATEST"})")
              .type == "DryRunOperationException");
  }
  CHECK(service.get(position).status == 200);
}

TEST_CASE("control plane: each operation has its rate, and recovers") {
  struct Case {
    const char* operation;
    const char* body;
    int per_s;
    const char* subject;
  };
  const Case cases[] = {
      {"ListStreams", "{}", 5, "account 000000000000"},
      {"DescribeStream", R"({"StreamName":"s"})", 10, "stream s under account 000000000000"},
      {"DescribeStreamSummary",
       R"({"StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/s"})", 20,
       "stream s under account 000000000000"},
      {"ListShards", R"({"StreamName":"s"})", 1000, "stream s under account 000000000000"},
      {"ListStreamConsumers", R"({"StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/s"})",
       5, "stream s under account 000000000000"},
      {"IncreaseStreamRetentionPeriod", R"({"StreamName":"s","RetentionPeriodHours":24})", 5,
       "stream s under account 000000000000"},
      {"DeleteStream", R"({"StreamName":"none"})", 5, "stream none under account 000000000000"},
  };
  Limited service;
  service.create("s");
  for (const auto& one : cases) {
    CAPTURE(one.operation);
    service.wait(1000);
    for (int i = 0; i < one.per_s; ++i) {
      REQUIRE(service.call(one.operation, one.body).type != "LimitExceededException");
    }
    const auto answer = service.call(one.operation, one.body);
    CHECK(answer.status == 400);
    CHECK(answer.type == "LimitExceededException");
    CHECK(answer.message == std::string{"Rate exceeded for "} + one.subject + ".");
    service.wait(1000 / one.per_s);
    CHECK(service.call(one.operation, one.body).type != "LimitExceededException");
    CHECK(service.call(one.operation, one.body).type == "LimitExceededException");
  }
}

TEST_CASE("control plane: rates by account are shared by its streams, rates by stream are not") {
  Limited service;
  service.create("s");
  service.create("t");
  for (int i = 0; i < 10; ++i) service.call("DescribeStream", R"({"StreamName":"s"})");
  CHECK(service.call("DescribeStream", R"({"StreamName":"t"})").message ==
        "Rate exceeded for stream t under account 000000000000.");
  const char* elsewhere =
      "AWS4-HMAC-SHA256 Credential=123456789012/20261122/us-east-1/kinesis/aws4_request, "
      "SignedHeaders=host, Signature=0";
  CHECK(service.call("DescribeStream", R"({"StreamName":"t"})", elsewhere).type ==
        "ResourceNotFoundException");
  const char* body = R"({"StreamName":"s","RetentionPeriodHours":24})";
  for (int i = 0; i < 6; ++i) service.call("DecreaseStreamRetentionPeriod", body);
  CHECK(service.call("DecreaseStreamRetentionPeriod", body).type == "LimitExceededException");
  CHECK(
      service
          .call("DecreaseStreamRetentionPeriod", R"({"StreamName":"t","RetentionPeriodHours":24})")
          .status == 200);
}

TEST_CASE("control plane: a malformed call is told what is wrong with it, and is not counted") {
  Limited service;
  for (int i = 0; i < 50; ++i) {
    REQUIRE(service.call("ListStreams", R"({"Limit":0})").type == "ValidationException");
  }
  CHECK(service.call("ListStreams", "{}").status == 200);
}

TEST_CASE("limits: a stream's own setting goes before the server's, both ways") {
  Limited service;
  service.create("s");
  service.limits("off");
  for (int i = 0; i < 3; ++i) CHECK(service.put(1'000'000).status == 200);
  const auto position = service.iterator();
  for (int i = 0; i < 10; ++i) CHECK(service.get(position).status == 200);
  for (int i = 0; i < 30; ++i) {
    CHECK(service.call("DescribeStreamSummary", R"({"StreamName":"s"})").status == 200);
  }
  service.limits("aws");
  CHECK(service.put(1'000'000).status == 200);  // nothing was counted meanwhile
  check_throttled(service.put(1'000'000));

  Service free;  // the server's limits are off
  free.create("s");
  protocol::Request request;
  request.method = "PUT";
  request.target = "/_millrace/api/streams/s/limits";
  request.body = R"({"limits":"aws"})";
  REQUIRE(free.send(std::move(request)).status == 200);
  const char* body = R"({"StreamName":"s"})";
  for (int i = 0; i < 20; ++i) free.call("DescribeStreamSummary", body);
  CHECK(free.call("DescribeStreamSummary", body).type == "LimitExceededException");
  for (int i = 0; i < 50; ++i) CHECK(free.call("ListStreams", "{}").status == 200);
}
