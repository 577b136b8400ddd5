// RegisterStreamConsumer, DeregisterStreamConsumer, DescribeStreamConsumer, ListStreamConsumers:
// types, constraints, behaviour; and what consumers mean to the stream's own operations.
#include <doctest/doctest.h>

#include "tests/support/service.hpp"
#include "tests/support/temp_dir.hpp"

using namespace millrace;
using test::Answer;
using test::Service;

namespace {

const std::string prefix = "arn:aws:kinesis:us-east-1:000000000000:stream/";

std::string stream_arn(const std::string& stream) {
  return R"("StreamARN":")" + prefix + stream + "\"";
}

Answer registered(Service& service, const std::string& stream, const std::string& name) {
  return service.call("RegisterStreamConsumer",
                      "{" + stream_arn(stream) + R"(,"ConsumerName":")" + name + "\"}");
}

// Registers and waits for ACTIVE; the consumer's ARN.
std::string consumer(Service& service, const std::string& stream, const std::string& name) {
  const auto answer = registered(service, stream, name);
  REQUIRE(answer.status == 200);
  service.clock.advance(base::Millis{500});
  return std::string{answer["Consumer"]["ConsumerARN"].as_text()};
}

Answer described(Service& service, const std::string& arn) {
  return service.call("DescribeStreamConsumer", R"({"ConsumerARN":")" + arn + "\"}");
}

std::string status_of(Service& service, const std::string& arn) {
  const auto answer = described(service, arn);
  if (answer.status != 200) return answer.type;
  return std::string{answer["ConsumerDescription"]["ConsumerStatus"].as_text()};
}

}  // namespace

TEST_CASE("consumers: wrong types") {
  Service service;
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"RegisterStreamConsumer", R"({"StreamARN":true})",
       "class java.lang.Boolean can not be converted to an String"},
      {"RegisterStreamConsumer", R"({"ConsumerName":[]})",
       "Start of list found where not expected"},
      {"RegisterStreamConsumer", R"({"Tags":"x"})", "Expected map or null"},
      {"DeregisterStreamConsumer", R"({"ConsumerARN":1})",
       "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an "
       "String"},
      {"DescribeStreamConsumer", R"({"ConsumerName":{}})",
       "Start of structure or map found where not expected."},
      {"ListStreamConsumers", R"({"MaxResults":"1"})",
       "class java.lang.String can not be converted to an Integer"},
      {"ListStreamConsumers", R"({"StreamCreationTimestamp":"now"})",
       "class java.lang.String can not be converted to milliseconds since epoch"}};
  for (const auto& [operation, body, message] : cases) {
    CAPTURE(operation);
    CAPTURE(body);
    const auto answer = service.call(operation, body);
    CHECK(answer.status == 400);
    CHECK(answer.type == "SerializationException");
    CHECK(answer.message == message);
  }
}

TEST_CASE("consumers: constraints") {
  Service service;
  const std::string bad_arn =
      "1 validation error detected: Value 'x' at 'consumerARN' failed to satisfy constraint: "
      "Member "
      "must satisfy regular expression pattern: "
      "(arn):aws.*:kinesis:.*:\\d{12}:.*stream\\/[a-zA-Z0-9_.-]+\\/consumer\\/"
      "[a-zA-Z0-9_.-]+:[0-9]+";
  const std::tuple<const char*, std::string, std::string> cases[] = {
      {"RegisterStreamConsumer", "{}",
       "2 validation errors detected: Value null at 'streamARN' failed to satisfy constraint: "
       "Member must not be null; Value null at 'consumerName' failed to satisfy constraint: Member "
       "must not be null"},
      {"RegisterStreamConsumer", "{" + stream_arn("s") + R"(,"ConsumerName":"a b"})",
       "1 validation error detected: Value 'a b' at 'consumerName' failed to satisfy constraint: "
       "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"},
      {"RegisterStreamConsumer", "{" + stream_arn("s") + R"(,"ConsumerName":"c","Tags":{}})",
       "1 validation error detected: Value '{}' at 'tags' failed to satisfy constraint: Member "
       "must have length greater than or equal to 1"},
      {"DescribeStreamConsumer", R"({"ConsumerARN":"x"})", bad_arn},
      {"DeregisterStreamConsumer", R"({"ConsumerARN":"x"})", bad_arn},
      {"ListStreamConsumers", "{" + stream_arn("s") + R"(,"MaxResults":0})",
       "1 validation error detected: Value '0' at 'maxResults' failed to satisfy constraint: "
       "Member must have value greater than or equal to 1"},
      {"ListStreamConsumers", "{" + stream_arn("s") + R"(,"NextToken":""})",
       "1 validation error detected: Value '' at 'nextToken' failed to satisfy constraint: Member "
       "must have length greater than or equal to 1"}};
  for (const auto& [operation, body, message] : cases) {
    CAPTURE(body);
    const auto answer = service.call(operation, body);
    CHECK(answer.type == "ValidationException");
    CHECK(answer.message == message);
  }
}

TEST_CASE("a consumer goes from CREATING to ACTIVE, and through DELETING it is gone") {
  Service service;
  service.create("s");
  const auto made = registered(service, "s", "c");
  REQUIRE(made.status == 200);
  const auto& shape = made["Consumer"];
  CHECK(shape["ConsumerName"].as_text() == "c");
  CHECK(shape["ConsumerStatus"].as_text() == "CREATING");
  const auto created_s = base::to_epoch_ms(service.clock.now()) / 1000;
  CHECK(shape["ConsumerCreationTimestamp"].as_real() == static_cast<double>(created_s));
  const std::string arn{shape["ConsumerARN"].as_text()};
  CHECK(arn == prefix + "s/consumer/c:" + std::to_string(created_s));
  CHECK(shape["StreamARN"].is_null());

  CHECK(status_of(service, arn) == "CREATING");
  service.clock.advance(base::Millis{499});
  CHECK(status_of(service, arn) == "CREATING");
  service.clock.advance(base::Millis{1});
  CHECK(status_of(service, arn) == "ACTIVE");
  CHECK(described(service, arn)["ConsumerDescription"]["StreamARN"].as_text() == prefix + "s");

  const auto gone = service.call("DeregisterStreamConsumer", R"({"ConsumerARN":")" + arn + "\"}");
  CHECK(gone.status == 200);
  CHECK(gone.body.empty());
  CHECK(status_of(service, arn) == "DELETING");
  // Once more changes nothing, not even the time.
  service.clock.advance(base::Millis{400});
  CHECK(service.call("DeregisterStreamConsumer", R"({"ConsumerARN":")" + arn + "\"}").status ==
        200);
  service.clock.advance(base::Millis{100});
  const auto answer = described(service, arn);
  CHECK(answer.type == "ResourceNotFoundException");
  CHECK(answer.message == "Consumer c, account 000000000000 not found.");
}

TEST_CASE("a consumer's name is taken while it lives, and free when it is gone") {
  Service service;
  service.create("s");
  service.create("t");
  const auto arn = consumer(service, "s", "c");
  auto answer = registered(service, "s", "c");
  CHECK(answer.type == "ResourceInUseException");
  CHECK(answer.message == "Consumer c under stream s already exists for account 000000000000.");
  CHECK(registered(service, "t", "c").status == 200);  // names are the stream's own
  service.call("DeregisterStreamConsumer", R"({"ConsumerARN":")" + arn + "\"}");
  CHECK(registered(service, "s", "c").type == "ResourceInUseException");
  service.clock.advance(base::Millis{500});
  CHECK(registered(service, "s", "c").status == 200);
  // The old ARN carries the old consumer's time: it names nobody now.
  service.clock.advance(base::Millis{500});
  CHECK(status_of(service, arn) == "ResourceNotFoundException");
}

TEST_CASE("a consumer is named by its ARN, by stream and name, or by all three when they agree") {
  Service service;
  service.create("s");
  service.create("t");
  const auto arn = consumer(service, "s", "c");
  const auto by_arn = R"("ConsumerARN":")" + arn + "\"";
  for (const auto& body :
       {"{" + by_arn + "}", "{" + stream_arn("s") + R"(,"ConsumerName":"c"})",
        "{" + by_arn + "," + stream_arn("s") + "}", "{" + by_arn + R"(,"ConsumerName":"c"})",
        "{" + by_arn + "," + stream_arn("s") + R"(,"ConsumerName":"c"})"}) {
    CAPTURE(body);
    const auto answer = service.call("DescribeStreamConsumer", body);
    REQUIRE(answer.status == 200);
    CHECK(answer["ConsumerDescription"]["ConsumerARN"].as_text() == arn);
  }
  for (const char* operation : {"DescribeStreamConsumer", "DeregisterStreamConsumer"}) {
    for (const auto& body :
         {std::string{"{}"}, std::string{R"({"ConsumerName":"c"})"}, "{" + stream_arn("s") + "}"}) {
      CAPTURE(body);
      const auto answer = service.call(operation, body);
      CHECK(answer.type == "InvalidArgumentException");
      CHECK(answer.message ==
            "Either ConsumerARN or both StreamARN and ConsumerName should be provided.");
    }
    auto answer = service.call(operation, "{" + by_arn + "," + stream_arn("t") + "}");
    CHECK(answer.type == "InvalidArgumentException");
    CHECK(answer.message ==
          "StreamARN " + prefix + "t and ConsumerARN " + arn + " do not name the same stream.");
    answer = service.call(operation, "{" + by_arn + R"(,"ConsumerName":"d"})");
    CHECK(answer.type == "InvalidArgumentException");
    CHECK(answer.message ==
          "ConsumerName d and ConsumerARN " + arn + " do not name the same consumer.");
    answer = service.call(operation, "{" + stream_arn("s") + R"(,"ConsumerName":"d"})");
    CHECK(answer.type == "ResourceNotFoundException");
    CHECK(answer.message == "Consumer d, account 000000000000 not found.");
    answer = service.call(operation, "{" + stream_arn("no") + R"(,"ConsumerName":"c"})");
    CHECK(answer.type == "ResourceNotFoundException");
    CHECK(answer.message == "Stream no under account 000000000000 not found.");
    // Of the form that the pattern lets through, but nothing of ours.
    answer = service.call(
        operation, R"({"ConsumerARN":"arn:aws:kinesis:r:123456789012:x/stream/s/consumer/c:1"})");
    CHECK(answer.type == "ResourceNotFoundException");
  }
}

TEST_CASE("an ARN's account and region are where a consumer is looked for") {
  Service service;
  service.create("s");
  const auto arn = consumer(service, "s", "c");
  const std::string other =
      "AWS4-HMAC-SHA256 Credential=111122223333/20261122/eu-west-1/kinesis/aws4_request, "
      "SignedHeaders=host;x-amz-date, Signature=0";
  CHECK(service.call("DescribeStreamConsumer", R"({"ConsumerARN":")" + arn + "\"}", other).status ==
        200);
  const auto answer = service.call(
      "DescribeStreamConsumer",
      R"({"ConsumerARN":"arn:aws:kinesis:eu-west-1:111122223333:stream/s/consumer/c:1"})");
  CHECK(answer.type == "ResourceNotFoundException");
  CHECK(answer.message == "Consumer c, account 111122223333 not found.");
  // A consumer registered over an ARN belongs to the stream's account.
  const auto made = service.call("RegisterStreamConsumer",
                                 "{" + stream_arn("s") + R"(,"ConsumerName":"d"})", other);
  REQUIRE(made.status == 200);
  CHECK(made["Consumer"]["ConsumerARN"].as_text().starts_with(prefix + "s/consumer/d:"));
}

TEST_CASE("a stream takes consumers when it is ACTIVE or UPDATING") {
  Service service;
  auto answer = registered(service, "s", "c");
  CHECK(answer.type == "ResourceNotFoundException");
  CHECK(answer.message == "Stream s under account 000000000000 not found.");
  service.call("CreateStream", R"({"StreamName":"s","ShardCount":1})");
  answer = registered(service, "s", "c");
  CHECK(answer.type == "ResourceInUseException");
  CHECK(answer.message ==
        "Stream s under account 000000000000 not ACTIVE, instead in state CREATING");
  CHECK(service.call("ListStreamConsumers", "{" + stream_arn("s") + "}")["Consumers"]
            .as_list()
            .empty());
  service.clock.advance(base::Millis{500});
  service.call("IncreaseStreamRetentionPeriod", R"({"StreamName":"s","RetentionPeriodHours":48})");
  CHECK(registered(service, "s", "c").status == 200);
  service.clock.advance(base::Millis{500});
  service.call("DeleteStream", R"({"StreamName":"s","EnforceConsumerDeletion":true})");
  answer = registered(service, "s", "d");
  CHECK(answer.type == "ResourceInUseException");
  CHECK(answer.message ==
        "Stream s under account 000000000000 not ACTIVE, instead in state DELETING");
}

TEST_CASE("five consumers may be CREATING at a time, twenty registered") {
  Service service;
  service.create("s");
  service.create("t");
  for (int i = 0; i < 5; ++i) {
    CHECK(registered(service, i % 2 == 0 ? "s" : "t", "c" + std::to_string(i)).status == 200);
  }
  auto answer = registered(service, "s", "c5");
  CHECK(answer.type == "LimitExceededException");
  CHECK(answer.message ==
        "This request would exceed the limit on consumers that can simultaneously be in CREATING "
        "for the account 000000000000. Limit: 5.");
  service.clock.advance(base::Millis{500});
  for (int i = 3; i < 20; ++i) consumer(service, "s", "d" + std::to_string(i));
  answer = registered(service, "s", "one-more");
  CHECK(answer.type == "LimitExceededException");
  CHECK(answer.message ==
        "This request would exceed the limit on consumers and queues for stream s under account "
        "000000000000. Limit: 20.");
  // A name that is taken is told before the limit.
  CHECK(registered(service, "s", "d3").type == "ResourceInUseException");
  CHECK(registered(service, "t", "one-more").status == 200);
}

TEST_CASE("consumers are listed by name, in pages, with tokens of this stream alone") {
  Service service;
  service.create("s");
  service.create("t");
  for (const char* name : {"b", "a", "e", "c", "d"}) {
    consumer(service, "s", name);
    consumer(service, "t", name);
  }
  const auto page = [&](const std::string& more) {
    return service.call("ListStreamConsumers", "{" + stream_arn("s") + more + "}");
  };
  auto answer = page("");
  REQUIRE(answer["Consumers"].as_list().size() == 5);
  CHECK(answer["NextToken"].is_null());
  CHECK(answer["Consumers"].as_list()[4]["ConsumerName"].as_text() == "e");
  CHECK(answer["Consumers"].as_list()[4]["ConsumerStatus"].as_text() == "ACTIVE");
  CHECK(answer["Consumers"].as_list()[0]["StreamARN"].is_null());

  answer = page(R"(,"MaxResults":2)");
  REQUIRE(answer["Consumers"].as_list().size() == 2);
  const auto with_token = [](const Answer& from) {
    return R"(,"NextToken":")" + std::string{from["NextToken"].as_text()} + "\"";
  };
  const auto second = with_token(answer);
  // The name the page ended with may go meanwhile.
  service.call("DeregisterStreamConsumer", "{" + stream_arn("s") + R"(,"ConsumerName":"b"})");
  service.clock.advance(base::Millis{500});
  answer = page(second + R"(,"MaxResults":2)");
  REQUIRE(answer["Consumers"].as_list().size() == 2);
  CHECK(answer["Consumers"].as_list()[0]["ConsumerName"].as_text() == "c");
  answer = page(with_token(answer));
  REQUIRE(answer["Consumers"].as_list().size() == 1);
  CHECK(answer["Consumers"].as_list()[0]["ConsumerName"].as_text() == "e");
  CHECK(answer["NextToken"].is_null());

  answer = page(second + R"(,"StreamCreationTimestamp":1)");
  CHECK(answer.type == "InvalidArgumentException");
  CHECK(answer.message == "NextToken and StreamCreationTimestamp cannot be provided together.");
  CHECK(page(R"(,"NextToken":"nonsense")").message == "NextToken is not valid.");
  answer = service.call("ListStreamConsumers", "{" + stream_arn("t") + second + "}");
  CHECK(answer.type == "InvalidArgumentException");
  CHECK(answer.message == "NextToken is not valid.");
  service.clock.advance(base::Millis{300'001});
  CHECK(page(second).type == "ExpiredNextTokenException");
}

TEST_CASE("a listing's token is no other operation's, and no other account's") {
  Service service;
  service.create("s", 2);
  service.create("t");
  consumer(service, "s", "a");
  consumer(service, "s", "b");
  const auto token_of = [&](const char* operation, const std::string& body) {
    const auto answer = service.call(operation, body);
    REQUIRE(answer.status == 200);
    return R"("NextToken":")" + std::string{answer["NextToken"].as_text()} + "\"";
  };
  const auto consumers =
      token_of("ListStreamConsumers", "{" + stream_arn("s") + R"(,"MaxResults":1})");
  const auto shards = token_of("ListShards", R"({"StreamName":"s","MaxResults":1})");
  const auto streams = token_of("ListStreams", R"({"Limit":1})");
  const auto refused = [&](const char* operation, const std::string& body) {
    CAPTURE(operation);
    const auto answer = service.call(operation, "{" + body + "}");
    CHECK(answer.type == "InvalidArgumentException");
    CHECK(answer.message == "NextToken is not valid.");
  };
  refused("ListShards", consumers);
  refused("ListShards", streams);
  refused("ListStreams", consumers);
  refused("ListStreams", shards);
  refused("ListStreamConsumers", stream_arn("s") + "," + shards);
  refused("ListStreamConsumers", stream_arn("s") + "," + streams);
  const auto iterator = service.call(
      "GetShardIterator", R"({"StreamName":"s","ShardId":"0","ShardIteratorType":"LATEST"})");
  refused("ListShards",
          R"("NextToken":")" + std::string{iterator["ShardIterator"].as_text()} + "\"");
  const std::string other =
      "AWS4-HMAC-SHA256 Credential=111122223333/20261122/us-east-1/kinesis/aws4_request, "
      "SignedHeaders=host;x-amz-date, Signature=0";
  CHECK(service.call("ListStreams", "{" + streams + "}", other).message ==
        "NextToken is not valid.");
}

TEST_CASE("ListStreamConsumers: a time of creation tells streams of one name apart") {
  Service service;
  service.create("s");
  consumer(service, "s", "a");
  consumer(service, "s", "b");
  const auto created = service.call("DescribeStreamSummary", R"({"StreamName":"s"})");
  const auto seconds = static_cast<std::int64_t>(
      created["StreamDescriptionSummary"]["StreamCreationTimestamp"].as_real());
  const auto at = [&](std::int64_t when) {
    return service.call(
        "ListStreamConsumers",
        "{" + stream_arn("s") + R"(,"StreamCreationTimestamp":)" + std::to_string(when) + "}");
  };
  CHECK(at(seconds)["Consumers"].as_list().size() == 2);
  CHECK(at(seconds - 1).message == "Stream s under account 000000000000 not found.");
  // A token of the stream that was deleted says nothing about the new one.
  const auto page =
      service.call("ListStreamConsumers", "{" + stream_arn("s") + R"(,"MaxResults":1})");
  service.call("DeleteStream", R"({"StreamName":"s","EnforceConsumerDeletion":true})");
  service.clock.advance(base::Millis{500});
  service.create("s");
  CHECK(service
            .call("ListStreamConsumers", "{" + stream_arn("s") + R"(,"NextToken":")" +
                                             std::string{page["NextToken"].as_text()} + "\"}")
            .message == "NextToken is not valid.");
}

TEST_CASE("a stream with consumers is deleted only with EnforceConsumerDeletion") {
  Service service;
  service.create("s");
  const auto arn = consumer(service, "s", "c");
  const auto counted = service.call("DescribeStreamSummary", R"({"StreamName":"s"})");
  CHECK(counted["StreamDescriptionSummary"]["ConsumerCount"].as_integer() == 1);
  for (const char* body :
       {R"({"StreamName":"s"})", R"({"StreamName":"s","EnforceConsumerDeletion":false})"}) {
    const auto answer = service.call("DeleteStream", body);
    CHECK(answer.type == "ResourceInUseException");
    CHECK(answer.message ==
          "DeleteStream can't delete " + prefix +
              "s because there are consumers associated with this data stream. To delete s anyway, "
              "set the EnforceConsumerDeletion parameter to true to force the deletion of all the "
              "consumers that are associated with it.");
  }
  CHECK(
      service.call("DeleteStream", R"({"StreamName":"s","EnforceConsumerDeletion":true})").status ==
      200);
  CHECK(status_of(service, arn) == "DELETING");
  CHECK(service.call("DeleteStream", R"({"StreamName":"s"})").status == 200);  // under way already
  service.clock.advance(base::Millis{500});
  CHECK(status_of(service, arn) == "ResourceNotFoundException");
  // The name begins anew, without consumers.
  service.create("s");
  CHECK(service.call("ListStreamConsumers", "{" + stream_arn("s") + "}")["Consumers"]
            .as_list()
            .empty());
}

TEST_CASE("a consumer may be deregistered while it is CREATING, and one more takes its place") {
  Service service;
  service.create("s");
  for (int i = 0; i < 5; ++i) registered(service, "s", "c" + std::to_string(i));
  CHECK(registered(service, "s", "next").type == "LimitExceededException");
  service.call("DeregisterStreamConsumer", "{" + stream_arn("s") + R"(,"ConsumerName":"c0"})");
  CHECK(registered(service, "s", "next").status == 200);
}

TEST_CASE("consumers outlive a restart, in the state they were in") {
  const test::TempDir directory;
  Service service{{}, directory.path()};
  service.create("s");
  const auto kept = consumer(service, "s", "kept");
  const auto dying = consumer(service, "s", "dying");
  const auto made = registered(service, "s", "new");
  const std::string coming{made["Consumer"]["ConsumerARN"].as_text()};
  service.call("DeregisterStreamConsumer", R"({"ConsumerARN":")" + dying + "\"}");
  const auto page =
      service.call("ListStreamConsumers", "{" + stream_arn("s") + R"(,"MaxResults":1})");
  service.reopen();
  CHECK(status_of(service, kept) == "ACTIVE");
  CHECK(status_of(service, dying) == "DELETING");
  CHECK(status_of(service, coming) == "CREATING");
  // Tokens are good across a restart.
  const auto rest =
      service.call("ListStreamConsumers", "{" + stream_arn("s") + R"(,"NextToken":")" +
                                              std::string{page["NextToken"].as_text()} + "\"}");
  CHECK(rest["Consumers"].as_list().size() == 2);
  service.clock.advance(base::Millis{500});
  service.tidy();
  service.reopen();
  CHECK(status_of(service, kept) == "ACTIVE");
  CHECK(status_of(service, dying) == "ResourceNotFoundException");
  CHECK(status_of(service, coming) == "ACTIVE");
}
