#include "emulator/store/store.hpp"

#include <doctest/doctest.h>

#include "tests/support/temp_dir.hpp"

using namespace millrace;
using namespace millrace::store;

namespace {

std::unique_ptr<Store> open(const std::optional<std::string>& directory) {
  auto store = Store::open(directory, Durability::full);
  REQUIRE_MESSAGE(store.has_value(), (store ? "" : store.error().message()));
  return std::move(store).value();
}

ShardKey add_shard(Store& store, const char* name = "s", std::uint32_t number = 0) {
  StreamRow stream;
  stream.account = "000000000000";
  stream.region = "us-east-1";
  stream.name = name;
  stream.mode = "PROVISIONED";
  stream.created_ms = 1'700'000'000'000;
  REQUIRE(store.insert_stream(stream));
  ShardRow shard;
  shard.stream_id = stream.id;
  shard.number = number;
  shard.hash_end = base::uint128_max;
  shard.created_s = 1'700'000'000;
  REQUIRE(store.insert_shard(shard));
  return shard.key;
}

}  // namespace

TEST_CASE("store: records come back in order, in pages bounded by number and by size") {
  for (const bool on_disk : {false, true}) {
    CAPTURE(on_disk);
    const test::TempDir dir;
    auto store = open(on_disk ? std::optional{dir.path()} : std::nullopt);
    REQUIRE(store->begin());
    const auto shard = add_shard(*store);
    const auto other = add_shard(*store, "other");
    for (int i = 1; i <= 10; ++i) {
      store->append(shard, i, 1000 + i, "key", "data" + std::to_string(i));
      store->append(other, i, 5, "", "");
    }
    REQUIRE(store->commit());
    auto reader = store->make_reader().value();
    auto page = reader->scan(shard, 3, 4, 1'000'000).value();
    REQUIRE(page.records.entries.size() == 4);
    CHECK(page.records.entries[0].index == 3);
    CHECK(page.records.entries[0].time_ms == 1003);
    CHECK(page.records.key(page.records.entries[0]) == "key");
    CHECK(page.records.data(page.records.entries[3]) == "data6");
    CHECK(page.next_time_ms == 1007);
    page = reader->scan(shard, 3, 100, 17).value();  // two records of eight bytes
    CHECK(page.records.entries.size() == 2);
    page = reader->scan(shard, 3, 100, 1).value();  // one always fits
    CHECK(page.records.entries.size() == 1);
    page = reader->scan(shard, 9, 100, 1'000'000).value();
    CHECK(page.records.entries.size() == 2);
    CHECK_FALSE(page.next_time_ms.has_value());
    CHECK(reader->scan(shard, 11, 100, 100).value().records.entries.empty());
  }
}

TEST_CASE("store: a reader sees commits, not what is being written") {
  const test::TempDir dir;
  auto store = open(dir.path());
  REQUIRE(store->begin());
  const auto shard = add_shard(*store);
  REQUIRE(store->commit());
  auto reader = store->make_reader().value();
  REQUIRE(store->begin());
  store->append(shard, 1, 1, "k", "d");
  CHECK(reader->scan(shard, 0, 9, 99).value().records.entries.empty());
  REQUIRE(store->commit());
  CHECK(reader->scan(shard, 0, 9, 99).value().records.entries.size() == 1);
  REQUIRE(store->begin());
  store->append(shard, 2, 1, "k", "d");
  store->rollback();
  CHECK(reader->scan(shard, 0, 9, 99).value().records.entries.size() == 1);
}

TEST_CASE("store: the first record at a time is found, gaps and equal times included") {
  auto store = open(std::nullopt);
  REQUIRE(store->begin());
  const auto shard = add_shard(*store);
  std::vector<std::pair<std::int64_t, std::int64_t>> records;  // index, time
  std::int64_t index = 1;
  std::int64_t time = 100;
  for (int i = 0; i < 200; ++i) {
    records.emplace_back(index, time);
    store->append(shard, index, time, "k", "d");
    index += i % 7 == 0 ? 5 : 1;
    time += i % 3 == 0 ? 0 : i % 5;
  }
  REQUIRE(store->commit());
  auto reader = store->make_reader().value();
  for (std::int64_t wanted = 95; wanted < time + 5; ++wanted) {
    std::optional<std::int64_t> expected;
    for (const auto& [at, when] : records) {
      if (when >= wanted) {
        expected = at;
        break;
      }
    }
    CAPTURE(wanted);
    CHECK(reader->first_at(shard, wanted).value() == expected);
  }
}

TEST_CASE("store: streams, shards and the next index survive a reopening") {
  const test::TempDir dir;
  ShardKey shard;
  {
    auto store = open(dir.path());
    REQUIRE(store->begin());
    shard = add_shard(*store);
    for (int i = 1; i <= 5; ++i) store->append(shard, i, 10 * i, "k", "d");
    REQUIRE(store->commit());
  }
  {
    auto store = open(dir.path());
    auto shards = store->load_shards().value();
    REQUIRE(shards.size() == 1);
    CHECK(shards[0].next_index == 6);
    CHECK(shards[0].last_ms == 50);
    CHECK(shards[0].hash_end == base::uint128_max);
    REQUIRE(store->load_streams().value().size() == 1);
    // Everything trimmed: the numbers must go on all the same.
    REQUIRE(store->begin());
    CHECK(store->trim(shards[0], 6, 3).value() == 5);  // they are one chunk
    CHECK(store->trim(shards[0], 6, 3).value() == 0);
    REQUIRE(store->commit());
  }
  auto store = open(dir.path());
  const auto shards = store->load_shards().value();
  CHECK(shards.at(0).next_index == 6);
  CHECK(shards.at(0).last_ms == 50);
}

TEST_CASE("store: records of a deleted stream are erased little by little") {
  auto store = open(std::nullopt);
  REQUIRE(store->begin());
  const auto doomed = add_shard(*store, "doomed");
  const auto kept = add_shard(*store, "kept");
  const std::string large(20'000, 'x');  // two in a chunk
  for (int i = 1; i <= 5; ++i) {
    store->append(doomed, i, i, "k", large);
    store->append(kept, i, i, "k", "d");
  }
  REQUIRE(store->commit());
  REQUIRE(store->begin());
  const auto streams = store->load_streams().value();
  REQUIRE(store->delete_stream(streams[0].id));
  CHECK(store->load_shards().value().size() == 1);
  int rounds = 0;
  while (store->erase_doomed(2).value() > 0) REQUIRE(++rounds < 10);
  CHECK(rounds == 4);
  auto reader = store->make_reader().value();
  CHECK(reader->scan(doomed, 0, 99, 99).value().records.entries.empty());
  CHECK(reader->scan(kept, 0, 99, 99).value().records.entries.size() == 5);
}

TEST_CASE("store: a directory serves one process, and a newer file is refused in words") {
  const test::TempDir dir;
  {
    auto store = open(dir.path());
    auto second = Store::open(dir.path(), Durability::full);
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().message().find("in use") != std::string::npos);
  }
  {
    auto file =
        Connection::open(dir.path() + "/millrace.db", Connection::Access::read_write).value();
    REQUIRE(file.run("PRAGMA user_version = 99"));
  }
  auto newer = Store::open(dir.path(), Durability::full);
  REQUIRE_FALSE(newer.has_value());
  CHECK(newer.error().message().find("newer version") != std::string::npos);
}

TEST_CASE("store: the records view shows AWS's sequence numbers") {
  const test::TempDir dir;
  {
    auto store = open(dir.path());
    REQUIRE(store->begin());
    const auto shard = add_shard(*store, "s", 3076);
    store->append(shard, 0xc3, 1'700'000'123'456, "key", "payload");
    REQUIRE(store->commit());
  }
  auto file = Connection::open(dir.path() + "/millrace.db", Connection::Access::read_only).value();
  auto row =
      file.prepare("SELECT stream, shard, sequence_number, time, partition_key, data FROM records")
          .value();
  REQUIRE(row.step().value());
  CHECK(row.text(0) == "s");
  CHECK(row.text(1) == "shardId-000000003076");
  // 2 | 06553f100 | 4 | 00000000000000c3 | 00 | 06553f17b | 00000c04 | 2, in hexadecimal
  CHECK(row.text(2) == "49646437577197679397710998898627812833500884263862583362");
  CHECK(row.text(3) == "2023-11-14T22:15:23.456Z");
  CHECK(row.text(4) == "key");
  CHECK(row.text(5) == "payload");
}

TEST_CASE("store: the secret is made once") {
  const test::TempDir dir;
  std::string secret;
  {
    auto store = open(dir.path());
    secret = store->secret(32).value();
    CHECK(secret.size() == 32);
  }
  CHECK(open(dir.path())->secret(32).value() == secret);
}
