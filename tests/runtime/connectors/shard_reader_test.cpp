#include "runtime/connectors/shard_reader.hpp"

#include <doctest/doctest.h>

#include "tests/support/fake_aws.hpp"

using namespace millrace;
using std::chrono::milliseconds;
using test::answer;
using test::aws_error;

namespace {

struct Bench {
  explicit Bench(test::FakeTransport::Handler handler,
                 aws::IteratorStart start = {aws::IteratorType::trim_horizon})
      : fake(std::move(handler), {.max_attempts = 1}),
        reader({.name = "s"}, "shard", std::move(start)) {}
  connectors::ReadStep step() {
    return reader.step(*fake.client, fake.clock, pace, [] { return 0.5; });
  }
  [[nodiscard]] std::string body(std::size_t call) const {
    return fake.transport->requests().at(call).body;
  }
  test::FakeKinesis fake;
  connectors::ReadPace pace;
  connectors::ShardReader reader;
};

auto page(const char* sequence, const char* next, int behind) {
  std::string records;
  if (*sequence != 0) {
    records =
        R"({"Data":"aGk=","PartitionKey":"k","SequenceNumber":")" + std::string{sequence} + R"("})";
  }
  std::string body =
      R"({"Records":[)" + records + R"(],"MillisBehindLatest":)" + std::to_string(behind);
  if (*next != 0) body += R"(,"NextShardIterator":")" + std::string{next} + "\"";
  return answer(body + "}");
}

auto iterator(const char* name) {
  return answer(R"({"ShardIterator":")" + std::string{name} + "\"}");
}

}  // namespace

TEST_CASE(
    "Shard reader: the first step takes an iterator, later ones go on from answer to answer") {
  int calls = 0;
  Bench bench{[&](const std::string& operation, const std::string&) {
    ++calls;
    if (operation == "GetShardIterator") return iterator("i1");
    return page("7", calls == 2 ? "i2" : "i3", 100);
  }};
  CHECK(bench.step().records.size() == 1);
  CHECK(bench.step().records.size() == 1);
  CHECK(bench.body(0) ==
        R"({"StreamName":"s","ShardId":"shard","ShardIteratorType":"TRIM_HORIZON"})");
  CHECK(bench.body(1) == R"({"ShardIterator":"i1","Limit":10000})");
  CHECK(bench.body(2) == R"({"ShardIterator":"i2","Limit":10000})");
  CHECK(bench.reader.millis_behind_latest() == 100);
}

TEST_CASE("Shard reader: never more than five calls a second, slower at the tip") {
  int behind = 1000;
  bool empty = false;
  Bench bench{[&](const std::string& operation, const std::string&) {
    if (operation == "GetShardIterator") return iterator("i");
    return page(empty ? "" : "1", "i", behind);
  }};
  CHECK(bench.step().wait == milliseconds{200});
  behind = 0;
  const auto tip = bench.step();
  CHECK(tip.wait == milliseconds{200});
  CHECK(tip.caught_up);
  empty = true;
  CHECK(bench.step().wait == milliseconds{250});
  behind = 1000;
  CHECK(bench.step().wait == milliseconds{200});
  CHECK_FALSE(bench.step().caught_up);
}

TEST_CASE("Shard reader: an expired iterator is replaced by one after the last record") {
  int gets = 0;
  int iterators = 0;
  Bench bench{[&](const std::string& operation, const std::string&) {
    if (operation == "GetShardIterator") return iterator(++iterators == 1 ? "i1" : "i2");
    if (++gets == 2) return aws_error("ExpiredIteratorException");
    return page("42", "n", 0);
  }};
  CHECK(bench.step().records.size() == 1);
  const auto expired = bench.step();
  CHECK(expired.records.empty());
  CHECK_FALSE(expired.failure);
  CHECK(expired.wait == milliseconds{0});
  CHECK(bench.step().records.size() == 1);
  CHECK(bench.body(3) ==
        R"({"StreamName":"s","ShardId":"shard","ShardIteratorType":"AFTER_SEQUENCE_NUMBER",)"
        R"("StartingSequenceNumber":"42"})");
}

TEST_CASE("Shard reader: an iterator of LATEST that expires unused still means its moment") {
  int gets = 0;
  Bench bench{[&](const std::string& operation, const std::string&) {
                if (operation == "GetShardIterator") return iterator("i");
                if (++gets == 1) return aws_error("InvalidArgumentException");
                return page("", "n", 0);
              },
              {aws::IteratorType::latest}};
  const auto asked_at = base::to_epoch_ms(bench.fake.clock.now());
  REQUIRE(bench.reader.prepare(*bench.fake.client, bench.fake.clock));
  bench.fake.clock.advance(milliseconds{400'000});
  bench.step();
  bench.step();
  CHECK(bench.body(0).find("LATEST") != std::string::npos);
  CHECK(bench.body(2).find(R"("AT_TIMESTAMP","Timestamp":)" + std::to_string(asked_at / 1000)) !=
        std::string::npos);
}

TEST_CASE("Shard reader: outages are waited out with the same iterator") {
  int gets = 0;
  Bench bench{
      [&](const std::string& operation, const std::string&) -> base::Result<net::HttpResponse> {
        if (operation == "GetShardIterator") return iterator("i1");
        ++gets;
        if (gets == 2) return base::Error{base::ErrorCode::io, "connection refused"};
        if (gets == 3) return aws_error("InternalFailure", 500);
        return page("1", "i2", 0);
      }};
  CHECK(bench.step().records.size() == 1);
  const auto first = bench.step();
  CHECK_FALSE(first.failure);
  CHECK(first.wait == milliseconds{250});
  CHECK(bench.step().wait == milliseconds{300});
  CHECK(bench.step().records.size() == 1);
  CHECK(bench.body(4) == bench.body(2));
}

TEST_CASE("Shard reader: throttling slows down and is told") {
  Bench bench{[&](const std::string& operation, const std::string&) {
    if (operation == "GetShardIterator") return iterator("i1");
    return aws_error("ProvisionedThroughputExceededException");
  }};
  const auto step = bench.step();
  CHECK(step.throttled);
  CHECK_FALSE(step.failure);
  CHECK(step.wait == milliseconds{450});
}

TEST_CASE("Shard reader: without a next iterator the shard has ended") {
  Bench bench{[&](const std::string& operation, const std::string&) {
    if (operation == "GetShardIterator") return iterator("i1");
    return page("1", "", 0);
  }};
  const auto step = bench.step();
  CHECK(step.ended);
  CHECK(step.records.size() == 1);
}

TEST_CASE("Shard reader: what waiting does not mend ends the reading, with shard and stream") {
  Bench bench{[&](const std::string& operation, const std::string&) {
    if (operation == "GetShardIterator") return iterator("i1");
    return aws_error("ResourceNotFoundException");
  }};
  const auto step = bench.step();
  REQUIRE(step.failure);
  CHECK(step.failure->message() == "reading shard shard of s: ResourceNotFoundException: told so");
}

TEST_CASE("Shard reader: an endpoint that refuses every iterator is not asked for ever") {
  Bench bench{[&](const std::string& operation, const std::string&) {
    if (operation == "GetShardIterator") return iterator("i1");
    return aws_error("InvalidArgumentException");
  }};
  int steps = 0;
  while (!bench.step().failure) REQUIRE(++steps < 20);
  CHECK(steps == 10);
}
