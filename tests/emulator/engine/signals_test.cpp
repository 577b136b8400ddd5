#include "emulator/engine/signals.hpp"

#include <doctest/doctest.h>

#include <optional>

using millrace::engine::Signals;

TEST_CASE("a watcher hears of its stream after the commit, once a commit") {
  Signals signals;
  int heard = 0;
  const auto watching = signals.watch(7, [&] { ++heard; });
  signals.note(7);
  signals.note(8);
  signals.note(7);
  CHECK(heard == 0);
  signals.fire();
  CHECK(heard == 1);
  signals.note(8);
  signals.fire();
  CHECK(heard == 1);
}

TEST_CASE("a failed commit tells nobody") {
  Signals signals;
  int heard = 0;
  const auto watching = signals.watch(7, [&] { ++heard; });
  signals.note(7);
  signals.forget();
  signals.fire();
  CHECK(heard == 0);
}

TEST_CASE("a subscription ends with its owner, also from within a callback") {
  Signals signals;
  int first = 0, second = 0;
  std::optional<Signals::Subscription> other;
  std::optional<Signals::Subscription> own;
  own = signals.watch(1, [&] {
    ++first;
    other.reset();
    own.reset();
  });
  other = signals.watch(1, [&] { ++second; });
  signals.note(1);
  signals.fire();
  signals.fire_all();
  CHECK(first == 1);
  CHECK(second == 0);
}

TEST_CASE("one stream's watchers are called without a commit, and no others") {
  Signals signals;
  int one = 0, other = 0;
  const auto watching = signals.watch(1, [&] { ++one; });
  const auto beside = signals.watch(2, [&] { ++other; });
  signals.fire(1);
  CHECK(one == 1);
  CHECK(other == 0);
}

TEST_CASE("everybody is called when the clock was moved") {
  Signals signals;
  int heard = 0;
  const auto one = signals.watch(1, [&] { ++heard; });
  const auto two = signals.watch(2, [&] { ++heard; });
  signals.fire_all();
  CHECK(heard == 2);
}
