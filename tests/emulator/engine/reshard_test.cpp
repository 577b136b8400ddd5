// Splits, merges and scaling in the engine: lineage, ranges, records in flight, crashes, time.
#include "emulator/engine/reshaping.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <random>
#include <set>

#include "emulator/engine/engine.hpp"
#include "tests/support/temp_dir.hpp"

using namespace millrace;
using namespace millrace::engine;

namespace {

constexpr std::int64_t hour_ms = 3'600'000;
const base::Uint128 middle = base::Uint128{1} << 127;
const Scope scope{"000000000000", "us-east-1"};

struct Fixture {
  explicit Fixture(std::optional<std::string> in = std::nullopt, Options wanted = {})
      : directory(std::move(in)), options(wanted) {
    open();
  }
  void open() {
    reader.reset();
    engine.reset();
    store.reset();
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
  void create(std::uint32_t shards, const std::string& mode = "PROVISIONED") {
    NewStream wanted;
    wanted.name = "s";
    wanted.shards = shards;
    wanted.mode = mode;
    REQUIRE(change([&] { return engine->create_stream(scope, wanted); }));
    clock.advance(base::Millis{500});
  }
  [[nodiscard]] const Stream& stream() const { return *engine->find(scope, "s"); }
  [[nodiscard]] const Shard& shard(std::uint32_t number) const { return *stream().find(number); }

  base::Status split(std::uint32_t number, base::Uint128 key) {
    return change([&] { return engine->split_shard(stream(), shard(number), key); });
  }
  base::Status put(base::Uint128 hash, std::string data) {
    const NewRecord record{"key", data, hash};
    std::vector<Appended> out;
    return engine->append(stream(), {&record, 1}, out);
  }
  // Data of all records of a shard from an index on.
  std::vector<std::string> read(std::uint32_t number, ReadResult* last = nullptr,
                                std::int64_t from = 0) {
    const auto plan = engine->plan(stream(), shard(number), from);
    auto result = engine->read(*reader, plan, 1000, 1 << 20).value();
    std::vector<std::string> found;
    for (const auto& entry : result.records.entries) {
      found.emplace_back(result.records.data(entry));
    }
    if (last != nullptr) *last = std::move(result);
    return found;
  }
  void tidy() {
    REQUIRE(engine->begin());
    const auto done = engine->tidy(1000);
    REQUIRE(engine->commit());
    REQUIRE(done);
  }

  std::optional<std::string> directory;
  Options options;
  base::ManualClock clock;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<store::Reader> reader;
};

using Strings = std::vector<std::string>;

}  // namespace

TEST_CASE("reshard: a split closes its shard and opens two, the lower half first") {
  Fixture fixture;
  fixture.create(1);
  REQUIRE(fixture.split(0, middle));
  const auto& stream = fixture.stream();
  CHECK(stream.status(fixture.engine->now_ms()) == StreamStatus::updating);
  REQUIRE(stream.shards.size() == 3);
  CHECK(stream.open.size() == 2);
  const auto now_s = fixture.engine->now_ms() / 1000;
  CHECK(fixture.shard(0).row.closed_ms == fixture.engine->now_ms());
  for (const std::uint32_t number : {1U, 2U}) {
    CAPTURE(number);
    const auto& child = fixture.shard(number);
    CHECK(child.row.parent == 0);
    CHECK_FALSE(child.row.adjacent_parent);
    CHECK(child.row.created_s == now_s + 1);
    // Every number of the child is above every number of its parent.
    CHECK(SequenceText{child.first_sequence()}.str() >
          SequenceText{fixture.shard(0).ending_sequence()}.str());
  }
  CHECK(fixture.shard(1).row.hash_start == 0);
  CHECK(fixture.shard(1).row.hash_end == middle - 1);
  CHECK(fixture.shard(2).row.hash_start == middle);
  CHECK(fixture.shard(2).row.hash_end == base::uint128_max);
  fixture.clock.advance(base::Millis{500});
  CHECK(stream.status(fixture.engine->now_ms()) == StreamStatus::active);
}

TEST_CASE("reshard: a merge names both parents and joins their ranges") {
  Fixture fixture;
  fixture.create(3);
  REQUIRE(fixture.change([&] {
    return fixture.engine->merge_shards(fixture.stream(), fixture.shard(1), fixture.shard(2));
  }));
  const auto& child = fixture.shard(3);
  CHECK(child.row.parent == 1);
  CHECK(child.row.adjacent_parent == 2);
  CHECK(child.row.hash_start == fixture.shard(1).row.hash_start);
  CHECK(child.row.hash_end == fixture.shard(2).row.hash_end);
  CHECK(fixture.stream().open.size() == 2);
}

TEST_CASE("reshard: UpdateShardCount goes the way of AWS, seen in the number of shards listed") {
  struct Case {
    std::uint32_t from, to;
    std::size_t listed;
  };
  // Counts seen on AWS.
  for (const auto& [from, to, listed] :
       {Case{2, 4, 6}, Case{4, 5, 15}, Case{10, 13, 37}, Case{4, 2, 6}, Case{5, 3, 7}}) {
    CAPTURE(from);
    CAPTURE(to);
    Fixture fixture;
    fixture.create(from);
    REQUIRE(fixture.change(
        [&, target = to] { return fixture.engine->scale_shards(fixture.stream(), target); }));
    CHECK(fixture.stream().shards.size() == listed);
    CHECK(fixture.stream().open.size() == to);
    CHECK(fixture.stream().covers_key_space());
  }
}

TEST_CASE("reshard: what was put before a split in one commit stays in the parent") {
  Fixture fixture;
  fixture.create(1);
  REQUIRE(fixture.change([&] { return fixture.put(0, "first"); }));
  REQUIRE(fixture.engine->begin());
  REQUIRE(fixture.put(middle, "before"));
  REQUIRE(fixture.engine->split_shard(fixture.stream(), fixture.shard(0), middle));
  REQUIRE(fixture.put(0, "low"));
  REQUIRE(fixture.put(middle, "high"));
  // Not committed: to a reader the parent is still open.
  CHECK_FALSE(fixture.engine->plan(fixture.stream(), fixture.shard(0), 0).closed);
  REQUIRE(fixture.engine->commit());
  ReadResult result;
  CHECK(fixture.read(0, &result) == Strings{"first", "before"});
  CHECK(result.at_end);
  CHECK(fixture.read(1, &result) == Strings{"low"});
  CHECK_FALSE(result.at_end);
  CHECK(fixture.read(2) == Strings{"high"});
}

TEST_CASE("reshard: a reader whose plan is older than the end of the shard reads on") {
  const test::TempDir dir;
  Fixture fixture{dir.path()};
  fixture.create(1);
  const auto plan = fixture.engine->plan(fixture.stream(), fixture.shard(0), 0);
  REQUIRE(fixture.engine->begin());
  REQUIRE(fixture.put(0, "last"));
  REQUIRE(fixture.engine->split_shard(fixture.stream(), fixture.shard(0), middle));
  const auto unfinished = fixture.engine->plan(fixture.stream(), fixture.shard(0), 0);
  auto page = fixture.engine->read(*fixture.reader, unfinished, 10, 1 << 20).value();
  CHECK(page.records.entries.empty());  // the reader sees what is committed
  CHECK_FALSE(page.at_end);             // so it is not told that this was all
  REQUIRE(fixture.engine->commit());
  page = fixture.engine->read(*fixture.reader, plan, 10, 1 << 20).value();
  CHECK(page.records.entries.size() == 1);
  CHECK_FALSE(page.at_end);
  ReadResult result;
  CHECK(fixture.read(0, &result, page.next_index).empty());
  CHECK(result.at_end);
}

TEST_CASE("reshard: lineage, ranges and numbers are the same after a restart") {
  const test::TempDir dir;
  Fixture fixture{dir.path()};
  fixture.create(4);
  REQUIRE(fixture.change([&] { return fixture.put(0, "kept"); }));
  REQUIRE(fixture.change([&] { return fixture.engine->scale_shards(fixture.stream(), 5); }));
  const auto shown = [&] {
    Strings all;
    for (const auto& shard : fixture.stream().shards) {
      const auto& row = shard->row;
      all.push_back(shard_id(row.number) + " " + base::to_decimal(row.hash_start) + " " +
                    base::to_decimal(row.hash_end) + " " +
                    std::to_string(row.parent.value_or(999)) + " " +
                    std::to_string(row.adjacent_parent.value_or(999)) + " " +
                    SequenceText{shard->first_sequence()}.str() + " " +
                    (row.closed_ms ? SequenceText{shard->ending_sequence()}.str() : "open"));
    }
    return all;
  };
  const auto before = shown();
  fixture.open();
  CHECK(shown() == before);
  ReadResult result;
  CHECK(fixture.read(0, &result) == Strings{"kept"});
  CHECK(result.at_end);
  fixture.clock.advance(base::Millis{500});
  REQUIRE(fixture.split(fixture.stream().open[0]->row.number, middle / 8));
  CHECK(fixture.stream().shards.back()->row.number == before.size() + 1);
}

TEST_CASE("reshard: a closed shard vanishes with its records, its children keep their lineage") {
  Fixture fixture;
  fixture.create(1);
  REQUIRE(fixture.change([&] { return fixture.put(0, "old"); }));
  fixture.clock.advance(base::Millis{hour_ms});
  REQUIRE(fixture.split(0, middle));
  REQUIRE(fixture.change([&] { return fixture.put(0, "new"); }));
  fixture.clock.advance(base::Millis{23 * hour_ms});
  fixture.tidy();
  ReadResult result;
  REQUIRE(fixture.stream().find(0) != nullptr);
  CHECK(fixture.read(0, &result) == Strings{"old"});  // to the millisecond: 24 hours
  fixture.clock.advance(base::Millis{1});
  CHECK(fixture.read(0, &result).empty());
  CHECK(result.at_end);
  CHECK_FALSE(fixture.stream().is_expired(fixture.shard(0), fixture.engine->now_ms()));
  fixture.clock.advance(base::Millis{hour_ms});
  CHECK(fixture.stream().is_expired(fixture.shard(0), fixture.engine->now_ms()));
  fixture.tidy();
  CHECK(fixture.stream().find(0) == nullptr);
  CHECK(fixture.shard(1).row.parent == 0);
  fixture.tidy();
  fixture.tidy();  // records of forgotten shards, and the note of them
  CHECK(fixture.store->load_shards().value().size() == 2);
  fixture.clock.advance(base::Millis{500});
  REQUIRE(fixture.split(2, middle + middle / 2));
  CHECK(fixture.stream().shards.back()->row.number == 4);  // no number comes twice
  // Open at any time that can still be asked for, although its parent is unknown by now.
  const auto now = fixture.engine->now_ms();
  CHECK(fixture.stream().opened_ms(fixture.shard(1), now) <= fixture.stream().trim_horizon_ms(now));
}

TEST_CASE("reshard: a commit that fails leaves the shards as they were") {
  Fixture fixture;
  fixture.create(2);
  REQUIRE(fixture.engine->begin());
  REQUIRE(fixture.put(0, "lost"));
  REQUIRE(fixture.engine->split_shard(fixture.stream(), fixture.shard(0), middle / 2));
  fixture.store->rollback();  // as SQLite does by itself when the disk is full
  CHECK_FALSE(fixture.engine->commit());
  CHECK(fixture.stream().shards.size() == 2);
  CHECK(fixture.stream().open.size() == 2);
  ReadResult result;
  CHECK(fixture.read(0, &result).empty());
  CHECK_FALSE(result.at_end);
  REQUIRE(fixture.split(0, middle / 2));
  CHECK(fixture.stream().shards.size() == 4);
}

TEST_CASE("reshard: random splits, merges and scalings keep the key space covered") {
  Fixture fixture;
  fixture.create(3);
  std::mt19937_64 random{7};
  for (int step = 0; step < 300; ++step) {
    fixture.clock.advance(base::Millis{700});
    const auto& open = fixture.stream().open;
    const auto at = random() % open.size();
    const auto& shard = *open[at];
    const auto width = shard.row.hash_end - shard.row.hash_start;
    const auto kind = random() % 5;
    if (kind < 2 && width > 4 && open.size() < 40) {
      REQUIRE(fixture.split(shard.row.number, shard.row.hash_start + 2 + random() % (width - 3)));
    } else if (kind < 4 && at + 1 < open.size()) {
      REQUIRE(fixture.change(
          [&] { return fixture.engine->merge_shards(fixture.stream(), shard, *open[at + 1]); }));
    } else if (kind == 4) {
      const auto target = std::max<std::size_t>(1, open.size() / 2 + random() % open.size());
      REQUIRE(
          fixture.change([&] { return fixture.engine->scale_shards(fixture.stream(), target); }));
      CHECK(fixture.stream().open.size() == target);
    }
    REQUIRE(fixture.stream().covers_key_space());
    std::set<std::uint32_t> numbers;
    for (const auto& one : fixture.stream().shards) numbers.insert(one->row.number);
    REQUIRE(numbers.size() == fixture.stream().shards.size());
  }
}

TEST_CASE("reshard: a shard of an on-demand stream that stays hot for a window is split") {
  Fixture fixture;
  fixture.create(4, "ON_DEMAND");
  fixture.tidy();
  const auto load = [&](std::size_t bytes_per_s) {
    for (int second = 0; second < 60; ++second) {
      REQUIRE(fixture.change([&] { return fixture.put(0, std::string(bytes_per_s, 'x')); }));
      fixture.clock.advance(base::Millis{1000});
      fixture.tidy();
    }
  };
  load(400'000);
  CHECK(fixture.stream().open.size() == 4);
  load(600'000);
  CHECK(fixture.stream().open.size() == 5);
  CHECK(fixture.shard(4).row.parent == 0);
  CHECK(fixture.shard(5).row.parent == 0);
  CHECK(fixture.stream().status(fixture.engine->now_ms()) == StreamStatus::updating);
  fixture.clock.advance(base::Millis{60'000});
  fixture.tidy();  // idle
  CHECK(fixture.stream().open.size() == 5);
}

TEST_CASE("reshard: provisioned streams do not split by themselves, on-demand ones within limits") {
  for (const bool on_demand : {false, true}) {
    CAPTURE(on_demand);
    Options options;
    options.shard_limit = 4;
    Fixture fixture{std::nullopt, options};
    fixture.create(4, on_demand ? "ON_DEMAND" : "PROVISIONED");
    fixture.tidy();
    REQUIRE(fixture.change([&] { return fixture.put(0, std::string(1'000'000, 'x')); }));
    fixture.clock.advance(base::Millis{1000});
    for (int i = 0; i < 60; ++i) {
      REQUIRE(fixture.change([&] { return fixture.put(0, std::string(1'000'000, 'x')); }));
      fixture.clock.advance(base::Millis{1000});
      fixture.tidy();
    }
    CHECK(fixture.stream().open.size() == 4);
  }
}

TEST_CASE("periods: from and until, the last one open") {
  CHECK(parse_periods("").empty());
  const auto periods = parse_periods("100-200,300-");
  REQUIRE(periods.size() == 2);
  CHECK(to_text(periods) == "100-200,300-");
  CHECK_FALSE(is_within(periods, 99));
  CHECK(is_within(periods, 100));
  CHECK_FALSE(is_within(periods, 200));
  CHECK(is_within(periods, 1'000'000));
}
