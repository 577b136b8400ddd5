// Durability normal: a sync of the log that failed, and what is moved into the data file after it.
#include <doctest/doctest.h>
#include <sqlite3.h>

#include "emulator/store/store.hpp"
#include "tests/support/crash_disk.hpp"
#include "tests/support/temp_dir.hpp"

using namespace millrace;
using namespace millrace::store;

namespace {

void put(Store& store, std::int64_t index) {
  REQUIRE(store.begin());
  REQUIRE(store.set_meta("n" + std::to_string(index), std::string(9000, 'x')));
  REQUIRE(store.commit());
}

}  // namespace

TEST_CASE("checkpointer: a log whose sync failed is written again before it is moved") {
  const test::TempDir dir;
  test::CrashDisk disk{dir.path()};
  auto store = Store::open(dir.path(), Durability::normal).value();
  REQUIRE(store->checkpoint_in_background({.long_log = 20, .further = 5, .by_hand = true}));
  for (std::int64_t index = 0; index < 15; ++index) put(*store, index);
  int syncs = 0;
  disk.fault = [&](test::CrashDisk::Action action) {
    return action == test::CrashDisk::Action::sync && syncs++ == 0 ? SQLITE_IOERR_FSYNC : SQLITE_OK;
  };
  store->checkpointer()->move_log();
  disk.fault = nullptr;
  CHECK(syncs == 1);
  const auto& log = *disk.files().at("millrace.db-wal");
  // The kernel has it, the disk does not, and the kernel does not know that any more.
  CHECK(log.durable.size() < log.bytes.size());
  CHECK(log.unsynced.empty());
  put(*store, 15);
  CHECK(log.durable == log.bytes);
}
