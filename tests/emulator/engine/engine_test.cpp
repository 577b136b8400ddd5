#include "emulator/engine/engine.hpp"

#include <doctest/doctest.h>

#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <functional>
#include <set>
#include <thread>

#include "common/base/digest.hpp"
#include "emulator/engine/committer.hpp"
#include "tests/support/temp_dir.hpp"

using namespace millrace;
using namespace millrace::engine;

namespace {

constexpr std::int64_t hour_ms = 3'600'000;
const Scope scope{"000000000000", "us-east-1"};

struct Fixture {
  explicit Fixture(std::optional<std::string> directory = std::nullopt, Options options = {}) {
    store = store::Store::open(directory, store::Durability::full).value();
    engine = Engine::open(*store, clock, options).value();
    reader = engine->make_reader().value();
  }
  base::Status change(const std::function<base::Status()>& what) {
    REQUIRE(engine->begin());
    auto done = what();
    auto committed = engine->commit();
    return done ? committed : done;
  }
  void create(const char* name, std::uint32_t shards = 1) {
    NewStream wanted;
    wanted.name = name;
    wanted.shards = shards;
    REQUIRE(change([&] { return engine->create_stream(scope, wanted); }));
    clock.advance(base::Millis{500});
  }
  std::vector<Appended> append(const char* name, const std::vector<std::string>& data,
                               base::Uint128 hash = 0) {
    std::vector<NewRecord> records;
    for (const auto& text : data) records.push_back({"key", text, hash});
    std::vector<Appended> out;
    REQUIRE(change([&] { return engine->append(*engine->find(scope, name), records, out); }));
    return out;
  }
  ReadResult read(const char* name, std::int64_t from, std::size_t limit = 1000) {
    const auto* stream = engine->find(scope, name);
    REQUIRE(stream != nullptr);
    return engine->read(*reader, engine->plan(*stream, *stream->shards[0], from), limit, 1 << 20)
        .value();
  }
  base::ManualClock clock;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<store::Reader> reader;
};

}  // namespace

TEST_CASE("engine: a stream is CREATING, ACTIVE, DELETING and gone by the clock") {
  Fixture fixture;
  REQUIRE(fixture.change([&] { return fixture.engine->create_stream(scope, {.name = "s"}); }));
  const auto status = [&] {
    const auto* stream = fixture.engine->find(scope, "s");
    return stream ? stream->status(fixture.engine->now_ms()) : StreamStatus::gone;
  };
  CHECK(status() == StreamStatus::creating);
  fixture.clock.advance(base::Millis{499});
  CHECK(status() == StreamStatus::creating);
  fixture.clock.advance(base::Millis{1});
  CHECK(status() == StreamStatus::active);
  REQUIRE(fixture.change([&] { return fixture.engine->delete_stream(scope, "s"); }));
  CHECK(status() == StreamStatus::deleting);
  fixture.clock.advance(base::Millis{500});
  CHECK(status() == StreamStatus::gone);
  fixture.create("s");  // before housekeeping came by
  CHECK(status() == StreamStatus::active);
}

TEST_CASE("engine: hash ranges cover the key space without gap or overlap") {
  Fixture fixture;
  for (const std::uint32_t count : {1U, 2U, 3U, 4U, 7U, 100U}) {
    const auto name = "s" + std::to_string(count);
    fixture.create(name.c_str(), count);
    const auto* stream = fixture.engine->find(scope, name);
    base::Uint128 expected = 0;
    for (const auto& shard : stream->shards) {
      CHECK(shard->row.hash_start == expected);
      expected = shard->row.hash_end + 1;
    }
    CHECK(expected == 0);  // 2^128
    CHECK(&stream->route(0) == stream->shards.front().get());
    CHECK(&stream->route(base::uint128_max) == stream->shards.back().get());
  }
  // As AWS gives them for two shards.
  const auto* two = fixture.engine->find(scope, "s2");
  CHECK(base::to_decimal(two->shards[1]->row.hash_start) ==
        "170141183460469231731687303715884105728");
}

TEST_CASE("engine: records are read from any place, and millis behind is the age of what is next") {
  Fixture fixture;
  fixture.create("s");
  fixture.append("s", {"a", "b"});
  fixture.clock.advance(base::Millis{1000});
  const auto later = fixture.append("s", {"c"});
  fixture.clock.advance(base::Millis{5000});
  auto result = fixture.read("s", 0);
  CHECK(result.records.entries.size() == 3);
  CHECK(result.millis_behind == 0);
  result = fixture.read("s", 0, 2);
  CHECK(result.millis_behind == 5000);
  result = fixture.read("s", result.next_index);
  REQUIRE(result.records.entries.size() == 1);
  CHECK(result.records.data(result.records.entries[0]) == "c");
  CHECK(result.records.entries[0].index == static_cast<std::int64_t>(later[0].sequence.index));
}

TEST_CASE("engine: what is past its retention is not seen, then not there") {
  Fixture fixture;
  fixture.create("s");
  fixture.append("s", {"old1", "old2"});
  fixture.clock.advance(base::Millis{12 * hour_ms});
  fixture.append("s", {"new"});
  fixture.clock.advance(base::Millis{12 * hour_ms + 1});
  auto result = fixture.read("s", 0);
  REQUIRE(result.records.entries.size() == 1);
  CHECK(result.records.data(result.records.entries[0]) == "new");
  const auto key = fixture.engine->find(scope, "s")->shards[0]->row.key;
  CHECK(fixture.reader->scan(key, 0, 9, 999).value().records.entries.size() == 3);
  REQUIRE(fixture.change([&]() -> base::Status {
    BOOST_OUTCOME_TRY(fixture.engine->tidy(100));
    return base::success();
  }));
  CHECK(fixture.reader->scan(key, 0, 9, 999).value().records.entries.size() == 1);
  fixture.clock.advance(base::Millis{24 * hour_ms});
  CHECK(fixture.read("s", 0).records.entries.empty());
}

TEST_CASE("engine: sequence numbers rise over clock jumps, trimming and restarts") {
  const test::TempDir dir;
  std::string before;
  const auto rises = [&](Fixture& fixture) {
    for (const auto& appended : fixture.append("s", {"x", "y"})) {
      const auto text = SequenceText{appended.sequence}.str();
      CHECK(text > before);
      before = text;
    }
  };
  {
    Fixture fixture{dir.path()};
    fixture.create("s");
    rises(fixture);
    fixture.clock.advance(base::Millis{-30 * hour_ms});
    rises(fixture);
    fixture.clock.advance(base::Millis{400 * hour_ms});
    REQUIRE(fixture.change([&]() -> base::Status {
      BOOST_OUTCOME_TRY(fixture.engine->tidy(100));
      return base::success();
    }));
    CHECK(fixture.read("s", 0).records.entries.empty());
  }
  Fixture fixture{dir.path()};  // its clock starts anew, long ago
  fixture.clock.advance(base::Millis{1000});
  rises(fixture);
}

TEST_CASE("engine: accounts and regions are kept apart") {
  Fixture fixture;
  fixture.create("s");
  CHECK(fixture.engine->find({"111111111111", "us-east-1"}, "s") == nullptr);
  CHECK(fixture.engine->find({"000000000000", "eu-west-1"}, "s") == nullptr);
  fixture.create("t", 3);
  CHECK(fixture.engine->list(scope, "", 10).size() == 2);
  CHECK(fixture.engine->list(scope, "s", 10).size() == 1);
  CHECK(fixture.engine->list({"111111111111", "us-east-1"}, "", 10).empty());
  CHECK(fixture.engine->open_shards(scope) == 4);
}

TEST_CASE("engine: on a full disk nothing is half done, and it goes on when there is room again") {
  const test::TempDir dir;
  Fixture fixture{dir.path()};
  fixture.create("s");
  const auto kept = fixture.append("s", {"before"});
  rlimit old{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &old) == 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);  // writes then fail with EFBIG
  rlimit small{std::filesystem::file_size(dir.path() + "/millrace.db-wal") + 100'000, old.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const std::string data(20'000, 'x');
  int failures = 0;
  int stored = 1;
  for (int i = 0; i < 20; ++i) {
    std::vector<NewRecord> records(3, NewRecord{"key", data, 0});
    std::vector<Appended> out;
    REQUIRE(fixture.engine->begin());
    const auto done = fixture.engine->append(*fixture.engine->find(scope, "s"), records, out);
    const auto committed = fixture.engine->commit();
    (done && committed ? stored : failures) += done && committed ? 3 : 1;
  }
  CHECK(failures > 0);
  CHECK(fixture.read("s", 0).records.entries.size() == static_cast<std::size_t>(stored));
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &old) == 0);
  std::signal(SIGXFSZ, handler);
  const auto after = fixture.append("s", {"after"});
  CHECK(after[0].sequence.index > kept[0].sequence.index);
  CHECK(fixture.read("s", 0).records.entries.size() == static_cast<std::size_t>(stored) + 1);
}

TEST_CASE("engine: jobs of many threads share commits, and each is answered after its commit") {
  const test::TempDir dir;
  Fixture fixture{dir.path()};
  fixture.create("s");
  struct Put final : Job {
    void run(Engine& engine) override {
      const NewRecord record{"key", "data", 0};
      status = engine.append(*engine.find(scope, "s"), {&record, 1}, out);
    }
    void finish(const base::Status& committed) override {
      done = committed.has_value() && status.has_value();
      done.notify_one();
    }
    base::Status status = base::success();
    std::vector<Appended> out;
    std::atomic<bool> done{false};
  };
  std::vector<std::unique_ptr<Put>> puts(200);
  for (auto& put : puts) put = std::make_unique<Put>();
  {
    Committer committer{*fixture.engine};
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (std::size_t i = t; i < puts.size(); i += 4) {
          committer.submit(*puts[i]);
          puts[i]->done.wait(false);
        }
      });
    }
    for (auto& thread : threads) thread.join();
    CHECK(committer.healthy());
  }
  std::set<std::uint64_t> indexes;
  for (const auto& put : puts) indexes.insert(put->out.at(0).sequence.index);
  CHECK(indexes.size() == puts.size());
  CHECK(fixture.read("s", 0).records.entries.size() == puts.size());
}
