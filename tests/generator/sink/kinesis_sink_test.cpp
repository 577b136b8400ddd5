#include "generator/sink/kinesis_sink.hpp"

#include <doctest/doctest.h>

#include "common/base/base64.hpp"
#include "common/json/json.hpp"
#include "tests/support/fake_aws.hpp"

using namespace millrace;
using test::answer;
using test::aws_error;

namespace {

struct Bench {
  Bench(test::FakeTransport::Handler handler, bool one_by_one)
      : fake(std::move(handler), {.max_attempts = 1}),
        waiter(&fake.clock),
        sink(*fake.client, {.stream = "s", .one_by_one = one_by_one}, fake.clock, waiter,
             [] { return 0.9; }) {}
  test::FakeKinesis fake;
  test::InstantWaiter waiter;
  sink::KinesisSink sink;
};

std::vector<std::string> entries_of(const std::string& body) {
  const auto document = json::parse(body);
  REQUIRE(document);
  std::vector<std::string> out;
  for (const auto& entry : document.value()->root()["Records"].as_list()) {
    out.push_back(*base::base64_decode(entry["Data"].as_text()));
  }
  return out;
}

std::vector<sink::Record> numbered(int count) {
  std::vector<sink::Record> out;
  for (int i = 0; i < count; ++i) out.push_back({std::to_string(i), "k"});
  return out;
}

// The answer to a PutRecords call in which the entries that `fails` picks fail.
template <class Fails>
base::Result<net::HttpResponse> partly(const std::vector<std::string>& entries, Fails fails) {
  std::string out = R"({"FailedRecordCount":1,"Records":[)";
  for (const auto& entry : entries) {
    if (!out.ends_with('[')) out += ',';
    out += fails(entry) ? R"({"ErrorCode":"ProvisionedThroughputExceededException"})"
                        : R"({"SequenceNumber":"1","ShardId":"x"})";
  }
  return answer(out + "]}");
}

}  // namespace

TEST_CASE("Generator sink: one PutRecord each, in order, at low rates") {
  Bench bench{[](const std::string& operation, const std::string&) {
                CHECK(operation == "PutRecord");
                return answer(R"({"ShardId":"x","SequenceNumber":"1"})");
              },
              true};
  CHECK(bench.sink.put(numbered(3)));
  const auto requests = bench.fake.transport->requests();
  REQUIRE(requests.size() == 3);
  CHECK(requests[2].body == R"({"StreamName":"s","Data":"Mg==","PartitionKey":"k"})");
  CHECK(bench.sink.totals().records == 3);
  CHECK(bench.sink.totals().bytes == 3);
  CHECK(bench.sink.totals().retries == 0);
}

TEST_CASE("Generator sink: batches hold at most 500 entries") {
  std::vector<std::size_t> sizes;
  Bench bench{[&](const std::string& operation, const std::string& body) {
                CHECK(operation == "PutRecords");
                sizes.push_back(entries_of(body).size());
                return partly(entries_of(body), [](const std::string&) { return false; });
              },
              false};
  CHECK(bench.sink.put(numbered(1001)));
  CHECK(sizes == std::vector<std::size_t>{500, 500, 1});
}

TEST_CASE("Generator sink: batches hold at most 5 MiB") {
  std::vector<std::size_t> sizes;
  Bench bench{[&](const std::string&, const std::string& body) {
                sizes.push_back(entries_of(body).size());
                return partly(entries_of(body), [](const std::string&) { return false; });
              },
              false};
  const std::vector<sink::Record> big(6, {std::string(1'000'000, 'x'), "k"});
  CHECK(bench.sink.put(big));
  CHECK(sizes == std::vector<std::size_t>{5, 1});
}

TEST_CASE("Generator sink: only the entries that failed are sent again") {
  std::vector<std::vector<std::string>> calls;
  Bench bench{[&](const std::string&, const std::string& body) {
                calls.push_back(entries_of(body));
                const bool first = calls.size() == 1;
                return partly(calls.back(), [&](const std::string& entry) {
                  return first && (entry == "1" || entry == "3");
                });
              },
              false};
  CHECK(bench.sink.put(numbered(5)));
  REQUIRE(calls.size() == 2);
  CHECK(calls[1] == std::vector<std::string>{"1", "3"});
  CHECK(bench.sink.totals().records == 5);
  CHECK(bench.sink.totals().retries == 2);
}

TEST_CASE("Generator sink: an outage is survived with every record sent in order") {
  int calls = 0;
  std::vector<std::string> stored;
  Bench bench{[&](const std::string&, const std::string& body) -> base::Result<net::HttpResponse> {
                ++calls;
                if (calls > 2 && calls < 9) return base::Error{base::ErrorCode::io, "refused"};
                stored.push_back(body);
                return answer(R"({"ShardId":"x","SequenceNumber":"1"})");
              },
              true};
  CHECK(bench.sink.put(numbered(4)));
  CHECK(stored.size() == 4);
  CHECK(stored[3].find("\"Mw==\"") != std::string::npos);
  CHECK(bench.sink.totals().retries == 6);
}

TEST_CASE("Generator sink: patience ends with an error") {
  Bench bench{
      [&](const std::string&, const std::string&) { return aws_error("InternalFailure", 500); },
      true};
  const auto result = bench.sink.put(numbered(1));
  REQUIRE_FALSE(result);
  CHECK(result.error().code() == base::ErrorCode::timeout);
  CHECK(bench.sink.totals().records == 0);
}

TEST_CASE("Generator sink: what waiting does not mend fails at once") {
  for (const bool one_by_one : {true, false}) {
    Bench bench{[&](const std::string&, const std::string&) {
                  return aws_error("ResourceNotFoundException");
                },
                one_by_one};
    const auto result = bench.sink.put(numbered(1));
    REQUIRE_FALSE(result);
    CHECK(result.error().code() == base::ErrorCode::not_found);
    CHECK(bench.waiter.waits().empty());
  }
}

TEST_CASE("Generator sink: stopping ends the wait for a better time") {
  Bench bench{[&](const std::string&, const std::string&) {
                return aws_error("ProvisionedThroughputExceededException");
              },
              true};
  bench.waiter.stop_after(2);
  const auto result = bench.sink.put(numbered(1));
  REQUIRE_FALSE(result);
  CHECK(result.error().code() == base::ErrorCode::cancelled);
}
