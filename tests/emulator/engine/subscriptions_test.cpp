#include "emulator/engine/subscriptions.hpp"

#include <doctest/doctest.h>

using millrace::engine::Subscriptions;

TEST_CASE("subscriptions: a second claim within five seconds is refused, later it takes over") {
  Subscriptions all;
  const auto first = all.claim(1, 0, 10'000);
  REQUIRE(first != nullptr);
  CHECK(all.claim(1, 0, 10'000) == nullptr);
  CHECK(all.claim(1, 0, 14'999) == nullptr);
  CHECK_FALSE(first->lost());
  const auto second = all.claim(1, 0, 15'000);
  REQUIRE(second != nullptr);
  CHECK(first->lost());
  CHECK_FALSE(first->took_over());
  CHECK_FALSE(second->lost());
  CHECK(second->took_over());
  // Counted from the last success, not from the refusals.
  CHECK(all.claim(1, 0, 19'999) == nullptr);
  CHECK(all.claim(1, 0, 20'000) != nullptr);
}

TEST_CASE("subscriptions: other shards and other consumers are not concerned") {
  Subscriptions all;
  const auto held = all.claim(1, 0, 0);
  CHECK(all.claim(1, 1, 0) != nullptr);
  CHECK(all.claim(2, 0, 0) != nullptr);
  CHECK_FALSE(held->lost());
}

TEST_CASE("subscriptions: the five seconds count also when the first has ended") {
  Subscriptions all;
  all.claim(1, 0, 0).reset();
  CHECK(all.claim(1, 0, 4'999) == nullptr);
  CHECK(all.claim(1, 0, 5'000) != nullptr);
}

TEST_CASE("subscriptions: a clock that goes back locks nobody out") {
  Subscriptions all;
  const auto held = all.claim(1, 0, 1'000'000);
  CHECK(all.claim(1, 0, 1'000) != nullptr);
}

TEST_CASE("subscriptions: ended ones are forgotten") {
  Subscriptions all;
  const auto held = all.claim(0, 0, 0);
  for (std::int64_t i = 1; i < 10'000; ++i) {
    REQUIRE(all.claim(i, 0, i * 10'000) != nullptr);
  }
  CHECK(all.claim(0, 0, 100'000'000) != nullptr);
  CHECK(held->lost());  // it was not forgotten: it was still held
}
