// Partitions of the filesystem connector; tests/sql/filesystem_partition* compare them with Flink.
#include <algorithm>
#include <set>

#include "runtime/connectors/filesystem.hpp"
#include "tests/runtime/connectors/connector_support.hpp"

using namespace millrace::connectors;
using millrace::data::LogicalType;
using millrace::test::TempDir;
namespace fs = std::filesystem;

namespace {

// A table (k STRING, n BIGINT) PARTITIONED BY (k) of JSON in `path`.
struct Partitioned : Bench {
  explicit Partitioned(const std::string& path) {
    table.options = {{"connector", "filesystem"}, {"path", path}, {"format", "json"}};
    table.partition_keys = {"k"};
  }
};

// All visible files below a directory, by their paths from there.
std::set<std::string> visible(const std::string& root) {
  std::set<std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const auto name = entry.path().filename().string();
    if (!entry.is_regular_file() || name.starts_with('.')) continue;
    const auto folder = entry.path().parent_path().lexically_relative(root).string();
    found.insert(folder + "/" + (name.starts_with("part-") ? "part" : name));
  }
  return found;
}

std::string read_error(const std::string& file, const LogicalType& type) {
  TempDir dir;
  write_file(dir.path() + file, "{\"n\":1}\n");
  Partitioned bench(dir.path());
  bench.table.schema.fields[0].type = type;
  const auto source = bench.source();
  return source ? read_all(*source.value()) : source.error().message();
}

}  // namespace

TEST_CASE("partitions: rows go to the directory of their key and read back, NULL too") {
  TempDir dir;
  Partitioned bench(dir.path());
  auto sink = bench.sink().value();
  REQUIRE(sink->open().has_value());
  REQUIRE(sink->write(rows({{"b", 1}, {"a:1", 2}, {"b", 3}, {"", 4}})).has_value());
  CHECK(visible(dir.path()).empty());
  REQUIRE(sink->finish().has_value());
  CHECK(visible(dir.path()) ==
        std::set<std::string>{"k=__DEFAULT_PARTITION__/part", "k=a%3A1/part", "k=b/part"});
  CHECK(sink->metrics().records == 4);
  CHECK(read_all(*bench.source().value()) == "+I[null, 4]+I[a:1, 2]+I[b, 1]+I[b, 3]");
  CHECK(read_all(*bench.source({1, 0}).value()) == "+I[4, null]+I[2, a:1]+I[1, b]+I[3, b]");
  CHECK(read_all(*bench.source({0}).value()) == "+I[null]+I[a:1]+I[b]+I[b]");
}

TEST_CASE("partitions: a job that fails leaves no part in any of them") {
  TempDir dir;
  Partitioned bench(dir.path());
  {
    auto sink = bench.sink().value();
    REQUIRE(sink->open().has_value());
    REQUIRE(sink->write(rows({{"a", 1}, {"b", 2}})).has_value());
    REQUIRE(sink->flush().has_value());
  }
  for (const auto& entry : fs::recursive_directory_iterator(dir.path())) {
    CHECK_FALSE(entry.is_regular_file());
  }
}

TEST_CASE("partitions: more of them than files that may be open lose no row") {
  TempDir dir;
  Partitioned bench(dir.path());
  constexpr std::int64_t partitions = 450;
  auto sink = bench.sink().value();
  REQUIRE(sink->open().has_value());
  for (std::int64_t round = 0; round < 3; ++round) {
    std::vector<std::pair<std::string, std::int64_t>> cells;
    for (std::int64_t i = 0; i < partitions; ++i)
      cells.emplace_back("p" + std::to_string(i), round);
    REQUIRE(sink->write(rows(cells)).has_value());
    if (round == 1) {
      REQUIRE(sink->flush().has_value());
    }
  }
  const auto open =
      std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator{});
  CHECK(open < 300);
  REQUIRE(sink->finish().has_value());
  CHECK(visible(dir.path()).size() == partitions);
  const auto text = read_all(*bench.source().value());
  for (std::int64_t i = 0; i < partitions; i += 37) {
    const std::string row = "+I[p" + std::to_string(i) + ", ";
    CHECK(text.find(row + "0]" + row + "1]" + row + "2]") != std::string::npos);
  }
}

TEST_CASE("partitions: an empty file says that one is finished, not before its delay") {
  TempDir dir;
  Partitioned bench(dir.path());
  bench.table.options["sink.partition-commit.policy.kind"] = "success-file";
  bench.table.options["sink.partition-commit.delay"] = "10 s";
  bench.table.options["sink.rolling-policy.inactivity-interval"] = "2 s";
  auto sink = bench.sink().value();
  REQUIRE(sink->open().has_value());
  REQUIRE(sink->write(rows({{"a", 1}})).has_value());
  bench.clock.advance(std::chrono::seconds{3});
  REQUIRE(sink->tick().has_value());
  CHECK(visible(dir.path()) == std::set<std::string>{"k=a/part"});
  bench.clock.advance(std::chrono::seconds{7});
  REQUIRE(sink->write(rows({{"b", 2}})).has_value());
  REQUIRE(sink->tick().has_value());
  CHECK(visible(dir.path()) == std::set<std::string>{"k=a/_SUCCESS", "k=a/part"});
  REQUIRE(sink->finish().has_value());
  CHECK(visible(dir.path()) ==
        std::set<std::string>{"k=a/_SUCCESS", "k=a/part", "k=b/_SUCCESS", "k=b/part"});
  CHECK(read_all(*bench.source().value()) == "+I[a, 1]+I[b, 2]");
}

TEST_CASE("partitions: a path that does not say a key's value is named") {
  const auto text = LogicalType::string();
  CHECK(read_error("/f", text).find("Partition keys are: [k], incomplete partition spec: {}") !=
        std::string::npos);
  CHECK(read_error("/z=1/f", text).find("incomplete partition spec: {z=1}") != std::string::npos);
  CHECK(read_error("/z=1/k=2/f", text).find("incomplete") != std::string::npos);
  CHECK(read_error("/k=x/z=1/f", text) == "+I[x, 1]");
  CHECK(read_error("/k=%41%zz%/f", text) == "+I[A%zz%, 1]");
}

TEST_CASE("partitions: values are read as Java reads them") {
  CHECK(read_error("/k=+7/f", LogicalType::integer()) == "+I[7, 1]");
  CHECK(read_error("/k=x7/f", LogicalType::integer()).find("For input string: \"x7\"") !=
        std::string::npos);
  CHECK(read_error("/k=128/f", LogicalType::of(millrace::data::TypeKind::tinyint))
            .find("For input string: \"128\"") != std::string::npos);
  CHECK(read_error("/k=TRUE/f", LogicalType::boolean()) == "+I[true, 1]");
  CHECK(read_error("/k=1/f", LogicalType::boolean()) == "+I[false, 1]");
  CHECK(
      read_error("/k=2024-02-30/f", LogicalType::date()).find("'2024-02-30' could not be parsed") !=
      std::string::npos);
  CHECK(read_error("/k=1.50/f", LogicalType::decimal(10, 2))
            .find("Can not convert 1.50 to type DECIMAL(10, 2) for partition value") !=
        std::string::npos);
}

TEST_CASE("partitions: what cannot be served is refused before anything is opened") {
  Partitioned bench("/nowhere");
  CHECK(bench.check() == "ok");
  bench.table.options["sink.partition-commit.trigger"] = "partition-time";
  CHECK(bench.check().find("'partition-time' is not served") != std::string::npos);
  bench.table.options.erase("sink.partition-commit.trigger");
  bench.table.options["sink.partition-commit.policy.kind"] = "metastore,success-file";
  CHECK(bench.check().find("Can not configure a 'metastore'") == 0);
  bench.table.options.erase("sink.partition-commit.policy.kind");
  bench.table.options["partition.default-name"] = "";
  CHECK(bench.check().find("'partition.default-name': it is empty") != std::string::npos);
  bench.table.options.erase("partition.default-name");
  bench.table.schema.fields[0].type = LogicalType::bytes();
  CHECK(bench.check().find("column 'k': a partition's name cannot be BYTES") == 0);
}

TEST_CASE("partitions: a source that watches sees the new ones") {
  TempDir dir;
  write_file(dir.path() + "/k=a/f", "{\"n\":1}\n");
  Partitioned bench(dir.path());
  bench.table.options["source.monitor-interval"] = "1 ms";
  const auto source = bench.source().value();
  REQUIRE(source->open().has_value());
  std::string text;
  for (int turn = 0; turn < 100'000 && text.size() < 20; ++turn) {
    auto fetched = source->next(std::chrono::milliseconds{5}).value();
    for (std::size_t row = 0; row < fetched.batch.rows; ++row) {
      millrace::data::append_row_text(text, fetched.batch, row);
    }
    if (text == "+I[a, 1]") write_file(dir.path() + "/k=b/f", "{\"n\":2}\n");
  }
  CHECK(text == "+I[a, 1]+I[b, 2]");
}
