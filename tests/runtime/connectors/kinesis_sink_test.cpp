#include "runtime/connectors/kinesis_sink.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "common/base/base64.hpp"
#include "common/json/json.hpp"
#include "tests/support/fake_aws.hpp"

using namespace millrace;
using std::chrono::milliseconds;
using test::answer;
using test::aws_error;

namespace {

struct Sent {
  std::string data;
  std::string key;
};

std::vector<Sent> entries_of(const std::string& body) {
  const auto document = json::parse(body);
  REQUIRE(document);
  std::vector<Sent> out;
  for (const auto& entry : document.value()->root()["Records"].as_list()) {
    out.push_back({*base::base64_decode(entry["Data"].as_text()),
                   std::string{entry["PartitionKey"].as_text()}});
  }
  return out;
}

base::Result<net::HttpResponse> stored(std::size_t count, std::size_t refused = 0) {
  std::string out = R"({"FailedRecordCount":0,"Records":[)";
  for (std::size_t i = 0; i < count; ++i) {
    if (i != 0) out += ',';
    out += i < refused ? R"({"ErrorCode":"InternalFailure","ErrorMessage":"x"})"
                       : R"({"SequenceNumber":"1","ShardId":"x"})";
  }
  return answer(out + "]}");
}

class FirstColumn final : public formats::Encoder {
 public:
  base::Status encode(const data::Batch& batch, formats::EncodedRecords& out) override {
    for (std::size_t row = 0; row < batch.rows; ++row) {
      out.bytes += batch.columns[0]->at<std::string_view>(row);
      out.ends.push_back(out.bytes.size());
    }
    return base::success();
  }
};

data::Batch rows(const std::vector<std::string>& texts, bool with_null = false) {
  data::Schema schema;
  schema.fields = {{"text", data::LogicalType::string()}, {"n", data::LogicalType::bigint()}};
  data::BatchBuilder builder{schema};
  std::int64_t n = 0;
  for (const auto& text : texts) {
    builder.column(0).append(builder.arena().copy(text));
    if (with_null) {
      builder.column(1).append_null();
    } else {
      builder.column(1).append(n++);
    }
    builder.finish_row();
  }
  return builder.take();
}

struct Bench {
  explicit Bench(test::FakeTransport::Handler handler,
                 connectors::KinesisSinkOptions options = {}) {
    environment.clock = &clock;
    environment.subtask = 3;
    options.stream.name = "s";
    auto made_transport = std::make_unique<test::FakeTransport>(std::move(handler));
    transport = made_transport.get();
    auto made_waiter = std::make_unique<test::InstantWaiter>(&clock);
    waiter = made_waiter.get();
    aws::ClientParts parts{test::fake_settings(),
                           std::move(made_transport),
                           {.max_attempts = 1},
                           [] { return 0.5; },
                           &clock,
                           nullptr};
    sink = std::make_unique<connectors::KinesisSink>(
        std::move(options), std::make_unique<aws::KinesisClient>(std::move(parts)),
        std::make_unique<FirstColumn>(), environment, std::move(made_waiter), [] { return 0.5; },
        "t");
  }
  base::ManualClock clock;
  connectors::Environment environment;
  test::FakeTransport* transport = nullptr;
  test::InstantWaiter* waiter = nullptr;
  std::unique_ptr<connectors::KinesisSink> sink;
};

// Batches go out on threads of the sink's: until so many records are stored.
void settle(const Bench& bench, std::uint64_t records) {
  while (bench.sink->metrics().records < records) std::this_thread::yield();
}

}  // namespace

TEST_CASE("Kinesis sink: records wait for a full batch, flush() or the time-out") {
  std::vector<std::size_t> sizes;
  Bench bench{[&](const std::string&, const std::string& body) {
                sizes.push_back(entries_of(body).size());
                return stored(sizes.back());
              },
              {.batch_records = 3}};
  REQUIRE(bench.sink->write(rows({"a", "b"})));
  CHECK(sizes.empty());
  REQUIRE(bench.sink->write(rows({"c", "d"})));
  settle(bench, 3);
  CHECK(sizes == std::vector<std::size_t>{3});
  bench.clock.advance(milliseconds{4'999});
  REQUIRE(bench.sink->tick());
  CHECK(sizes.size() == 1);
  bench.clock.advance(milliseconds{1});
  REQUIRE(bench.sink->tick());
  settle(bench, 4);
  CHECK(sizes == std::vector<std::size_t>{3, 1});
  REQUIRE(bench.sink->write(rows({"e"})));
  REQUIRE(bench.sink->finish());
  CHECK(sizes == std::vector<std::size_t>{3, 1, 1});
  CHECK(bench.sink->metrics().records == 5);
  CHECK(bench.sink->metrics().bytes == 5);
}

TEST_CASE("Kinesis sink: a batch keeps the size limit") {
  std::vector<std::size_t> sizes;
  Bench bench{[&](const std::string&, const std::string& body) {
                sizes.push_back(entries_of(body).size());
                return stored(sizes.back());
              },
              {.fixed_key = true, .batch_bytes = 25}};
  REQUIRE(bench.sink->write(rows({"0123456789", "0123456789", "0123456789"})));
  REQUIRE(bench.sink->flush());
  CHECK(sizes == std::vector<std::size_t>{2, 1});
}

TEST_CASE("Kinesis sink: partition keys of columns, fixed and random ones") {
  std::vector<Sent> sent;
  const auto keep = [&](const std::string&, const std::string& body) {
    for (auto& one : entries_of(body)) sent.push_back(one);
    return stored(entries_of(body).size());
  };
  const auto write = [&](connectors::KinesisSinkOptions options, const data::Batch& batch) {
    sent.clear();
    Bench bench{keep, std::move(options)};
    REQUIRE(bench.sink->write(batch));
    REQUIRE(bench.sink->finish());
  };
  write({.key_columns = {0, 1}}, rows({"a", "b"}));
  CHECK(sent[0].key == "a|0");
  CHECK(sent[1].key == "b|1");
  write({.key_columns = {1, 0}, .delimiter = ""}, rows({"a"}, true));
  CHECK(sent[0].key == "nulla");
  write({.fixed_key = true}, rows({"a"}));
  CHECK(sent[0].key == "3");
  write({}, rows({"a", "b"}));
  CHECK(sent[0].key.size() == 36);
  CHECK(sent[0].key[14] == '4');
  CHECK(sent[0].key != sent[1].key);
}

TEST_CASE("Kinesis sink: a long partition key is cut at 256 characters, never inside one") {
  CHECK(connectors::joined_key(rows({std::string(300, 'x')}), 0, {0}, "|").size() == 256);
  std::string umlauts;
  for (int i = 0; i < 300; ++i) umlauts += "\xc3\xa4";
  CHECK(connectors::joined_key(rows({umlauts}), 0, {0}, "|").size() == 512);
  std::string emoji = "x";
  for (int i = 0; i < 300; ++i) emoji += "\xf0\x9f\x98\x80";
  CHECK(connectors::joined_key(rows({emoji}), 0, {0}, "|").size() == 1 + 127 * 4);
}

TEST_CASE("Kinesis sink: refused entries are sent again, the others not") {
  std::vector<std::vector<Sent>> calls;
  Bench bench{[&](const std::string&, const std::string& body) {
    calls.push_back(entries_of(body));
    return stored(calls.back().size(), calls.size() == 1 ? 2 : 0);
  }};
  REQUIRE(bench.sink->write(rows({"a", "b", "c"})));
  REQUIRE(bench.sink->flush());
  REQUIRE(calls.size() == 2);
  REQUIRE(calls[1].size() == 2);
  CHECK(calls[1][0].data == "a");
  CHECK(calls[1][0].key == calls[0][0].key);
  CHECK(bench.sink->metrics().records == 3);
  CHECK(bench.sink->metrics().retries == 2);
}

TEST_CASE("Kinesis sink: an outage is waited out, a lasting one ends the job") {
  int calls = 0;
  int outage = 5;
  Bench bench{[&](const std::string&, const std::string& body) -> base::Result<net::HttpResponse> {
    if (++calls <= outage) return base::Error{base::ErrorCode::io, "connection refused"};
    return stored(entries_of(body).size());
  }};
  REQUIRE(bench.sink->write(rows({"a"})));
  REQUIRE(bench.sink->flush());
  CHECK(calls == 6);
  outage = 1'000'000;
  REQUIRE(bench.sink->write(rows({"b"})));
  const auto failed = bench.sink->flush();
  REQUIRE_FALSE(failed);
  CHECK(failed.error().message() ==
        "Table 't': putting to s: gave up after 120 s: connection refused");
}

TEST_CASE("Kinesis sink: fail-on-error ends the job with the first refused record") {
  Bench bench{[&](const std::string&, const std::string&) { return stored(2, 1); },
              {.fail_on_error = true}};
  REQUIRE(bench.sink->write(rows({"a", "b"})));
  const auto failed = bench.sink->flush();
  REQUIRE_FALSE(failed);
  CHECK(failed.error().message().find("'sink.fail-on-error'") != std::string::npos);
}

TEST_CASE("Kinesis sink: open() waits for a stream in creation and refuses one that is missing") {
  int calls = 0;
  Bench bench{[&](const std::string& operation, const std::string&) {
    CHECK(operation == "DescribeStreamSummary");
    return answer(std::string{R"({"StreamDescriptionSummary":{"StreamStatus":")"} +
                  (++calls < 3 ? "CREATING" : "ACTIVE") + "\"}}");
  }};
  CHECK(bench.sink->open());
  CHECK(calls == 3);
  Bench missing{[](const std::string&, const std::string&) {
    return aws_error("ResourceNotFoundException");
  }};
  CHECK_FALSE(missing.sink->open());
}

TEST_CASE("Kinesis sink: so many requests are under way at the same time, and no more") {
  std::mutex mutex;
  std::condition_variable changed;
  int inside = 0;
  int most = 0;
  Bench bench{[&](const std::string&, const std::string& body) {
                std::unique_lock lock{mutex};
                most = std::max(most, ++inside);
                changed.notify_all();
                // Whoever comes first waits for the others.
                changed.wait(lock, [&] { return most >= 3; });
                --inside;
                return stored(entries_of(body).size());
              },
              {.batch_records = 2, .max_inflight = 3}};
  for (int i = 0; i < 20; ++i) REQUIRE(bench.sink->write(rows({"a", "b"})));
  REQUIRE(bench.sink->flush());
  CHECK(most == 3);
  CHECK(bench.sink->metrics().records == 40);
}

TEST_CASE("Kinesis sink: records of a key keep their order whatever is under way and refused") {
  std::mutex mutex;
  std::map<std::string, std::vector<int>> stored_of;
  std::set<std::string> under_way;
  int calls = 0;
  Bench bench{[&](const std::string&, const std::string& body) -> base::Result<net::HttpResponse> {
                const auto entries = entries_of(body);
                {
                  const std::lock_guard lock{mutex};
                  std::set<std::string> mine;
                  for (const auto& one : entries) mine.insert(one.key);
                  for (const auto& key : mine) CHECK(under_way.insert(key).second);
                }
                std::this_thread::yield();
                const std::lock_guard lock{mutex};
                for (const auto& one : entries) under_way.erase(one.key);
                ++calls;
                if (calls % 5 == 0) return base::Error{base::ErrorCode::io, "connection lost"};
                if (calls % 3 == 0) return aws_error("ProvisionedThroughputExceededException");
                for (const auto& one : entries) {
                  stored_of[one.key].push_back(std::stoi(one.data.substr(one.data.find('-') + 1)));
                }
                return stored(entries.size());
              },
              {.key_columns = {1}, .batch_records = 7, .max_inflight = 8, .max_buffered = 50}};
  // Row n of a batch has the key n.
  for (int i = 0; i < 100; ++i) {
    std::vector<std::string> texts;
    for (int k = 0; k < 10; ++k) texts.push_back("x-" + std::to_string(i));
    REQUIRE(bench.sink->write(rows(texts)));
  }
  REQUIRE(bench.sink->finish());
  CHECK(stored_of.size() == 10);
  for (const auto& [key, numbers] : stored_of) {
    CAPTURE(key);
    CHECK(numbers.size() == 100);
    CHECK(std::is_sorted(numbers.begin(), numbers.end()));
  }
  CHECK(bench.sink->metrics().retries > 0);
}

TEST_CASE("Kinesis sink: write() waits while as many records as allowed are not stored") {
  std::mutex mutex;
  std::condition_variable changed;
  bool open = false;
  Bench bench{[&](const std::string&, const std::string& body) {
                std::unique_lock lock{mutex};
                changed.wait(lock, [&] { return open; });
                return stored(entries_of(body).size());
              },
              {.batch_records = 2, .max_inflight = 2, .max_buffered = 6}};
  std::atomic<int> written{0};
  std::thread writer([&] {
    for (int i = 0; i < 20; ++i) {
      REQUIRE(bench.sink->write(rows({"a"})));
      ++written;
    }
  });
  while (written < 6) std::this_thread::yield();
  CHECK(written == 6);
  {
    const std::lock_guard lock{mutex};
    open = true;
  }
  changed.notify_all();
  writer.join();
  REQUIRE(bench.sink->finish());
  CHECK(bench.sink->metrics().records == 20);
}

TEST_CASE(
    "Kinesis sink: an error of a batch under way is told by the next call, and ends the rest") {
  Bench bench{
      [&](const std::string&, const std::string&) { return aws_error("AccessDeniedException"); },
      {.batch_records = 1}};
  REQUIRE(bench.sink->write(rows({"a"})));
  const auto flushed = bench.sink->flush();
  REQUIRE_FALSE(flushed);
  CHECK(flushed.error().message() == "Table 't': putting to s: AccessDeniedException: told so");
  CHECK_FALSE(bench.sink->write(rows({"b"})));
  CHECK_FALSE(bench.sink->finish());
}

TEST_CASE("Kinesis sink: one that is given up lets go of what is under way") {
  Bench bench{[&](const std::string&, const std::string&) -> base::Result<net::HttpResponse> {
                return base::Error{base::ErrorCode::io, "connection refused"};
              },
              {.batch_records = 1}};
  (void)bench.sink->write(rows({"a", "b"}));  // it may have given up already: waits take no time
  bench.sink.reset();
}
