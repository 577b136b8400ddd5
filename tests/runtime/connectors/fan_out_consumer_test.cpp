#include "runtime/connectors/fan_out_consumer.hpp"

#include <doctest/doctest.h>

#include <map>

#include "tests/support/fake_aws.hpp"

using namespace millrace;
using connectors::FanOutConsumer;
using std::chrono::milliseconds;
using test::answer;
using test::aws_error;

namespace {

// A service with at most one consumer, which becomes ACTIVE after so many looks.
class Service {
 public:
  Service()
      : kinesis([this](const std::string& operation, const std::string&) {
          ++calls[operation];
          const auto consumer = [&](const char* status) {
            return R"({"ConsumerName":"c","ConsumerARN":"arn:)" + std::to_string(number) +
                   R"(","ConsumerStatus":")" + status + "\"}";
          };
          if (operation == "DescribeStreamSummary") {
            return answer(R"({"StreamDescriptionSummary":{"StreamName":"s","StreamARN":"arn:s",)"
                          R"("StreamStatus":"ACTIVE"}})");
          }
          if (operation == "RegisterStreamConsumer") {
            if (refusal != nullptr) return aws_error(refusal);
            ++number;
            there = true;
            return answer(R"({"Consumer":)" + consumer("CREATING") + "}");
          }
          if (!there) return aws_error("ResourceNotFoundException");
          if (operation == "DeregisterStreamConsumer") {
            there = false;
            return answer("");
          }
          const bool active = looks_until_active-- <= 0;
          return answer(R"({"ConsumerDescription":)" + consumer(active ? "ACTIVE" : "CREATING") +
                        "}");
        }) {}

  FanOutConsumer::Wait wait() {
    return [this](milliseconds time) {
      waited += time;
      return true;
    };
  }

  bool there = false;
  int number = 0;
  int looks_until_active = 2;
  const char* refusal = nullptr;
  milliseconds waited{0};
  std::map<std::string, int> calls;
  test::FakeKinesis kinesis;
};

}  // namespace

TEST_CASE("Fan-out consumer: a managed one is registered, waited for, and taken away at the end") {
  Service service;
  FanOutConsumer consumer{{.name = "c"}, {.name = "s"}};
  REQUIRE(consumer.acquire(*service.kinesis.client, service.wait()));
  CHECK(consumer.arn() == "arn:1");
  CHECK(service.waited.count() > 0);
  REQUIRE(consumer.release(*service.kinesis.client));
  CHECK_FALSE(service.there);
  REQUIRE(consumer.release(*service.kinesis.client));
  CHECK(service.calls["DeregisterStreamConsumer"] == 1);
}

TEST_CASE("Fan-out consumer: one that is there is used, whoever made it") {
  Service service;
  service.there = true;
  FanOutConsumer consumer{{.name = "c", .managed = false}, {.arn = "arn:s"}};
  REQUIRE(consumer.acquire(*service.kinesis.client, service.wait()));
  CHECK(consumer.arn() == "arn:0");
  REQUIRE(consumer.release(*service.kinesis.client));
  CHECK(service.there);
}

TEST_CASE("Fan-out consumer: one of its own lifecycle that is missing is an error") {
  Service service;
  FanOutConsumer consumer{{.name = "c", .managed = false}, {.arn = "arn:s"}};
  const auto acquired = consumer.acquire(*service.kinesis.client, service.wait());
  REQUIRE_FALSE(acquired);
  CHECK(acquired.error().message() ==
        "the consumer 'c', which the job does not manage: ResourceNotFoundException: told so");
}

TEST_CASE("Fan-out consumer: a limit is waited for, a refusal is not") {
  Service service;
  service.refusal = "LimitExceededException";
  FanOutConsumer consumer{{.name = "c"}, {.arn = "arn:s"}};
  const auto late = consumer.acquire(*service.kinesis.client, service.wait());
  REQUIRE_FALSE(late);
  CHECK(late.error().code() == base::ErrorCode::timeout);
  CHECK(service.waited >= milliseconds{120'000});
  service.refusal = "AccessDeniedException";
  const auto refused = consumer.acquire(*service.kinesis.client, service.wait());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code() == base::ErrorCode::access_denied);
}

TEST_CASE("Fan-out consumer: a lost one is registered once, however many find it lost") {
  Service service;
  FanOutConsumer consumer{{.name = "c"}, {.arn = "arn:s"}};
  REQUIRE(consumer.acquire(*service.kinesis.client, service.wait()));
  service.there = false;
  for (int i = 0; i < 3; ++i) {
    REQUIRE(consumer.renew(*service.kinesis.client, "arn:1", service.wait()));
  }
  CHECK(consumer.arn() == "arn:2");
  CHECK(service.calls["RegisterStreamConsumer"] == 2);
}

TEST_CASE("Fan-out consumer: waiting ends when the job does") {
  Service service;
  FanOutConsumer consumer{{.name = "c"}, {.arn = "arn:s"}};
  const auto acquired =
      consumer.acquire(*service.kinesis.client, [](milliseconds) { return false; });
  REQUIRE_FALSE(acquired);
  CHECK(acquired.error().code() == base::ErrorCode::cancelled);
}
