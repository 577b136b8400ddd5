#include "runtime/connectors/shard_subscription.hpp"

#include <doctest/doctest.h>

#include <deque>

#include "common/eventstream/frame.hpp"
#include "tests/support/fake_aws.hpp"

using namespace millrace;
using test::answer;
using test::aws_error;
using test::FakeKinesis;

namespace {

std::string event(const std::string& continuation) {
  return eventstream::encode({{eventstream::text_header(":message-type", "event"),
                               eventstream::text_header(":event-type", "SubscribeToShardEvent")},
                              R"({"Records":[],"ContinuationSequenceNumber":)" + continuation +
                                  R"(,"MillisBehindLatest":0})"});
}

// Answers one after the other to subscriptions that are written down.
class Script {
 public:
  using Answer = base::Result<net::HttpResponse>;
  explicit Script(std::deque<Answer> answers)
      : kinesis([this, left = std::move(answers)](const std::string&,
                                                  const std::string& body) mutable -> Answer {
          asked.push_back(body.substr(body.find("StartingPosition")));
          auto next = std::move(left.front());
          left.pop_front();
          return next;
        }) {
    kinesis.clock.set(5000);
  }

  connectors::ShardSubscription::Step follow(connectors::ShardSubscription& subscription) {
    return subscription.follow(
        *kinesis.client, "arn", kinesis.clock, {}, [] { return 0.5; },
        [](const auto&) { return true; });
  }

  std::vector<std::string> asked;
  FakeKinesis kinesis;
};

}  // namespace

TEST_CASE("Shard subscription: the next one goes on after the last event that was taken") {
  Script script{{answer(event("\"7\"") + event("\"9\"")),
                 base::Error{base::ErrorCode::io, "connection lost"}, answer(event("null"))}};
  connectors::ShardSubscription subscription{
      {.name = "s"}, "s-0", {aws::IteratorType::trim_horizon}};
  CHECK_FALSE(script.follow(subscription).failure);
  const auto lost = script.follow(subscription);
  CHECK_FALSE(lost.failure);
  CHECK(lost.wait.count() > 0);
  CHECK(script.follow(subscription).ended);
  CHECK(script.asked ==
        std::vector<std::string>{
            R"(StartingPosition":{"Type":"TRIM_HORIZON"}})",
            R"(StartingPosition":{"Type":"AFTER_SEQUENCE_NUMBER","SequenceNumber":"9"}})",
            R"(StartingPosition":{"Type":"AFTER_SEQUENCE_NUMBER","SequenceNumber":"9"}})"});
}

TEST_CASE(
    "Shard subscription: LATEST that is lost before its first event still means that moment") {
  Script script{{base::Error{base::ErrorCode::io, "connection lost"}, answer(event("\"1\""))}};
  connectors::ShardSubscription subscription{{.name = "s"}, "s-0", {aws::IteratorType::latest}};
  script.follow(subscription);
  script.kinesis.clock.advance(base::Millis{1000});
  script.follow(subscription);
  CHECK(script.asked.back() == R"(StartingPosition":{"Type":"AT_TIMESTAMP","Timestamp":5}})");
}

TEST_CASE("Shard subscription: what waiting mends is waited for, what it does not ends") {
  struct Case {
    const char* name;
    bool fails;
    bool lost;
  };
  for (const auto& [name, fails, lost] :
       {Case{"ResourceInUseException", false, false}, Case{"LimitExceededException", false, false},
        Case{"InternalFailureException", false, false}, Case{"AccessDeniedException", true, false},
        Case{"InvalidArgumentException", true, false},
        Case{"ResourceNotFoundException", true, true}}) {
    CAPTURE(name);
    Script script{{aws_error(name)}};
    connectors::ShardSubscription subscription{{.name = "s"}, "s-0", {}};
    const auto step = script.follow(subscription);
    CHECK(step.failure.has_value() == fails);
    CHECK(step.consumer_lost == lost);
    CHECK((step.wait.count() > 0) == !fails);
  }
}

TEST_CASE("Shard subscription: another job's that never ends is an error in the end") {
  Script script{std::deque<Script::Answer>(61, aws_error("ResourceInUseException"))};
  connectors::ShardSubscription subscription{{.name = "s"}, "s-0", {}};
  for (int i = 0; i < 60; ++i) REQUIRE_FALSE(script.follow(subscription).failure);
  const auto last = script.follow(subscription);
  REQUIRE(last.failure);
  CHECK(last.failure->message() ==
        "subscribing to shard s-0 of s: ResourceInUseException: told so");
}
