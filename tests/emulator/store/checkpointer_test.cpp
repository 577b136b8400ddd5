#include "emulator/store/checkpointer.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <thread>

#include "emulator/store/store.hpp"
#include "tests/support/temp_dir.hpp"

using namespace millrace;
using namespace millrace::store;

TEST_CASE("checkpointer: the log stays bounded under writes, and nothing is lost") {
  const test::TempDir dir;
  constexpr std::int64_t commits = 3000;
  constexpr std::size_t size = 12'000;  // three pages a commit, and chunks
  ShardKey shard;
  std::uintmax_t longest = 0;
  {
    auto store = Store::open(dir.path(), Durability::off).value();
    REQUIRE(store->checkpoint_in_background());
    REQUIRE(store->checkpoint_in_background());  // twice is as good as once
    REQUIRE(store->begin());
    StreamRow stream;
    stream.name = "s";
    REQUIRE(store->insert_stream(stream));
    ShardRow row;
    row.stream_id = stream.id;
    row.hash_end = base::uint128_max;
    REQUIRE(store->insert_shard(row));
    shard = row.key;
    REQUIRE(store->commit());
    for (std::int64_t index = 1; index <= commits; ++index) {
      REQUIRE(store->begin());
      store->append(shard, index, index, "k",
                    std::string(size, static_cast<char>('a' + index % 26)));
      REQUIRE(store->commit());
      longest = std::max(longest, std::filesystem::file_size(dir.path() + "/millrace.db-wal"));
    }
  }
  // 36 MB were put; the log is begun anew after about 16.
  CHECK(longest > (8U << 20U));
  CHECK(longest < (30U << 20U));
  CHECK(std::filesystem::file_size(dir.path() + "/millrace.db") > commits * size);
  auto store = Store::open(dir.path(), Durability::off).value();
  auto reader = store->make_reader().value();
  std::int64_t next = 1;
  while (next <= commits) {
    const auto page = reader->scan(shard, next, 500, 1 << 20).value();
    REQUIRE(!page.records.entries.empty());
    for (const auto& entry : page.records.entries) {
      REQUIRE(entry.index == next);
      REQUIRE(page.records.data(entry)[0] == static_cast<char>('a' + next % 26));
      ++next;
    }
  }
}

TEST_CASE("checkpointer: a log that was left behind, long or not, is read whole") {
  const test::TempDir dir;
  const test::TempDir copy;
  ShardKey shard;
  {
    auto store = Store::open(dir.path(), Durability::full).value();
    REQUIRE(store->checkpoint_in_background());
    REQUIRE(store->begin());
    StreamRow stream;
    stream.name = "s";
    REQUIRE(store->insert_stream(stream));
    ShardRow row;
    row.stream_id = stream.id;
    row.hash_end = base::uint128_max;
    REQUIRE(store->insert_shard(row));
    shard = row.key;
    for (std::int64_t index = 1; index <= 3; ++index) store->append(shard, index, index, "k", "d");
    REQUIRE(store->commit());
    // As a kill leaves them: the file and its log.
    for (const char* name : {"/millrace.db", "/millrace.db-wal"}) {
      std::filesystem::copy_file(dir.path() + name, copy.path() + name);
    }
  }
  CHECK(std::filesystem::file_size(copy.path() + "/millrace.db-wal") > 0);
  auto store = Store::open(copy.path(), Durability::full).value();
  REQUIRE(store->checkpoint_in_background());
  const auto page = store->make_reader().value()->scan(shard, 0, 10, 1000).value();
  CHECK(page.records.entries.size() == 3);
}
