#include "emulator/engine/shared_events.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace millrace;
using engine::SharedEvents;

namespace {

SharedEvents::Event event(std::int64_t from, std::int64_t next, std::size_t size = 10,
                          std::int64_t first_ms = 1000) {
  return {from, next, first_ms, size, std::make_shared<std::string>(size, 'x')};
}

}  // namespace

TEST_CASE("the newest event is found by who stands where it begins and nothing lies behind it") {
  SharedEvents all;
  const auto one = all.join(1, 0);
  const auto two = all.join(1, 0);
  CHECK(!two->find(0, 5, 0));
  const auto made = event(0, 5);
  one->offer(made);
  const auto found = two->find(0, 5, 0);
  REQUIRE(found);
  CHECK(found->bytes == made.bytes);  // the same bytes, no copy
  CHECK(found->next == 5);
  CHECK(two->find(0, 4, 0));   // what was read was more than what was known to be committed
  CHECK(!two->find(0, 6, 0));  // there is more by now: the event would not say so
  CHECK(!two->find(1, 5, 0));
  CHECK(!two->find(0, 5, 1001));  // its first record has expired
}

TEST_CASE("shards do not share") {
  SharedEvents all;
  const auto one = all.join(1, 0);
  const auto beside = all.join(1, 0);
  const auto other_shard = all.join(1, 1);
  const auto other_stream = all.join(2, 0);
  one->offer(event(0, 5));
  CHECK(beside->find(0, 5, 0));
  CHECK(!other_shard->find(0, 5, 0));
  CHECK(!other_stream->find(0, 5, 0));
}

TEST_CASE("who is alone keeps nothing, and nothing stays when the last has gone") {
  SharedEvents all;
  {
    const auto one = all.join(1, 0);
    one->offer(event(0, 5));
    CHECK(all.held() == 0);
    {
      const auto two = all.join(1, 0);
      one->offer(event(5, 6));
      CHECK(all.held() == 10);
      one->offer(event(6, 7, 30));  // in place of the one before
      CHECK(all.held() == 30);
      CHECK(!two->find(5, 6, 0));
    }
    one->offer(event(7, 8));
    CHECK(all.held() == 0);
  }
  const auto first = all.join(1, 0);
  {
    const auto second = all.join(1, 0);
    first->offer(event(0, 1));
  }
  CHECK(all.held() == 10);
}

TEST_CASE("all shards together keep no more than allowed") {
  SharedEvents all;
  const auto size = SharedEvents::most / 2;
  std::vector<SharedEvents::Share> held;
  for (std::uint32_t shard = 0; shard < 3; ++shard) {
    held.push_back(all.join(1, shard));
    held.push_back(all.join(1, shard));
    held.back()->offer(event(0, 1, size));
  }
  CHECK(all.held() == SharedEvents::most);
  CHECK(held[0]->find(0, 1, 0));
  CHECK(!held[4]->find(0, 1, 0));
  held.clear();
  CHECK(all.held() == 0);
}
