#include "emulator/engine/limits.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <random>
#include <thread>
#include <vector>

using namespace millrace::engine;

namespace {

constexpr std::int64_t start = 1'700'000'000'000;
constexpr std::int64_t mib = 1'048'576;

}  // namespace

TEST_CASE("bucket: full at first, then what it gains and never more than it holds") {
  Bucket bucket;
  CHECK(bucket.level(start, 5, 5) == 5);
  for (int i = 0; i < 5; ++i) CHECK(bucket.take(start, 1, 5, 5));
  CHECK_FALSE(bucket.take(start, 1, 5, 5));
  CHECK_FALSE(bucket.take(start + 199, 1, 5, 5));
  CHECK(bucket.take(start + 200, 1, 5, 5));
  CHECK_FALSE(bucket.take(start + 399, 1, 5, 5));
  CHECK(bucket.level(start + 1'000'000, 5, 5) == 5);
  CHECK_FALSE(bucket.take(start + 1'000'000, 6, 5, 5));
  CHECK(bucket.take(start + 1'000'000, 5, 5, 5));
}

TEST_CASE("bucket: a clock that goes back brings nothing and takes nothing") {
  Bucket bucket;
  CHECK(bucket.take(start, 3, 5, 5));
  CHECK(bucket.level(start - 86'400'000, 5, 5) == 2);
  CHECK(bucket.take(start - 86'400'000, 2, 5, 5));
  CHECK_FALSE(bucket.take(start - 86'400'000, 1, 5, 5));
  // It counts on from the time that it is now.
  CHECK(bucket.take(start - 86'400'000 + 200, 1, 5, 5));
}

TEST_CASE("bucket: one that was empty when the clock went back fills again at once") {
  Bucket bucket;
  CHECK(bucket.take(start, 5, 5, 5));
  CHECK_FALSE(bucket.take(start - 86'400'000, 1, 5, 5));
  CHECK_FALSE(bucket.take(start - 86'400'000 + 199, 1, 5, 5));
  CHECK(bucket.take(start - 86'400'000 + 200, 1, 5, 5));
}

TEST_CASE("bucket: what is charged beyond the level has to come in first") {
  Bucket bucket;
  bucket.charge(start, 30, 10, 10);
  CHECK(bucket.level(start, 10, 10) == -20);
  CHECK(bucket.level(start + 1999, 10, 10) == -1);
  CHECK(bucket.level(start + 2000, 10, 10) == 0);
  CHECK_FALSE(bucket.take(start + 2099, 1, 10, 10));
  CHECK(bucket.take(start + 2100, 1, 10, 10));
}

TEST_CASE("bucket: the whole time there is overflows nothing") {
  Bucket bucket;
  CHECK(bucket.take(0, 10 * mib, 1, 10 * mib));
  CHECK(bucket.level(16'025'175'000'000, mib, 10 * mib) == 10 * mib);
  bucket.charge(0, std::int64_t{1} << 40, 1, std::int64_t{1} << 40);
  CHECK(bucket.level(16'025'175'000'000, std::int64_t{1} << 40, std::int64_t{1} << 40) ==
        std::int64_t{1} << 40);
}

TEST_CASE("bucket: any walk through time stays between its rules") {
  // Over any stretch of time no more is given than the burst and what came in meanwhile.
  for (unsigned seed = 1; seed <= 50; ++seed) {
    CAPTURE(seed);
    std::mt19937 random{seed};
    const auto pick = [&](std::int64_t below) {
      return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(below));
    };
    const auto rate = 1 + pick(2000);
    const auto burst = 1 + pick(5000);
    Bucket bucket;
    auto now = start;
    std::int64_t given = 0;
    std::int64_t refused = 0;
    for (int step = 0; step < 500; ++step) {
      now += pick(50);
      const auto amount = 1 + pick(burst);
      const auto before = bucket.level(now, rate, burst);
      REQUIRE(before >= 0);
      REQUIRE(before <= burst);
      const bool taken = bucket.take(now, amount, rate, burst);
      REQUIRE(taken == (before >= amount));
      given += taken ? amount : 0;
      refused += taken ? 0 : 1;
      REQUIRE(given * 1000 <= burst * 1000 + (now - start) * rate);
    }
    CHECK(refused > 0);
  }
}

TEST_CASE("writes: a thousand records or a mebibyte a second, whichever is used up first") {
  WriteRates records;
  for (int i = 0; i < 1000; ++i) REQUIRE(records.admit(start, 10, mib));
  CHECK_FALSE(records.admit(start, 10, mib));
  CHECK(records.admit(start + 1, 10, mib));
  CHECK_FALSE(records.admit(start + 1, 10, mib));

  WriteRates bytes;
  CHECK(bytes.admit(start, mib, mib));
  CHECK_FALSE(bytes.admit(start, 1, mib));
  CHECK_FALSE(bytes.admit(start + 999, mib, mib));
  CHECK(bytes.admit(start + 1000, mib, mib));
}

TEST_CASE("writes: what is refused costs neither records nor bytes") {
  WriteRates rates;
  CHECK(rates.admit(start, mib / 2, mib));
  for (int i = 0; i < 5000; ++i) REQUIRE_FALSE(rates.admit(start, mib, mib));
  for (int i = 0; i < 999; ++i) REQUIRE(rates.admit(start, 1, mib));
  CHECK_FALSE(rates.admit(start, 1, mib));
  CHECK_FALSE(rates.admit(start, mib / 4, mib));
  CHECK(rates.admit(start + 1, mib / 4, mib));  // the bytes were still there
}

TEST_CASE("writes: a stream of large records has a tank of their size that refills at a mebibyte") {
  WriteRates rates;
  CHECK(rates.admit(start, 10 * mib, 10 * mib));
  CHECK_FALSE(rates.admit(start, 1, 10 * mib));
  CHECK_FALSE(rates.admit(start + 3'999, 4 * mib, 10 * mib));
  CHECK(rates.admit(start + 4'000, 4 * mib, 10 * mib));
  CHECK_FALSE(rates.admit(start + 13'999, 10 * mib, 10 * mib));
  CHECK(rates.admit(start + 14'000, 10 * mib, 10 * mib));
}

TEST_CASE("reads: five calls a second") {
  ReadRates rates;
  for (int i = 0; i < 5; ++i) CHECK(rates.admit_call(start));
  CHECK_FALSE(rates.admit_call(start));
  CHECK_FALSE(rates.admit_call(start + 199));
  CHECK(rates.admit_call(start + 200));
  CHECK_FALSE(rates.admit_call(start + 200));
}

TEST_CASE("reads: an answer of 10 MiB blocks for 5 s, smaller ones for what is above 2 MiB/s") {
  struct Case {
    std::int64_t bytes;
    std::int64_t blocked_ms;
  };
  const Case cases[] = {{10 * mib, 5000}, {5 * mib, 2500}, {4 * mib, 2000},
                        {2 * mib, 0},     {mib, 0},        {0, 0}};
  for (const auto& one : cases) {
    CAPTURE(one.bytes);
    ReadRates rates;
    REQUIRE(rates.admit_call(start));
    rates.charge(start, one.bytes);
    if (one.blocked_ms > 0) CHECK_FALSE(rates.admit_call(start + one.blocked_ms - 1));
    CHECK(rates.admit_call(start + one.blocked_ms));
  }
}

TEST_CASE("reads: pages of 1.5 MiB at five calls a second come to 2 MiB a second") {
  ReadRates rates;
  std::int64_t given = 0;
  const std::int64_t seconds = 60;
  for (auto now = start; now < start + seconds * 1000; now += 200) {
    if (!rates.admit_call(now)) continue;
    rates.charge(now, 3 * mib / 2);
    given += 3 * mib / 2;
  }
  CHECK(given >= (seconds - 2) * 2 * mib);
  CHECK(given <= (seconds + 2) * 2 * mib);
}

TEST_CASE("reads: five iterators a second, apart from the calls") {
  ReadRates rates;
  for (int i = 0; i < 5; ++i) CHECK(rates.admit_call(start));
  for (int i = 0; i < 5; ++i) CHECK(rates.admit_iterator(start));
  CHECK_FALSE(rates.admit_iterator(start));
  CHECK(rates.admit_iterator(start + 200));
}

TEST_CASE("reads: threads together get no more than one would") {
  ReadRates rates;
  std::atomic<int> admitted{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int call = 0; call < 1000; ++call) admitted += rates.admit_call(start) ? 1 : 0;
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(admitted == 5);
}

TEST_CASE("calls: each key has its own rate, and idle ones are forgotten") {
  CallRates rates;
  CHECK(rates.admit("DescribeLimits", start, 1));
  CHECK_FALSE(rates.admit("DescribeLimits", start + 999, 1));
  CHECK(rates.admit("DescribeLimits", start + 1000, 1));
  CHECK(rates.admit("ListStreams", start, 5));
  for (int i = 0; i < 100'000; ++i) rates.admit("stream " + std::to_string(i), start + i, 5);
  CHECK(rates.size() < 5000);
  // Remembered ones still count: the last was asked a moment ago.
  for (int i = 0; i < 4; ++i) CHECK(rates.admit("stream 99999", start + 99'999, 5));
  CHECK_FALSE(rates.admit("stream 99999", start + 99'999, 5));
}
