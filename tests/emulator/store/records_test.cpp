#include "emulator/store/records.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "emulator/store/store.hpp"
#include "tests/support/temp_dir.hpp"

using namespace millrace;
using namespace millrace::store;

namespace {

std::unique_ptr<Store> open(const std::optional<std::string>& directory) {
  auto store = Store::open(directory, Durability::normal);
  REQUIRE_MESSAGE(store.has_value(), (store ? "" : store.error().message()));
  return std::move(store).value();
}

struct Shards {
  StreamRow stream;
  std::vector<ShardKey> keys;
};

Shards add_shards(Store& store, std::uint32_t count) {
  Shards made;
  made.stream.account = "000000000000";
  made.stream.region = "us-east-1";
  made.stream.name = "s";
  made.stream.mode = "PROVISIONED";
  REQUIRE(store.begin());
  REQUIRE(store.insert_stream(made.stream));
  for (std::uint32_t i = 0; i < count; ++i) {
    ShardRow shard;
    shard.stream_id = made.stream.id;
    shard.number = i;
    shard.hash_end = base::uint128_max;
    REQUIRE(store.insert_shard(shard));
    made.keys.push_back(shard.key);
  }
  REQUIRE(store.commit());
  return made;
}

std::string text_of(ShardKey shard, std::int64_t index, std::size_t size) {
  auto text = std::to_string(shard.value) + ":" + std::to_string(index) + " ";
  text.resize(std::max(size, text.size()), 'x');
  return text;
}

void put(Store& store, ShardKey shard, std::int64_t from, std::int64_t to, std::size_t size) {
  for (auto index = from; index < to; ++index) {
    store.append(shard, index, 1000 + index, "k", text_of(shard, index, size));
  }
}

void check_all(Reader& reader, ShardKey shard, std::int64_t end, std::size_t size) {
  CAPTURE(shard.value);
  std::int64_t next = 1;
  while (next < end) {
    const auto page = reader.scan(shard, next, 1000, 1 << 20).value();
    REQUIRE(!page.records.entries.empty());
    for (const auto& entry : page.records.entries) {
      REQUIRE(entry.index == next);
      REQUIRE(entry.time_ms == 1000 + next);
      REQUIRE(page.records.data(entry) == text_of(shard, next, size));
      ++next;
    }
    REQUIRE(page.next_time_ms.has_value() == (next < end));
  }
  CHECK(reader.scan(shard, end, 1000, 1 << 20).value().records.entries.empty());
}

std::int64_t count(Store& store, const char* table) {
  auto row = store.writer().prepare(std::string{"SELECT count(*) FROM "} + table).value();
  REQUIRE(row.step().value());
  return row.integer(0);
}

}  // namespace

TEST_CASE("records: what is little waits in the journal, over a restart as well") {
  const test::TempDir dir;
  Shards shards;
  {
    auto store = open(dir.path());
    shards = add_shards(*store, 3);
    for (std::int64_t index = 1; index < 40; ++index) {
      REQUIRE(store->begin());
      for (const auto shard : shards.keys) put(*store, shard, index, index + 1, 50);
      REQUIRE(store->commit());
    }
    CHECK(count(*store, "journal") == 39);
    CHECK(count(*store, "chunk") == 0);
    for (const auto shard : shards.keys) check_all(*store->make_reader().value(), shard, 40, 50);
  }
  auto store = open(dir.path());
  for (const auto shard : shards.keys) check_all(*store->make_reader().value(), shard, 40, 50);
  const auto rows = store->load_shards().value();
  for (const auto& row : rows) {
    CHECK(row.next_index == 40);
    CHECK(row.last_ms == 1039);
  }
  CHECK(count(*store, "records") == 3 * 39);
}

TEST_CASE("records: when much is pending it becomes chunks and the journal is empty") {
  for (const bool on_disk : {false, true}) {
    CAPTURE(on_disk);
    const test::TempDir dir;
    auto store = open(on_disk ? std::optional{dir.path()} : std::nullopt);
    const auto shards = add_shards(*store, 8);
    std::int64_t next = 1;
    while (count(*store, "chunk") == 0) {
      REQUIRE(next < 10'000);
      REQUIRE(store->begin());
      for (const auto shard : shards.keys) put(*store, shard, next, next + 1, 1500);
      REQUIRE(store->commit());
      ++next;
    }
    CHECK(count(*store, "journal") == 0);
    REQUIRE(store->begin());
    for (const auto shard : shards.keys) put(*store, shard, next, next + 1, 1500);
    REQUIRE(store->commit());
    ++next;
    auto reader = store->make_reader().value();
    for (const auto shard : shards.keys) {
      check_all(*reader, shard, next, 1500);
      CHECK(reader->first_at(shard, 1000 + next / 2).value() == next / 2);
      CHECK(reader->first_at(shard, 1000 + next - 1).value() == next - 1);
      CHECK_FALSE(reader->first_at(shard, 1000 + next).value().has_value());
    }
  }
}

TEST_CASE("records: what is much goes to chunks at once, behind what the shard had pending") {
  const test::TempDir dir;
  auto store = open(dir.path());
  const auto shards = add_shards(*store, 2);
  const auto both = shards.keys[0];
  const auto little = shards.keys[1];
  REQUIRE(store->begin());
  put(*store, both, 1, 3, 50);
  put(*store, little, 1, 3, 50);
  REQUIRE(store->commit());
  REQUIRE(store->begin());
  put(*store, both, 3, 3000, 50);
  REQUIRE(store->commit());
  CHECK(count(*store, "journal") == 0);
  CHECK(count(*store, "chunk") > 3);
  REQUIRE(store->begin());
  put(*store, both, 3000, 6000, 50);
  put(*store, little, 3, 4, 50);
  REQUIRE(store->commit());
  CHECK(count(*store, "journal") == 1);
  auto reader = store->make_reader().value();
  check_all(*reader, both, 6000, 50);
  check_all(*reader, little, 4, 50);
}

TEST_CASE("records: a record larger than a chunk has one of its own") {
  const test::TempDir dir;
  auto store = open(dir.path());
  const auto shard = add_shards(*store, 1).keys[0];
  REQUIRE(store->begin());
  put(*store, shard, 1, 4, 1 << 20);
  REQUIRE(store->commit());
  CHECK(count(*store, "chunk") == 3);
  check_all(*store->make_reader().value(), shard, 4, 1 << 20);
}

TEST_CASE("records: what is rolled back is nowhere") {
  const test::TempDir dir;
  auto store = open(dir.path());
  const auto shard = add_shards(*store, 1).keys[0];
  REQUIRE(store->begin());
  put(*store, shard, 1, 3, 50);
  REQUIRE(store->commit());
  for (const std::int64_t end : {4, 4000}) {
    REQUIRE(store->begin());
    put(*store, shard, 3, end, 50);
    store->rollback();
    REQUIRE(store->begin());
    REQUIRE(store->commit());
    check_all(*store->make_reader().value(), shard, 3, 50);
    CHECK(store->load_shards().value().at(0).next_index == 3);
  }
  REQUIRE(store->begin());
  put(*store, shard, 3, 5, 50);
  REQUIRE(store->commit());
  check_all(*store->make_reader().value(), shard, 5, 50);
}

TEST_CASE("records: what was pending for a shard that is gone becomes no chunk") {
  for (const bool reopened : {false, true}) {
    CAPTURE(reopened);
    const test::TempDir dir;
    auto store = open(dir.path());
    const auto shards = add_shards(*store, 1);
    REQUIRE(store->begin());
    put(*store, shards.keys[0], 1, 5, 50);
    REQUIRE(store->commit());
    REQUIRE(store->begin());
    REQUIRE(store->delete_stream(shards.stream.id));
    REQUIRE(store->commit());
    CHECK(count(*store, "records") == 0);
    if (reopened) {
      store.reset();
      store = open(dir.path());
    }
    const auto others = add_shards(*store, 1);
    REQUIRE(store->begin());
    put(*store, others.keys[0], 1, 3, 50);
    REQUIRE(store->commit());
    REQUIRE(store->begin());
    put(*store, others.keys[0], 3, 1000, 50);
    REQUIRE(store->commit());
    REQUIRE(store->begin());
    while (store->erase_doomed(100).value() > 0) {
    }
    REQUIRE(store->commit());
    CHECK(count(*store, "journal") == 0);
    auto reader = store->make_reader().value();
    CHECK(reader->scan(shards.keys[0], 0, 9, 99).value().records.entries.empty());
    check_all(*reader, others.keys[0], 1000, 50);
  }
}

TEST_CASE("records: trimming takes whole chunks, and what is pending with them") {
  const test::TempDir dir;
  auto store = open(dir.path());
  const auto shard = add_shards(*store, 1).keys[0];
  REQUIRE(store->begin());
  put(*store, shard, 1, 1000, 100);
  REQUIRE(store->commit());
  REQUIRE(store->begin());
  put(*store, shard, 1000, 1002, 100);
  REQUIRE(store->commit());
  auto row = store->load_shards().value().at(0);
  CHECK(row.next_index == 1002);
  REQUIRE(store->begin());
  CHECK(store->trim(row, 500, 10).value() > 10);  // one chunk
  const auto more = store->trim(row, 500, 10'000).value();
  REQUIRE(store->commit());
  CHECK(more < 500);
  auto reader = store->make_reader().value();
  auto page = reader->scan(shard, 0, 1, 1000).value();
  CHECK(page.records.entries.at(0).index <= 500);
  CHECK(page.records.entries.at(0).index > 200);
  REQUIRE(store->begin());
  CHECK(store->trim(row, 1002, 10'000).value() > 0);
  REQUIRE(store->commit());
  CHECK(reader->scan(shard, 0, 1, 1000).value().records.entries.empty());
  CHECK(store->load_shards().value().at(0).next_index == 1002);
}

TEST_CASE("records: an inner reader sees what the transaction appends, others do not") {
  const test::TempDir dir;
  auto store = open(dir.path());
  const auto shard = add_shards(*store, 1).keys[0];
  auto inner = store->make_inner_reader().value();
  auto outer = store->make_reader().value();
  REQUIRE(store->begin());
  put(*store, shard, 1, 3, 50);
  check_all(*inner, shard, 3, 50);
  CHECK(inner->first_at(shard, 0).value() == 1);
  CHECK(outer->scan(shard, 0, 9, 999).value().records.entries.empty());
  CHECK_FALSE(outer->first_at(shard, 0).value().has_value());
  REQUIRE(store->commit());
  check_all(*inner, shard, 3, 50);
  check_all(*outer, shard, 3, 50);
}

TEST_CASE("records: a reader misses nothing while records move from the journal to chunks") {
  const test::TempDir dir;
  auto store = open(dir.path());
  const auto shards = add_shards(*store, 4);
  auto reader = store->make_reader().value();
  std::atomic<std::int64_t> committed{1};
  std::atomic<bool> done{false};
  std::string wrong;
  std::thread thread{[&] {
    while (!done && wrong.empty()) {
      for (const auto shard : shards.keys) {
        const auto end = committed.load();
        const auto from = std::max<std::int64_t>(1, end - 40);
        const auto page = reader->scan(shard, from, 100, 1 << 20);
        if (!page) {
          wrong = page.error().message();
          break;
        }
        auto next = from;
        for (const auto& entry : page.value().records.entries) {
          if (entry.index != next++) wrong = "a gap before " + std::to_string(entry.index);
        }
        if (next < end) wrong = "nothing from " + std::to_string(next);
        const auto first = reader->first_at(shard, 1000 + from);
        if (end > 1 && (!first || first.value() != from)) wrong = "the time was not found";
      }
    }
  }};
  for (std::int64_t index = 1; index < 3000 && wrong.empty(); ++index) {
    REQUIRE(store->begin());
    for (const auto shard : shards.keys) put(*store, shard, index, index + 1, 1900);
    if (index % 7 == 0) store->append(shards.keys[0], index, 0, "", "");  // never read: see below
    if (index % 7 == 0) {
      store->rollback();
      REQUIRE(store->begin());
      for (const auto shard : shards.keys) put(*store, shard, index, index + 1, 1900);
    }
    REQUIRE(store->commit());
    committed = index + 1;
  }
  done = true;
  thread.join();
  CHECK(wrong == "");
  CHECK(count(*store, "chunk") > 0);
}

TEST_CASE("records: a journal that cannot be read is refused in words") {
  const test::TempDir dir;
  {
    auto store = open(dir.path());
    const auto shard = add_shards(*store, 1).keys[0];
    REQUIRE(store->begin());
    put(*store, shard, 1, 3, 50);
    REQUIRE(store->commit());
  }
  {
    auto file =
        Connection::open(dir.path() + "/millrace.db", Connection::Access::read_write).value();
    REQUIRE(file.run("UPDATE journal SET head = '[[1,1,1,900,1,1]]'"));
  }
  const auto store = Store::open(dir.path(), Durability::full);
  REQUIRE_FALSE(store.has_value());
  CHECK(store.error().message().find("damaged") != std::string::npos);
}

TEST_CASE("records: a chunk that cannot be read is an error, not a crash") {
  const test::TempDir dir;
  auto store = open(dir.path());
  const auto shard = add_shards(*store, 1).keys[0];
  REQUIRE(store->begin());
  put(*store, shard, 1, 100, 100);
  REQUIRE(store->commit());
  for (const char* damage : {"UPDATE chunk SET head = '[[0,0,1,99999]]'",
                             "UPDATE chunk SET head = '[]'", "UPDATE chunk SET head = ''",
                             "UPDATE chunk SET body = x''", "UPDATE chunk SET count = 1000"}) {
    CAPTURE(damage);
    REQUIRE(store->begin());
    REQUIRE(store->writer().run(damage));
    REQUIRE(store->commit());
    const auto page = store->make_reader().value()->scan(shard, 0, 1000, 1 << 20);
    REQUIRE_FALSE(page.has_value());
    CHECK(page.error().message().find("damaged") != std::string::npos);
  }
}
