#include "runtime/connectors/kinesis_source.hpp"

#include <doctest/doctest.h>

#include <set>

#include "common/base/base64.hpp"
#include "common/json/json.hpp"
#include "tests/support/fake_aws.hpp"

using namespace millrace;
using std::chrono::milliseconds;
using test::answer;
using test::aws_error;

namespace {

// A stream in memory behind the client's transport: shards with numbered records.
class FakeStream {
 public:
  struct Shard {
    std::vector<std::string> records{};
    bool closed = false;
    std::string parent{};
  };

  base::Result<net::HttpResponse> handle(const std::string& operation, const std::string& body) {
    const std::lock_guard lock{mutex};
    if (outages > 0) {
      --outages;
      return base::Error{base::ErrorCode::io, "connection refused"};
    }
    const auto document = json::parse(body);
    const auto& root = document.value()->root();
    if (operation == "ListShards") return list();
    if (operation == "GetShardIterator") {
      const std::string type{root["ShardIteratorType"].as_text()};
      const std::string id{root["ShardId"].as_text()};
      std::size_t at = 0;
      if (type == "LATEST") at = shards[id].records.size();
      if (type == "AFTER_SEQUENCE_NUMBER") {
        at = std::stoul(std::string{root["StartingSequenceNumber"].as_text()}) + 1;
      }
      begun.push_back(id + ":" + type);
      return answer(R"({"ShardIterator":")" + id + "/" + std::to_string(at) + "\"}");
    }
    return get(std::string{root["ShardIterator"].as_text()});
  }

  std::map<std::string, Shard> shards;
  std::size_t page_size = 3;
  int outages = 0;
  int expired = 0;
  std::vector<std::string> begun;  // iterators asked for: "shard:type"
  std::mutex mutex;

 private:
  base::Result<net::HttpResponse> list() const {
    json::Writer out;
    out.begin_map();
    out.key("Shards");
    out.begin_list();
    for (const auto& [id, shard] : shards) {
      out.begin_map();
      out.key("ShardId");
      out.text(id);
      if (!shard.parent.empty()) {
        out.key("ParentShardId");
        out.text(shard.parent);
      }
      if (shard.closed) {
        out.key("SequenceNumberRange");
        out.begin_map();
        out.key("EndingSequenceNumber");
        out.text("9");
        out.end_map();
      }
      out.end_map();
    }
    out.end_list();
    out.end_map();
    return answer(out.take());
  }

  base::Result<net::HttpResponse> get(const std::string& iterator) {
    if (expired > 0) {
      --expired;
      return aws_error("ExpiredIteratorException");
    }
    const std::string id = iterator.substr(0, iterator.find('/'));
    std::size_t at = std::stoul(iterator.substr(iterator.find('/') + 1));
    const auto& shard = shards.at(id);
    json::Writer out;
    out.begin_map();
    out.key("Records");
    out.begin_list();
    for (std::size_t n = 0; n < page_size && at < shard.records.size(); ++n, ++at) {
      out.begin_map();
      out.key("Data");
      out.bytes(shard.records[at]);
      out.key("PartitionKey");
      out.text("k");
      out.key("SequenceNumber");
      out.text(std::to_string(at));
      out.key("ApproximateArrivalTimestamp");
      out.time(1'000 + static_cast<std::int64_t>(at));
      out.end_map();
    }
    out.end_list();
    out.key("MillisBehindLatest");
    out.integer(at < shard.records.size() ? 1000 : 0);
    if (!shard.closed || at < shard.records.size()) {
      out.key("NextShardIterator");
      out.text(id + "/" + std::to_string(at));
    }
    out.end_map();
    return answer(out.take());
  }
};

// One row a message, its text; "bad" is an error, "drop" no row.
class TextDecoder final : public formats::Decoder {
 public:
  base::Status decode(std::span<const std::string_view> messages, data::BatchBuilder& out,
                      std::vector<std::uint32_t>& rows_of) override {
    for (const auto& message : messages) {
      if (message == "bad") return base::Error{base::ErrorCode::serialization, "bad message"};
      rows_of.push_back(message == "drop" ? 0 : 1);
      if (message == "drop") continue;
      out.column(0).append(out.arena().copy(message));
      out.finish_row();
    }
    return base::success();
  }
};

connectors::KinesisSourceOptions from_start() {
  return {.start = {aws::IteratorType::trim_horizon}};
}

class Bench {
 public:
  explicit Bench(connectors::KinesisSourceOptions options = from_start(),
                 std::vector<connectors::MetadataColumn> metadata = {}) {
    environment.clock = &clock;
    environment.drain = true;
    environment.batch_rows = 4;
    options.stream.name = "s";
    options_ = std::move(options);
    options_.pace.call_interval = milliseconds{0};
    options_.pace.empty_interval = milliseconds{1};
    options_.pace.retry = {.base = milliseconds{1}, .throttled_base = milliseconds{1}};
    options_.discovery_interval = milliseconds{5};
    metadata_ = std::move(metadata);
  }

  connectors::KinesisSource& make() {
    data::Schema schema;
    schema.fields.push_back({"text", data::LogicalType::string()});
    for (const auto& column : metadata_) schema.fields.push_back({column.key, column.type});
    aws::ClientParts parts{test::fake_settings(),
                           std::make_unique<test::FakeTransport>(
                               [this](const std::string& operation, const std::string& body) {
                                 return stream.handle(operation, body);
                               }),
                           {.max_attempts = 1},
                           [] { return 0.5; },
                           &clock,
                           nullptr};
    source_ = std::make_unique<connectors::KinesisSource>(
        options_, std::make_unique<aws::KinesisClient>(std::move(parts)),
        std::make_unique<TextDecoder>(), schema, metadata_, environment, "t");
    return *source_;
  }

  // Rows until the source says that it has finished.
  std::vector<std::string> drain() {
    auto& source = make();
    REQUIRE(source.open());
    return rest();
  }
  std::vector<std::string> rest() {
    std::vector<std::string> out;
    while (true) {
      auto fetched = source_->next(milliseconds{10'000});
      REQUIRE_MESSAGE(fetched, fetched.error().message());
      const auto& batch = fetched.value().batch;
      for (std::size_t row = 0; row < batch.rows; ++row) {
        out.emplace_back(batch.columns[0]->at<std::string_view>(row));
      }
      REQUIRE(batch.rows <= 4);
      if (fetched.value().finished) return out;
    }
  }

  FakeStream stream;
  base::ManualClock clock;
  connectors::Environment environment;

 private:
  connectors::KinesisSourceOptions options_;
  std::vector<connectors::MetadataColumn> metadata_;
  std::unique_ptr<connectors::KinesisSource> source_;
};

std::vector<std::string> numbered(const std::string& prefix, int count) {
  std::vector<std::string> out;
  for (int i = 0; i < count; ++i) out.push_back(prefix + std::to_string(i));
  return out;
}

std::vector<std::string> of_shard(const std::vector<std::string>& rows, char prefix) {
  std::vector<std::string> out;
  std::copy_if(rows.begin(), rows.end(), std::back_inserter(out),
               [&](const std::string& row) { return row[0] == prefix; });
  return out;
}

}  // namespace

TEST_CASE("Kinesis source: a drain gives every record of every shard, in order, and finishes") {
  Bench bench;
  for (const char* id : {"a", "b", "c"}) bench.stream.shards[id].records = numbered(id, 25);
  const auto rows = bench.drain();
  CHECK(rows.size() == 75);
  for (const char id : {'a', 'b', 'c'}) CHECK(of_shard(rows, id) == numbered({id}, 25));
}

TEST_CASE("Kinesis source: an empty stream is drained at once") {
  Bench bench;
  bench.stream.shards["a"] = {};
  CHECK(bench.drain().empty());
}

TEST_CASE("Kinesis source: children are read after their parent, new ones from their beginning") {
  Bench bench;
  bench.stream.shards["a"] = {numbered("a", 10), true, ""};
  bench.stream.shards["b"] = {numbered("b", 10), true, "a"};
  bench.stream.shards["c"] = {numbered("c", 10), false, "b"};
  std::vector<std::string> wanted = numbered("a", 10);
  for (const char* id : {"b", "c"}) {
    for (auto& row : numbered(id, 10)) wanted.push_back(row);
  }
  CHECK(bench.drain() == wanted);
}

TEST_CASE("Kinesis source: outages and expired iterators lose nothing and repeat nothing") {
  Bench bench;
  bench.stream.shards["a"].records = numbered("a", 30);
  auto& source = bench.make();
  REQUIRE(source.open());
  {
    const std::lock_guard lock{bench.stream.mutex};
    bench.stream.outages = 7;
    bench.stream.expired = 3;
  }
  CHECK(bench.rest() == numbered("a", 30));
}

TEST_CASE("Kinesis source: an endpoint that is not up yet is waited for") {
  Bench bench;
  bench.stream.shards["a"].records = numbered("a", 2);
  bench.stream.outages = 1;
  CHECK(bench.drain() == numbered("a", 2));
}

TEST_CASE("Kinesis source: a stream that does not exist is an error of open()") {
  Bench bench;
  aws::ClientParts parts{
      test::fake_settings(),
      std::make_unique<test::FakeTransport>([](const std::string&, const std::string&) {
        return aws_error("ResourceNotFoundException");
      }),
      {.max_attempts = 1},
      [] { return 0.5; },
      &bench.clock,
      nullptr};
  connectors::KinesisSource source{{.stream = {.name = "s"}},
                                   std::make_unique<aws::KinesisClient>(std::move(parts)),
                                   std::make_unique<TextDecoder>(),
                                   {},
                                   {},
                                   bench.environment,
                                   "t"};
  const auto opened = source.open();
  REQUIRE_FALSE(opened);
  CHECK(opened.error().message() ==
        "Table 't': listing the shards of s at http://localhost:4566: ResourceNotFoundException: "
        "told so");
}

TEST_CASE("Kinesis source: from LATEST on it reads what comes after open()") {
  Bench latest{{.start = {aws::IteratorType::latest}}};
  latest.environment.drain = false;
  latest.stream.shards["a"].records = numbered("a", 2);
  latest.stream.shards["0"] = {{"old"}, true, ""};
  auto& source = latest.make();
  REQUIRE(source.open());
  {
    const std::lock_guard lock{latest.stream.mutex};
    latest.stream.shards["a"].records.push_back("new");
    latest.stream.shards["b"].records = {"other"};
  }
  std::set<std::string> seen;
  while (seen.size() < 2) {
    auto next = source.next(milliseconds{10'000});
    REQUIRE(next);
    REQUIRE_FALSE(next.value().finished);
    for (std::size_t row = 0; row < next.value().batch.rows; ++row) {
      seen.emplace(next.value().batch.columns[0]->at<std::string_view>(row));
    }
  }
  CHECK(seen == std::set<std::string>{"new", "other"});
  source.stop();
  const auto stopped = source.next(milliseconds{10'000});
  REQUIRE(stopped);
  CHECK(stopped.value().finished);
}

TEST_CASE("Kinesis source: a message the format cannot read ends the job, naming table and shard") {
  Bench bench;
  bench.stream.shards["a"].records = {"good", "bad"};
  auto& source = bench.make();
  REQUIRE(source.open());
  auto fetched = source.next(milliseconds{10'000});
  while (fetched && !fetched.value().finished) fetched = source.next(milliseconds{10'000});
  REQUIRE_FALSE(fetched);
  CHECK(fetched.error().message() == "Table 't', shard a: bad message");
}

TEST_CASE("Kinesis source: metadata columns stand beside the rows they belong to") {
  using data::LogicalType;
  Bench bench{from_start(),
              {{"shard-id", LogicalType::varchar(128)},
               {"timestamp", LogicalType::timestamp_ltz(3)},
               {"sequence-number", LogicalType::varchar(128)}}};
  bench.stream.shards["a"].records = {"x", "drop", "y"};
  auto& source = bench.make();
  REQUIRE(source.open());
  auto fetched = source.next(milliseconds{10'000});
  REQUIRE(fetched);
  const auto& batch = fetched.value().batch;
  REQUIRE(batch.rows == 2);
  CHECK(batch.columns[0]->at<std::string_view>(1) == "y");
  CHECK(batch.columns[1]->at<std::string_view>(1) == "a");
  CHECK(batch.columns[2]->at<data::TimestampValue>(1).millis == 1'002);
  CHECK(batch.columns[3]->at<std::string_view>(0) == "0");
  CHECK(batch.columns[3]->at<std::string_view>(1) == "2");
}

TEST_CASE("Kinesis source: reading pauses while the pipeline does not take, and goes on after") {
  auto options = from_start();
  options.queue_bytes = 1;
  Bench bench{options};
  bench.stream.page_size = 1;
  bench.stream.shards["a"].records = numbered("a", 20);
  CHECK(bench.drain() == numbered("a", 20));
}

TEST_CASE("Kinesis source: metrics count messages and know the distance to the tip") {
  Bench bench;
  bench.stream.shards["a"].records = {"12345", "678"};
  bench.environment.drain = false;
  auto& source = bench.make();
  REQUIRE(source.open());
  REQUIRE(source.next(milliseconds{10'000}));
  const auto metrics = source.metrics();
  CHECK(metrics.records == 2);
  CHECK(metrics.bytes == 8);
  CHECK(metrics.millis_behind_latest == 0);
  CHECK(metrics.note == "1 shard");
}
