#include "generator/pace/pacer.hpp"

#include <doctest/doctest.h>

using namespace millrace;

namespace {

// Time only passes by waiting, or when the test says so.
struct Time final : base::Waiter {
  std::int64_t now = 0;
  bool ended = false;
  bool wait(std::chrono::microseconds time) override {
    now += time.count();
    return !ended;
  }
  [[nodiscard]] bool stopped() const override { return ended; }
  void stop() override { ended = true; }
};

}  // namespace

TEST_CASE("Pacer: five at once, then a second's rest, is the default") {
  Time time;
  pace::Pacer pacer{5, time, [&] { return time.now; }};
  for (int i = 0; i < 4; ++i) {
    CHECK(pacer.next_round() == 5);
    CHECK(time.now == i * 1'000'000);
  }
}

TEST_CASE("Pacer: any rate is kept over time") {
  for (const double rate : {0.5, 7.0, 50.0, 51.0, 333.0, 10'000.0}) {
    CAPTURE(rate);
    Time time;
    pace::Pacer pacer{rate, time, [&] { return time.now; }};
    std::size_t sent = 0;
    while (time.now < 100'000'000) sent += pacer.next_round();
    const auto expected = rate * 100;
    CHECK(static_cast<double>(sent) >= expected);
    CHECK(static_cast<double>(sent) <= expected + rate / 10 + 5);
  }
}

TEST_CASE("Pacer: a short delay is caught up, a long one is not") {
  Time time;
  pace::Pacer pacer{5, time, [&] { return time.now; }};
  CHECK(pacer.next_round() == 5);
  time.now += 1'500'000;  // half a second late for the second round
  CHECK(pacer.next_round() == 5);
  CHECK(time.now == 1'500'000);
  CHECK(pacer.next_round() == 5);
  CHECK(time.now == 2'000'000);
  time.now += 60'000'000;
  CHECK(pacer.next_round() == 5);
  CHECK(pacer.next_round() == 5);
  CHECK(time.now == 63'000'000);
}

TEST_CASE("Pacer: stopping ends the rounds") {
  Time time;
  pace::Pacer pacer{5, time, [&] { return time.now; }};
  CHECK(pacer.next_round() == 5);
  time.stop();
  CHECK(pacer.next_round() == 0);
}
