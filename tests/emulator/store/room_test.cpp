// When a disk that was full counts as one with room again, and how a data file gives room back.
#include <doctest/doctest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>

#include "emulator/store/store.hpp"
#include "tests/support/temp_dir.hpp"

using namespace millrace;
using namespace millrace::store;

namespace {

// Files of this process may not grow beyond a size while it lives.
class Limit {
 public:
  Limit() : handler_(std::signal(SIGXFSZ, SIG_IGN)) {  // writes then fail with EFBIG
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &old_) == 0);
  }
  ~Limit() {
    ::setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, handler_);
  }
  Limit(const Limit&) = delete;
  Limit& operator=(const Limit&) = delete;
  void set(std::uintmax_t bytes) const {
    const rlimit now{bytes, old_.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &now) == 0);
  }

 private:
  rlimit old_{};
  void (*handler_)(int);
};

ShardKey make_shard(Store& store) {
  REQUIRE(store.begin());
  StreamRow stream;
  stream.name = "s";
  REQUIRE(store.insert_stream(stream));
  ShardRow shard;
  shard.stream_id = stream.id;
  shard.hash_end = base::uint128_max;
  REQUIRE(store.insert_shard(shard));
  REQUIRE(store.commit());
  return shard.key;
}

base::Status put(Store& store, ShardKey shard, std::int64_t index, std::size_t bytes) {
  BOOST_OUTCOME_TRY(store.begin());
  const std::string data(bytes, 'x');
  store.append(shard, index, 0, "key", data);
  auto done = store.commit();
  if (!done) store.rollback();
  return done;
}

}  // namespace

TEST_CASE("room: a disk that takes a small transaction but not what it refused is still full") {
  const test::TempDir dir;
  auto store = Store::open(dir.path(), Durability::full).value();
  const auto log = dir.path() + "/millrace.db-wal";
  const auto shard = make_shard(*store);
  REQUIRE(put(*store, shard, 0, 100));
  CHECK(store->try_room());
  const auto size = std::filesystem::file_size(log);
  const Limit limit;
  constexpr std::size_t large = 3 << 20;
  limit.set(size + (2 << 20));
  CHECK_FALSE(put(*store, shard, 1, large));
  CHECK(put(*store, shard, 1, 100));
  CHECK_FALSE(store->try_room());
  limit.set(size + (3 << 20));
  CHECK_FALSE(store->try_room());
  limit.set(size + (6 << 20));
  CHECK(store->try_room());
  // What was tried is there for the next transaction, and nowhere else.
  const auto tried = std::filesystem::file_size(log);
  CHECK(tried > size + large);
  limit.set(tried);
  CHECK(put(*store, shard, 2, large));
  CHECK_FALSE(store->meta("room").value());
  auto reader = store->make_reader().value();
  CHECK(reader->scan(shard, 0, 10, 100 << 20).value().records.entries.size() == 3);
}

TEST_CASE("room: in memory there always is") {
  auto store = Store::open(std::nullopt, Durability::full).value();
  CHECK(store->try_room());
}

TEST_CASE("room: after a burst the data file becomes shorter, in steps, and keeps what is left") {
  const test::TempDir dir;
  const auto file = dir.path() + "/millrace.db";
  constexpr std::int64_t count = 50;
  ShardKey shard;
  std::uintmax_t large = 0;
  {
    auto store = Store::open(dir.path(), Durability::off).value();
    shard = make_shard(*store);
    for (std::int64_t index = 1; index <= count; ++index) {
      REQUIRE(put(*store, shard, index, 1 << 20));
    }
    CHECK_FALSE(store->has_spare_pages().value());
    REQUIRE(store->writer().run("PRAGMA wal_checkpoint(TRUNCATE)"));
    large = std::filesystem::file_size(file);
    CHECK(large > (50U << 20U));
    ShardRow row;
    row.key = shard;
    row.next_index = count + 1;
    REQUIRE(store->begin());
    REQUIRE(store->trim(row, count, 1'000'000));
    REQUIRE(store->commit());
    int steps = 0;
    while (store->has_spare_pages().value()) {
      REQUIRE(store->begin());
      REQUIRE(store->give_back(500));
      REQUIRE(store->commit());
      ++steps;
    }
    CHECK(steps > 10);
  }
  CHECK(std::filesystem::file_size(file) < large / 2);
  auto store = Store::open(dir.path(), Durability::off).value();
  auto reader = store->make_reader().value();
  CHECK(reader->scan(shard, 0, 100, 100 << 20).value().records.entries.size() == 1);
}

TEST_CASE("room: a data file that was made without the means keeps its length") {
  const test::TempDir dir;
  {
    auto made =
        Connection::open(dir.path() + "/millrace.db", Connection::Access::read_write).value();
    REQUIRE(made.run("PRAGMA auto_vacuum = NONE"));
    REQUIRE(made.run("PRAGMA journal_mode = WAL"));
  }
  auto store = Store::open(dir.path(), Durability::off).value();
  const auto shard = make_shard(*store);
  for (std::int64_t index = 1; index <= 20; ++index) {
    REQUIRE(put(*store, shard, index, 1 << 20));
  }
  ShardRow row;
  row.key = shard;
  row.next_index = 21;
  REQUIRE(store->begin());
  REQUIRE(store->trim(row, 20, 1'000'000));
  REQUIRE(store->commit());
  CHECK_FALSE(store->has_spare_pages().value());
}
