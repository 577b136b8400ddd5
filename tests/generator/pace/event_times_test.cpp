#include "generator/pace/event_times.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <ctime>

using namespace millrace;

TEST_CASE("Event times: from a start they depend on nothing but the options") {
  pace::EventTimes times{{.start = 1'000'000, .rate = 5, .time_scale = 1}};
  CHECK(times.next(123) == 1'000'000);
  CHECK(times.next(99'999'999) == 1'200'000);
  CHECK(times.next(0) == 1'400'000);
}

TEST_CASE("Event times: a time scale makes them run faster") {
  pace::EventTimes fixed{{.start = 0, .rate = 10, .time_scale = 60}};
  CHECK(fixed.next(0) == 0);
  CHECK(fixed.next(0) == 6'000'000);
  ::setenv("TZ", "UTC", 1);
  ::tzset();
  pace::EventTimes running{{.time_scale = 60}};
  CHECK(running.next(1'700'000'000'000'000) == 1'700'000'000'000'000);
  CHECK(running.next(1'700'000'000'500'000) == 1'700'000'030'000'000);
}

TEST_CASE("Event times: without a start it is local time") {
  ::setenv("TZ", "XXX-02:00", 1);
  ::tzset();
  pace::EventTimes times{{}};
  CHECK(times.next(1'700'000'000'000'000) == 1'700'007'200'000'000);
  ::setenv("TZ", "UTC", 1);
  ::tzset();
}

TEST_CASE("Event times: the asked fraction is late by the asked delay, the others in order") {
  pace::EventTimes times{
      {.start = 0, .rate = 1, .late = {0.1, std::chrono::seconds{30}}, .seed = 5}};
  int late = 0;
  for (std::int64_t i = 0; i < 10'000; ++i) {
    const auto time = times.next(0);
    if (time == i * 1'000'000) continue;
    CHECK(time == (i - 30) * 1'000'000);
    ++late;
  }
  CHECK(late > 900);
  CHECK(late < 1100);
}

TEST_CASE("Event times: durations and lateness are read, or refused with what is expected") {
  using std::chrono::milliseconds;
  CHECK(pace::parse_duration("500ms") == milliseconds{500});
  CHECK(pace::parse_duration("1.5s") == milliseconds{1'500});
  CHECK(pace::parse_duration("2m") == milliseconds{120'000});
  CHECK(pace::parse_duration("1h") == milliseconds{3'600'000});
  for (const char* text : {"", "s", "5", "-1s", "infs", "nanms", "1e300h", "1 s"}) {
    CAPTURE(text);
    CHECK_FALSE(pace::parse_duration(text));
  }
  const auto late = pace::parse_lateness("0.01:30s");
  REQUIRE(late);
  CHECK(late.value().fraction == 0.01);
  CHECK(late.value().delay == milliseconds{30'000});
  for (const char* text : {"", "0.1", ":", "2:1s", "-0.1:1s", "x:1s", "0.1:x"}) {
    CAPTURE(text);
    CHECK_FALSE(pace::parse_lateness(text));
  }
}
