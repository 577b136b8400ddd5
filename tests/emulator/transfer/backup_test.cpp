#include "emulator/transfer/backup.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "emulator/store/store.hpp"
#include "tests/support/temp_dir.hpp"

using namespace millrace;
using namespace millrace::transfer;

namespace {

std::unique_ptr<store::Store> open(const std::string& directory) {
  return store::Store::open(directory, store::Durability::full).value();
}

std::int64_t count(store::Store& store) {
  auto row = store.writer().prepare("SELECT count(*) FROM meta").value();
  REQUIRE(row.step());
  return row.integer(0);
}

}  // namespace

TEST_CASE("backup: a copy has what was committed when it began, and opens as a data file") {
  const test::TempDir dir, other;
  auto store = open(dir.path());
  REQUIRE(store->set_meta("a", "1"));
  REQUIRE(store->begin());
  REQUIRE(store->set_meta("b", "2"));  // under way
  const auto file = other.path() + "/copy.db";
  const auto size = back_up(dir.path(), file);
  REQUIRE_MESSAGE(size.has_value(), (size ? "" : size.error().message()));
  CHECK(size.value() == static_cast<std::int64_t>(std::filesystem::file_size(file)));
  REQUIRE(store->commit());
  CHECK(count(*store) == 2);

  const auto again = other.path() + "/again";
  const auto restored = restore(file, again);
  REQUIRE_MESSAGE(restored.has_value(), (restored ? "" : restored.error().message()));
  auto opened = open(again);
  CHECK(count(*opened) == 1);
  CHECK(opened->meta("a").value() == "1");
}

TEST_CASE(
    "backup: neither it nor a restore overwrites anything, and both name what is in the way") {
  const test::TempDir dir, other;
  { auto store = open(dir.path()); }
  const auto file = other.path() + "/copy.db";
  std::ofstream{file} << "mine";
  const auto refused = back_up(dir.path(), file);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code() == base::ErrorCode::in_use);
  CHECK(refused.error().message().find(file) != std::string::npos);
  CHECK(std::filesystem::file_size(file) == 4);

  const auto copy = other.path() + "/good.db";
  REQUIRE(back_up(dir.path(), copy));
  const auto there = restore(copy, dir.path());
  REQUIRE_FALSE(there.has_value());
  CHECK(there.error().code() == base::ErrorCode::in_use);
  // Nothing half made is left.
  std::size_t left = 0;
  for (const auto& entry : std::filesystem::directory_iterator{other.path()}) {
    (void)entry;
    ++left;
  }
  CHECK(left == 2);
}

TEST_CASE("backup: a restore refuses a directory in use and a file that is no backup") {
  const test::TempDir dir, other;
  auto store = open(dir.path());
  const auto copy = other.path() + "/copy.db";
  REQUIRE(back_up(dir.path(), copy));
  const auto busy = restore(copy, dir.path());
  REQUIRE_FALSE(busy.has_value());
  CHECK(busy.error().message().find("in use") != std::string::npos);

  const auto other_file = other.path() + "/notes.txt";
  std::ofstream{other_file} << std::string(5000, 'x');
  CHECK_FALSE(restore(other_file, other.path() + "/new").has_value());
  CHECK_FALSE(restore(other.path() + "/none", other.path() + "/new").has_value());
  CHECK_FALSE(std::filesystem::exists(other.path() + "/new/millrace.db"));
  CHECK_FALSE(back_up(other.path() + "/new", other.path() + "/x.db").has_value());
}

TEST_CASE("backup: a damaged copy is not taken for a backup") {
  const test::TempDir dir, other;
  {
    auto store = open(dir.path());
    REQUIRE(store->begin());
    for (int i = 0; i < 3000; ++i) REQUIRE(store->set_meta("key" + std::to_string(i), "value"));
    REQUIRE(store->commit());
  }
  const auto copy = other.path() + "/copy.db";
  REQUIRE(back_up(dir.path(), copy));
  {
    std::fstream file{copy, std::ios::in | std::ios::out | std::ios::binary};
    file.seekp(static_cast<std::streamoff>(std::filesystem::file_size(copy)) - 4096);
    file << std::string(4096, '\x5a');
  }
  const auto refused = restore(copy, other.path() + "/new");
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().message().find(copy) != std::string::npos);
}
