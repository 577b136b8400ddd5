#include "runtime/connectors/filesystem.hpp"

#include <algorithm>
#include <thread>

#include "tests/runtime/connectors/connector_support.hpp"

using namespace millrace::connectors;
using millrace::data::LogicalType;
using millrace::test::TempDir;
namespace fs = std::filesystem;

namespace {

// The names in a directory, sorted.
std::vector<std::string> names(const std::string& directory) {
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator(directory))
    found.push_back(entry.path().filename());
  std::sort(found.begin(), found.end());
  return found;
}

std::string content(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE(
    "filesystem source: lines of one file, the last without a line feed, empty ones passed over") {
  TempDir dir;
  write_file(dir.path() + "/in.jsonl",
             "{\"k\":\"a\",\"n\":1}\n\n{\"k\":\"b\",\"n\":2}\r\n{\"n\":3}");
  Bench bench;
  bench.table.options = {
      {"connector", "filesystem"}, {"path", dir.path() + "/in.jsonl"}, {"format", "json"}};
  const auto source = bench.source().value();
  CHECK(source->bounded());
  CHECK(read_all(*source) == "+I[a, 1]+I[b, 2]+I[null, 3]");
  CHECK(source->metrics().records == 4);
  CHECK(source->metrics().bytes == 15 + 15 + 7);
}

TEST_CASE(
    "filesystem source: a directory's files in the order of their names, hidden ones left out") {
  TempDir dir;
  write_file(dir.path() + "/b.json", "{\"k\":\"b\"}\n");
  write_file(dir.path() + "/a.json", "{\"k\":\"a\"}\n");
  write_file(dir.path() + "/sub/c.json", "{\"k\":\"c\"}\n");
  write_file(dir.path() + "/.hidden.inprogress", "no json");
  write_file(dir.path() + "/_SUCCESS", "no json");
  write_file(dir.path() + "/empty", "");
  Bench bench;
  bench.table.options = {
      {"connector", "filesystem"}, {"path", "file://" + dir.path()}, {"format", "json"}};
  CHECK(read_all(*bench.source({0}).value()) == "+I[a]+I[b]+I[c]");
}

TEST_CASE("filesystem source: batches of any size and lines across chunks give the same rows") {
  TempDir dir;
  std::string text;
  std::string expected;
  for (int i = 0; i < 5'000; ++i) {
    const std::string key(static_cast<std::size_t>(i % 200), 'x');
    text += "{\"k\":\"" + key + "\",\"n\":" + std::to_string(i) + "}\n";
    expected += "+I[" + key + ", " + std::to_string(i) + "]";
  }
  text += "{\"k\":\"" + std::string(700'000, 'y') + "\",\"n\":-1}\n";
  expected += "+I[" + std::string(700'000, 'y') + ", -1]";
  write_file(dir.path() + "/in", text);
  for (const std::size_t batch_rows : {1U, 7U, 2048U, 1'000'000U}) {
    CAPTURE(batch_rows);
    Bench bench;
    bench.table.options = {{"connector", "filesystem"}, {"path", dir.path()}, {"format", "json"}};
    bench.environment.batch_rows = batch_rows;
    CHECK((read_all(*bench.source().value()) == expected));
  }
}

TEST_CASE("filesystem source: what is wrong is named") {
  TempDir dir;
  Bench absent;
  absent.table.options = {
      {"connector", "filesystem"}, {"path", dir.path() + "/none"}, {"format", "json"}};
  CHECK(read_all(*absent.source().value()).find(dir.path() + "/none") != std::string::npos);
  write_file(dir.path() + "/bad", "{\"k\":\"a\"}\n{\"k\":\n");
  Bench bad;
  bad.table.options = {{"connector", "filesystem"}, {"path", dir.path()}, {"format", "json"}};
  const std::string message = read_all(*bad.source().value());
  CHECK(message.find(dir.path() + "/bad") != std::string::npos);
  CHECK(message.find("Failed to deserialize JSON '{\"k\":'.") != std::string::npos);
  bad.table.options["json.ignore-parse-errors"] = "true";
  const auto lenient = bad.source({0}).value();
  CHECK(read_all(*lenient) == "+I[a]");
  CHECK(lenient->metrics().dropped == 1);
}

TEST_CASE("filesystem source: raw lines, and rows without any column") {
  TempDir dir;
  write_file(dir.path() + "/in", "one\ntwo\n");
  Bench bench;
  bench.table.schema = {{{"line", LogicalType::string()}}};
  bench.table.options = {{"connector", "filesystem"}, {"path", dir.path()}, {"format", "raw"}};
  CHECK(read_all(*bench.source({0}).value()) == "+I[one]+I[two]");
  CHECK(read_all(*bench.source({}).value()) == "+I[]+I[]");
}

TEST_CASE("filesystem source: one that watches its directory ends when drained or stopped") {
  TempDir dir;
  write_file(dir.path() + "/in", "{\"k\":\"a\"}\n");
  Bench bench;
  bench.table.options = {{"connector", "filesystem"},
                         {"path", dir.path()},
                         {"format", "json"},
                         {"source.monitor-interval", "1 h"}};
  bench.environment.drain = true;
  const auto drained = bench.source({0}).value();
  CHECK_FALSE(drained->bounded());
  CHECK(read_all(*drained) == "+I[a]");
  bench.environment.drain = false;
  const auto watching = bench.source({0}).value();
  REQUIRE(watching->open().has_value());
  CHECK(watching->next(std::chrono::milliseconds{0}).value().batch.rows == 1);
  CHECK_FALSE(watching->next(std::chrono::milliseconds{0}).value().finished);
  // A stop from elsewhere ends a wait of an hour at once.
  std::thread stopper([&] { watching->stop(); });
  CHECK(watching->next(std::chrono::hours{1}).value().finished);
  stopper.join();
}

TEST_CASE(
    "filesystem sink: nothing is visible before finish(), all of it afterwards, and it reads "
    "back") {
  TempDir dir;
  Bench bench;
  const std::string path = dir.path() + "/out/deep";
  bench.table.options = {{"connector", "filesystem"}, {"path", path}, {"format", "json"}};
  auto sink = bench.sink().value();
  CHECK_FALSE(sink->accepts_updates());
  REQUIRE(sink->open().has_value());
  REQUIRE(sink->write(rows({{"a", 1}, {"b\n", 2}})).has_value());
  REQUIRE(sink->flush().has_value());
  for (const auto& name : names(path)) CHECK(name.starts_with("."));
  CHECK(read_all(*bench.source().value()).empty());
  REQUIRE(sink->write(rows({{"c", 3}})).has_value());
  REQUIRE(sink->finish().has_value());
  const auto parts = names(path);
  REQUIRE(parts.size() == 1);
  CHECK(parts[0].starts_with("part-"));
  CHECK(content(fs::path(path) / parts[0]) ==
        "{\"k\":\"a\",\"n\":1}\n{\"k\":\"b\\n\",\"n\":2}\n{\"k\":\"c\",\"n\":3}\n");
  CHECK(read_all(*bench.source().value()) == "+I[a, 1]+I[b\n, 2]+I[c, 3]");
  CHECK(sink->metrics().records == 3);
}

TEST_CASE("filesystem sink: a job that fails leaves nothing, one without rows an empty directory") {
  TempDir dir;
  Bench bench;
  bench.table.options = {
      {"connector", "filesystem"}, {"path", dir.path() + "/out"}, {"format", "json"}};
  {
    auto failed = bench.sink().value();
    REQUIRE(failed->open().has_value());
    REQUIRE(failed->write(rows({{"a", 1}})).has_value());
    REQUIRE(failed->flush().has_value());
  }
  CHECK(names(dir.path() + "/out").empty());
  auto idle = bench.sink().value();
  REQUIRE(idle->open().has_value());
  REQUIRE(idle->finish().has_value());
  CHECK(names(dir.path() + "/out").empty());
}

TEST_CASE("filesystem sink: parts roll by size and by age, and two runs do not meet") {
  TempDir dir;
  Bench bench;
  bench.table.options = {{"connector", "filesystem"},
                         {"path", dir.path()},
                         {"format", "json"},
                         {"sink.rolling-policy.file-size", "30b"},
                         {"sink.rolling-policy.rollover-interval", "10 s"}};
  auto sink = bench.sink().value();
  REQUIRE(sink->open().has_value());
  REQUIRE(sink->write(rows({{"a", 1}, {"b", 2}})).has_value());
  CHECK(names(dir.path()).size() == 1);
  REQUIRE(sink->write(rows({{"c", 3}})).has_value());
  bench.clock.advance(std::chrono::seconds{9});
  REQUIRE(sink->tick().has_value());
  CHECK(read_all(*bench.source({0}).value()) == "+I[a]+I[b]");
  bench.clock.advance(std::chrono::seconds{1});
  REQUIRE(sink->tick().has_value());
  auto second = bench.sink().value();
  REQUIRE(second->open().has_value());
  REQUIRE(second->write(rows({{"d", 4}})).has_value());
  REQUIRE(second->finish().has_value());
  REQUIRE(sink->finish().has_value());
  CHECK(names(dir.path()).size() == 3);
}

TEST_CASE("filesystem sink: a path that is a file is refused") {
  TempDir dir;
  write_file(dir.path() + "/file", "x");
  Bench bench;
  bench.table.options = {
      {"connector", "filesystem"}, {"path", dir.path() + "/file"}, {"format", "json"}};
  const auto opened = bench.sink().value()->open();
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().message().find(dir.path() + "/file") != std::string::npos);
}
