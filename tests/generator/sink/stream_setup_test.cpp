#include "generator/sink/stream_setup.hpp"

#include <doctest/doctest.h>

#include "tests/support/fake_aws.hpp"

using namespace millrace;
using test::answer;
using test::aws_error;

namespace {

struct Setup {
  explicit Setup(test::FakeTransport::Handler handler)
      : fake(std::move(handler), {.max_attempts = 1}), waiter(&fake.clock) {}
  base::Status run(const sink::SetupOptions& options) {
    return sink::prepare_stream(*fake.client, options, fake.clock, waiter);
  }
  test::FakeKinesis fake;
  test::InstantWaiter waiter;
};

auto described(const char* status) {
  return answer(std::string{R"({"StreamDescriptionSummary":{"StreamStatus":")"} + status + "\"}}");
}

}  // namespace

TEST_CASE("Stream set-up: an active stream is ready at once") {
  Setup setup{[](const std::string&, const std::string&) { return described("ACTIVE"); }};
  CHECK(setup.run({.stream = "s"}));
  CHECK(setup.waiter.waits().empty());
}

TEST_CASE("Stream set-up: a missing stream is an error that names --create") {
  Setup setup{[](const std::string&, const std::string&) {
    return aws_error("ResourceNotFoundException");
  }};
  const auto result = setup.run({.stream = "s"});
  REQUIRE_FALSE(result);
  CHECK(result.error().message() ==
        "stream 's' does not exist at http://localhost:4566 in us-east-1; --create makes it");
}

TEST_CASE("Stream set-up: --create creates once and waits until it is active") {
  int created = 0;
  int described_times = 0;
  Setup setup{[&](const std::string& operation, const std::string& body) {
    if (operation == "CreateStream") {
      ++created;
      CHECK(body == R"({"StreamName":"s","ShardCount":3})");
      return answer("");
    }
    if (++described_times <= 2) return aws_error("ResourceNotFoundException");
    return described(described_times < 5 ? "CREATING" : "ACTIVE");
  }};
  CHECK(setup.run({.stream = "s", .create = true, .shards = 3}));
  CHECK(created == 1);
  CHECK(described_times == 5);
}

TEST_CASE("Stream set-up: an endpoint that is not up is waited for") {
  int calls = 0;
  Setup setup{[&](const std::string&, const std::string&) -> base::Result<net::HttpResponse> {
    if (++calls < 4) return base::Error{base::ErrorCode::io, "connection refused"};
    return described("ACTIVE");
  }};
  CHECK(setup.run({.stream = "s"}));
  CHECK(calls == 4);
}

TEST_CASE("Stream set-up: patience ends, with the reason") {
  Setup setup{[&](const std::string&, const std::string&) -> base::Result<net::HttpResponse> {
    return base::Error{base::ErrorCode::io, "connection refused"};
  }};
  const auto result = setup.run({.stream = "s", .patience = std::chrono::seconds{2}});
  REQUIRE_FALSE(result);
  CHECK(result.error().message() == "gave up after 2 s: connection refused");
  CHECK(setup.waiter.waits().size() == 10);
}

TEST_CASE("Stream set-up: who may only put records is let through, bad keys are not") {
  Setup denied{
      [](const std::string&, const std::string&) { return aws_error("AccessDeniedException"); }};
  CHECK(denied.run({.stream = "s"}));
  Setup unknown{[](const std::string&, const std::string&) {
    return aws_error("UnrecognizedClientException");
  }};
  CHECK_FALSE(unknown.run({.stream = "s"}));
}
