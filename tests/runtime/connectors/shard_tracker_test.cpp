#include "runtime/connectors/shard_tracker.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using connectors::ShardTracker;

namespace {

aws::Shard shard(const char* id, bool closed = false, const char* parent = "",
                 const char* adjacent = "") {
  return {.id = id, .parent_id = parent, .adjacent_parent_id = adjacent, .closed = closed};
}

std::string ids(const std::vector<ShardTracker::Ready>& ready) {
  std::string out;
  for (const auto& one : ready) out += one.shard_id + (one.initial ? "! " : " ");
  return out;
}

}  // namespace

TEST_CASE("Shards: all without a parent start at once") {
  ShardTracker tracker;
  CHECK(ids(tracker.begin({shard("a"), shard("b")}, false)) == "a! b! ");
  CHECK(ids(tracker.update({shard("a"), shard("b")})).empty());
  CHECK(ids(tracker.update({shard("a"), shard("b"), shard("c")})) == "c ");
}

TEST_CASE("Shards: children of a split start after their parent") {
  ShardTracker tracker;
  CHECK(ids(tracker.begin({shard("a", true), shard("b", false, "a"), shard("c", false, "a")},
                          false)) == "a! ");
  CHECK(tracker.waiting() == 2);
  CHECK(tracker.is_closed("a"));
  CHECK(ids(tracker.finish("a")) == "b! c! ");
  CHECK(tracker.waiting() == 0);
}

TEST_CASE("Shards: the child of a merge starts after both parents") {
  ShardTracker tracker;
  tracker.begin({shard("a"), shard("b")}, false);
  CHECK(ids(tracker.update({shard("a", true), shard("b", true), shard("c", false, "a", "b")}))
            .empty());
  CHECK(ids(tracker.finish("b")).empty());
  CHECK(ids(tracker.finish("a")) == "c ");
}

TEST_CASE("Shards: a child whose parent is no longer listed starts at once") {
  ShardTracker tracker;
  CHECK(ids(tracker.begin({shard("c", false, "gone")}, false)) == "c! ");
}

TEST_CASE("Shards: from LATEST on, closed shards are passed over and their open children read") {
  ShardTracker tracker;
  CHECK(ids(tracker.begin({shard("a", true), shard("b", false, "a")}, true)) == "b! ");
}

TEST_CASE("Shards: several sources share them, each shard read once") {
  const std::vector<aws::Shard> listing{
      shard("shardId-000000000000"), shard("shardId-000000000001"), shard("shardId-000000000002")};
  ShardTracker first{0, 2};
  ShardTracker second{1, 2};
  CHECK(ids(first.begin(listing, false)) == "shardId-000000000000! shardId-000000000002! ");
  CHECK(ids(second.begin(listing, false)) == "shardId-000000000001! ");
}
