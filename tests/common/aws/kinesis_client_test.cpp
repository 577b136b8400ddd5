#include "common/aws/kinesis_client.hpp"

#include <doctest/doctest.h>

#include "common/sigv4/verify.hpp"
#include "tests/support/fake_aws.hpp"

using namespace millrace;
using test::answer;
using test::aws_error;
using test::FakeKinesis;

TEST_CASE("Kinesis client: PutRecord sends base64 and reads shard and number") {
  FakeKinesis fake{[](const std::string&, const std::string&) {
    return answer(R"({"ShardId":"shardId-000000000000","SequenceNumber":"495"})");
  }};
  const auto result = fake.client->put_record({.name = "s"}, {"hello", "key"});
  REQUIRE(result);
  CHECK(result.value().shard_id == "shardId-000000000000");
  CHECK(result.value().sequence_number == "495");
  const auto requests = fake.transport->requests();
  REQUIRE(requests.size() == 1);
  CHECK(requests[0].body == R"({"StreamName":"s","Data":"aGVsbG8=","PartitionKey":"key"})");
  CHECK(requests[0].method == "POST");
  CHECK(requests[0].target == "/");
}

TEST_CASE("Kinesis client: requests carry a signature that checks") {
  FakeKinesis fake{
      [](const std::string&, const std::string&) { return answer(R"({"Shards":[]})"); }};
  REQUIRE(fake.client->list_shards({.arn = "arn:x"}, ""));
  const auto sent = fake.transport->requests().at(0);
  std::vector<sigv4::Header> headers{{"Host", "localhost:4566"}};
  for (const auto& [name, value] : sent.headers) headers.push_back({name, value});
  const sigv4::Request request{sent.method, sent.target, headers};
  const auto presented = sigv4::read_signature(request);
  REQUIRE(presented);
  CHECK(presented.value().service.name == "kinesis");
  CHECK(sigv4::signed_headers(presented.value().signed_names) ==
        "content-type;host;x-amz-date;x-amz-target");
  CHECK(sigv4::verify(request, sent.body, presented.value(), "secret", fake.clock.now()));
}

TEST_CASE("Kinesis client: PutRecords tells which entries failed") {
  FakeKinesis fake{[](const std::string&, const std::string&) {
    return answer(R"({"FailedRecordCount":1,"Records":[{"SequenceNumber":"1","ShardId":"a"},)"
                  R"({"ErrorCode":"ProvisionedThroughputExceededException","ErrorMessage":"m"}]})");
  }};
  const std::vector<aws::PutEntry> entries{{"a", "k"}, {"b", "k"}};
  const auto result = fake.client->put_records({.name = "s"}, entries);
  REQUIRE(result);
  CHECK(result.value().failed == 1);
  CHECK(result.value().records[0].error_code.empty());
  CHECK(result.value().records[1].error_code == "ProvisionedThroughputExceededException");
}

TEST_CASE("Kinesis client: GetRecords decodes data, times and the end of a shard") {
  FakeKinesis fake{[](const std::string&, const std::string&) {
    return answer(R"({"Records":[{"Data":"aGVsbG8=","PartitionKey":"k","SequenceNumber":"7",)"
                  R"("ApproximateArrivalTimestamp":1700000000.123}],"MillisBehindLatest":5,)"
                  R"("ChildShards":[{"ShardId":"c1"},{"ShardId":"c2"}]})");
  }};
  const auto page = fake.client->get_records({.name = "s"}, "it", 100);
  REQUIRE(page);
  REQUIRE(page.value().records.size() == 1);
  CHECK(page.value().records[0].data == "hello");
  CHECK(page.value().records[0].arrival_ms == 1'700'000'000'123);
  CHECK(page.value().next_iterator.empty());
  CHECK(page.value().child_shards == std::vector<std::string>{"c1", "c2"});
  CHECK(fake.transport->requests()[0].body == R"({"ShardIterator":"it","Limit":100})");
}

TEST_CASE("Kinesis client: GetShardIterator sends what its type needs") {
  FakeKinesis fake{
      [](const std::string&, const std::string&) { return answer(R"({"ShardIterator":"it"})"); }};
  const aws::StreamRef stream{.name = "s"};
  const auto body = [&](const aws::IteratorStart& start) {
    REQUIRE(fake.client->get_shard_iterator(stream, "x", start));
    return fake.transport->requests().back().body;
  };
  CHECK(body({aws::IteratorType::latest}) ==
        R"({"StreamName":"s","ShardId":"x","ShardIteratorType":"LATEST"})");
  CHECK(body({.type = aws::IteratorType::after_sequence, .sequence_number = "9"}) ==
        R"({"StreamName":"s","ShardId":"x","ShardIteratorType":"AFTER_SEQUENCE_NUMBER",)"
        R"("StartingSequenceNumber":"9"})");
  CHECK(body({.type = aws::IteratorType::at_timestamp, .timestamp_ms = 1'700'000'000'500}) ==
        R"({"StreamName":"s","ShardId":"x","ShardIteratorType":"AT_TIMESTAMP",)"
        R"("Timestamp":1700000000.5})");
}

TEST_CASE("Kinesis client: ListShards follows the token without the stream's name") {
  int calls = 0;
  FakeKinesis fake{[&](const std::string&, const std::string& body) {
    if (++calls == 1) return answer(R"({"Shards":[{"ShardId":"a"}],"NextToken":"t"})");
    CHECK(body == R"({"NextToken":"t"})");
    return answer(R"({"Shards":[{"ShardId":"b","ParentShardId":"a",)"
                  R"("SequenceNumberRange":{"StartingSequenceNumber":"1",)"
                  R"("EndingSequenceNumber":"2"}}]})");
  }};
  const auto shards = fake.client->list_all_shards({.name = "s"});
  REQUIRE(shards);
  REQUIRE(shards.value().size() == 2);
  CHECK_FALSE(shards.value()[0].closed);
  CHECK(shards.value()[1].parent_id == "a");
  CHECK(shards.value()[1].closed);
}

TEST_CASE("Kinesis client: throttling, 5xx and lost connections are tried again") {
  for (const char* kind : {"throttled", "500", "lost"}) {
    CAPTURE(kind);
    int calls = 0;
    FakeKinesis fake{
        [&](const std::string&, const std::string&) -> base::Result<net::HttpResponse> {
          if (++calls == 3) return answer("");
          if (kind[0] == 't') return aws_error("ProvisionedThroughputExceededException");
          if (kind[0] == '5') return aws_error("InternalFailure", 500);
          return base::Error{base::ErrorCode::io, "connection refused"};
        }};
    CHECK(fake.client->create_stream("s", 1));
    CHECK(calls == 3);
    using std::chrono::milliseconds;
    const int base = kind[0] == 't' ? 500 : 100;
    CHECK(fake.waiter.waits() ==
          std::vector<milliseconds>{milliseconds{base / 2}, milliseconds{base}});
  }
}

TEST_CASE("Kinesis client: attempts end, and the last error says what AWS said") {
  int calls = 0;
  FakeKinesis fake{[&](const std::string&, const std::string&) {
    ++calls;
    return aws_error("ProvisionedThroughputExceededException");
  }};
  const auto result = fake.client->create_stream("s", 1);
  REQUIRE_FALSE(result);
  CHECK(calls == 3);
  CHECK(result.error().code() == base::ErrorCode::throughput_exceeded);
  CHECK(result.error().message() == "ProvisionedThroughputExceededException: told so");
}

TEST_CASE("Kinesis client: what cannot get better is not tried again") {
  for (const char* name : {"ResourceNotFoundException", "ValidationException",
                           "UnrecognizedClientException", "ExpiredIteratorException"}) {
    CAPTURE(name);
    int calls = 0;
    FakeKinesis fake{[&](const std::string&, const std::string&) {
      ++calls;
      return aws_error(name);
    }};
    const auto result = fake.client->get_records({.name = "s"}, "it", 1);
    REQUIRE_FALSE(result);
    CHECK(result.error().name() == name);
    CHECK(calls == 1);
  }
}

TEST_CASE("Kinesis client: stopping ends the wait between attempts") {
  FakeKinesis fake{
      [&](const std::string&, const std::string&) { return aws_error("InternalFailure", 500); }};
  fake.waiter.stop();
  const auto result = fake.client->create_stream("s", 1);
  REQUIRE_FALSE(result);
  CHECK(result.error().code() == base::ErrorCode::cancelled);
}

TEST_CASE("Kinesis client: answers of a wrong shape are errors, not crashes") {
  for (const char* body : {"", "[]", "null", "{", R"({"Records":1})", R"({"Records":[1]})",
                           R"({"Records":[{"Data":1}]})", R"({"Records":[{"Data":"%%%%"}]})",
                           R"({"Records":[{"Data":"aGk="}]})"}) {
    CAPTURE(body);
    FakeKinesis fake{[&](const std::string&, const std::string&) { return answer(body); }};
    CHECK_FALSE(fake.client->get_records({.name = "s"}, "it", 1));
    CHECK_FALSE(fake.client->put_records({.name = "s"}, std::vector<aws::PutEntry>{{"a", "k"}}));
    CHECK_FALSE(fake.client->put_record({.name = "s"}, {"a", "k"}));
    CHECK_FALSE(fake.client->get_shard_iterator({.name = "s"}, "x", {}));
    CHECK_FALSE(fake.client->describe_stream_summary({.name = "s"}));
    CHECK_FALSE(fake.client->list_shards({.name = "s"}, ""));
  }
}

TEST_CASE("Kinesis client: an error without a JSON body still says status and text") {
  FakeKinesis fake{[&](const std::string&, const std::string&) {
    return answer("<html>no\nkinesis here</html>", 404);
  }};
  const auto result = fake.client->describe_stream_summary({.name = "s"});
  REQUIRE_FALSE(result);
  CHECK(result.error().message() == "HTTP status 404: <html>no kinesis here</html>");
}
