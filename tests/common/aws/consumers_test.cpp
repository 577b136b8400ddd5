#include <doctest/doctest.h>

#include "common/eventstream/frame.hpp"
#include "tests/support/fake_aws.hpp"

using namespace millrace;
using test::answer;
using test::aws_error;
using test::FakeKinesis;

namespace {

std::string frame(const std::string& payload) {
  return eventstream::encode({{eventstream::text_header(":message-type", "event"),
                               eventstream::text_header(":event-type", "SubscribeToShardEvent")},
                              payload});
}

std::string event(const std::string& data, const std::string& continuation) {
  return frame(R"({"Records":[{"Data":")" + data +
               R"(","PartitionKey":"k","SequenceNumber":"7","ApproximateArrivalTimestamp":1.5}],)"
               R"("ContinuationSequenceNumber":)" +
               continuation + R"(,"MillisBehindLatest":3})");
}

struct Subscribed {
  base::Status status;
  std::vector<aws::RecordPage> pages;
};

Subscribed subscribe(FakeKinesis& kinesis, std::size_t most = 100) {
  std::vector<aws::RecordPage> pages;
  auto status = kinesis.client->subscribe_to_shard("arn", "s-0", {aws::IteratorType::latest}, {},
                                                   [&](aws::RecordPage page) {
                                                     pages.push_back(std::move(page));
                                                     return pages.size() < most;
                                                   });
  return {std::move(status), std::move(pages)};
}

}  // namespace

TEST_CASE("Subscription: events are records, a place to go on from, and how far behind they are") {
  const std::string initial =
      eventstream::encode({{eventstream::text_header(":message-type", "event"),
                            eventstream::text_header(":event-type", "initial-response")},
                           "{}"});
  FakeKinesis kinesis{[&](const std::string&, const std::string&) {
    return answer(initial + event("YQ==", "\"8\"") + event("Yg==", "null"));
  }};
  const auto [status, pages] = subscribe(kinesis);
  REQUIRE(status);
  REQUIRE(pages.size() == 2);
  CHECK(pages[0].records.at(0).data == "a");
  CHECK(pages[0].records.at(0).arrival_ms == 1500);
  CHECK(pages[0].continuation_sequence == "8");
  CHECK(pages[0].millis_behind_latest == 3);
  CHECK(pages[1].continuation_sequence.empty());
  const auto requests = kinesis.transport->requests();
  CHECK(requests.at(0).body ==
        R"({"ConsumerARN":"arn","ShardId":"s-0","StartingPosition":{"Type":"LATEST"}})");
}

TEST_CASE("Subscription: the last event of a shard names its children") {
  FakeKinesis kinesis{[&](const std::string&, const std::string&) {
    return answer(frame(R"({"Records":[],"MillisBehindLatest":0,"ChildShards":[{"ShardId":"s-1",)"
                        R"("ParentShards":["s-0"],"HashKeyRange":{}}]})"));
  }};
  const auto [status, pages] = subscribe(kinesis);
  REQUIRE(status);
  CHECK(pages.at(0).child_shards == std::vector<std::string>{"s-1"});
}

TEST_CASE("Subscription: whoever takes the events ends it") {
  FakeKinesis kinesis{[&](const std::string&, const std::string&) {
    return answer(event("YQ==", "\"8\"") + event("Yg==", "\"9\""));
  }};
  const auto [status, pages] = subscribe(kinesis, 1);
  CHECK(status);
  CHECK(pages.size() == 1);
}

TEST_CASE("Subscription: an exception in the stream is its error, after the events before it") {
  const std::string exception =
      eventstream::encode({{eventstream::text_header(":message-type", "exception"),
                            eventstream::text_header(":exception-type", "ResourceInUseException")},
                           R"({"message":"another one"})"});
  FakeKinesis kinesis{[&](const std::string&, const std::string&) {
    return answer(event("YQ==", "\"8\"") + exception);
  }};
  const auto [status, pages] = subscribe(kinesis);
  REQUIRE_FALSE(status);
  CHECK(pages.size() == 1);
  CHECK(status.error().code() == base::ErrorCode::in_use);
  CHECK(status.error().message() == "ResourceInUseException: another one");
}

TEST_CASE("Subscription: a refusal, damage and what is no event are errors") {
  FakeKinesis refused{[](const std::string&, const std::string&) {
    return aws_error("ResourceNotFoundException");
  }};
  CHECK(subscribe(refused).status.error().code() == base::ErrorCode::not_found);
  std::string damaged = event("YQ==", "\"8\"");
  damaged[damaged.size() - 1] = static_cast<char>(damaged.back() + 1);
  for (const auto& body : {damaged, frame("no json"), frame(R"({"Records":[{"Data":"YQ=="}]})")}) {
    CAPTURE(body);
    FakeKinesis kinesis{[&](const std::string&, const std::string&) { return answer(body); }};
    const auto [status, pages] = subscribe(kinesis);
    REQUIRE_FALSE(status);
    CHECK(status.error().code() == base::ErrorCode::protocol);
    CHECK(pages.empty());
  }
}

TEST_CASE("Consumers are registered, described and deregistered") {
  FakeKinesis kinesis{[](const std::string& operation, const std::string&) {
    const std::string consumer =
        R"({"ConsumerName":"c","ConsumerARN":"arn:c","ConsumerStatus":"CREATING"})";
    if (operation == "RegisterStreamConsumer") return answer(R"({"Consumer":)" + consumer + "}");
    if (operation == "DescribeStreamConsumer") {
      return answer(R"({"ConsumerDescription":)" + consumer + "}");
    }
    return answer("");
  }};
  for (const bool made : {true, false}) {
    const auto consumer = made ? kinesis.client->register_stream_consumer("arn:s", "c")
                               : kinesis.client->describe_stream_consumer("arn:s", "c");
    REQUIRE(consumer);
    CHECK(consumer.value().arn == "arn:c");
    CHECK(consumer.value().status == "CREATING");
  }
  CHECK(kinesis.client->deregister_stream_consumer("arn:c"));
  const auto requests = kinesis.transport->requests();
  CHECK(requests.at(0).body == R"({"StreamARN":"arn:s","ConsumerName":"c"})");
  CHECK(requests.at(2).body == R"({"ConsumerARN":"arn:c"})");
}
