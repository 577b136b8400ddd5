#include "emulator/store/packed.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using namespace millrace::store;

namespace {

RecordBatch some_records() {
  RecordBatch batch;
  batch.append(7, 1000, true, std::string_view{"key"}, std::string_view{"data"});
  batch.append(8, 1000, false, std::string_view{}, std::string_view{"\0[,]", 4});
  batch.append(9, 1500, true, std::string_view{"k"}, std::string_view{});
  return batch;
}

}  // namespace

TEST_CASE("packed: what is packed as a chunk is unpacked the same") {
  const auto batch = some_records();
  Packer packer;
  packer.begin();
  for (const auto& entry : batch.entries) packer.add(entry.time_ms - 1000, batch, entry);
  packer.end();
  CHECK(packer.head() == "[[0,0,3,4],[0,7,null,4],[500,11,1,0]]");
  CHECK(packer.body() == batch.bytes);
  Unpacker unpacker{packer.head(), packer.body(), 1};
  for (const auto& entry : batch.entries) {
    REQUIRE(unpacker.next());
    CHECK(unpacker.numbers[0] == entry.time_ms - 1000);
    CHECK(unpacker.has_key == entry.has_key);
    CHECK(unpacker.key_size == entry.key_size);
    CHECK(unpacker.record == batch.record(entry));
  }
  CHECK_FALSE(unpacker.next());
  CHECK_FALSE(unpacker.damaged());
}

TEST_CASE("packed: the journal's elements carry shard, index and time") {
  const auto batch = some_records();
  Packer packer;
  for (int turn = 0; turn < 2; ++turn) {  // reused
    packer.begin();
    packer.add(ShardKey{3}, batch, batch.entries[0]);
    packer.end();
    CHECK(packer.head() == "[[3,7,1000,0,3,4]]");
  }
  Unpacker unpacker{packer.head(), packer.body(), 3};
  REQUIRE(unpacker.next());
  CHECK(unpacker.numbers[0] == 3);
  CHECK(unpacker.numbers[1] == 7);
  CHECK(unpacker.numbers[2] == 1000);
  CHECK(unpacker.record == "keydata");
  CHECK_FALSE(unpacker.next());
  CHECK_FALSE(unpacker.damaged());
}

TEST_CASE("packed: an empty head holds nothing") {
  Packer packer;
  packer.begin();
  packer.end();
  Unpacker unpacker{packer.head(), packer.body(), 1};
  CHECK_FALSE(unpacker.next());
  CHECK_FALSE(unpacker.damaged());
}

TEST_CASE("packed: a head that is none, or points out of the body, is damaged") {
  for (const char* head :
       {"", "x", "[", "[[0,0,3,4]", "[[0,0,3,4],", "[[0,0,3,4]x]", "[[0,0,3]]", "[[0,0,3,4,5]]",
        "[[0,-1,3,4]]", "[[0,0,-3,4]]", "[[0,0,3,-4]]", "[[0,0,3,5]]", "[[0,5,3,4]]", "[[0,8,0,0]]",
        "[[0,0,nul,4]]", "[[0,0,3,9223372036854775807]]", "[[0,0,99999999999999999999,4]]",
        "[[,0,3,4]]", "[[0,9223372036854775807,9223372036854775807,4]]"}) {
    CAPTURE(head);
    Unpacker unpacker{head, "keydata", 1};
    while (unpacker.next()) {
    }
    CHECK(unpacker.damaged());
  }
}
