#include "generator/sink/partition_keys.hpp"

#include <doctest/doctest.h>

using namespace millrace;

TEST_CASE("Partition keys: each choice") {
  CHECK(sink::PartitionKeys{sink::KeyChoice::constant, 1}.next("AMZN") == "partitionkey");
  CHECK(sink::PartitionKeys{sink::KeyChoice::own, 1}.next("AMZN") == "AMZN");
  sink::PartitionKeys random{sink::KeyChoice::random, 1};
  sink::PartitionKeys same{sink::KeyChoice::random, 1};
  const auto first = random.next("AMZN");
  CHECK(first.size() == 16);
  CHECK(same.next("AMZN") == first);
  CHECK(random.next("AMZN") != first);
}

TEST_CASE("Partition keys: names of choices") {
  CHECK(sink::parse_key_choice("ticker") == sink::KeyChoice::own);
  CHECK_FALSE(sink::parse_key_choice("Ticker"));
  CHECK_FALSE(sink::parse_key_choice(""));
}
