#include "generator/market/trade.hpp"

#include <doctest/doctest.h>

using namespace millrace;

TEST_CASE("Trade: the text is that of Python's json.dumps") {
  std::string out;
  market::append_json(out, {1'795'395'723'123'456, "AMZN", 42.12});
  CHECK(out == R"({"EVENT_TIME": "2026-11-23T01:02:03.123456", "TICKER": "AMZN", "PRICE": 42.12})");
}

TEST_CASE("Trade: times are Python's isoformat, without a fraction of zero") {
  CHECK(market::iso_text(1'795'395'723'000'000) == "2026-11-23T01:02:03");
  CHECK(market::iso_text(1'795'395'723'000'001) == "2026-11-23T01:02:03.000001");
  CHECK(market::iso_text(1'795'395'723'500'000) == "2026-11-23T01:02:03.500000");
  CHECK(market::iso_text(-1) == "1969-12-31T23:59:59.999999");
}

TEST_CASE("Trade: prices are Python's repr") {
  CHECK(market::price_text(0) == "0.0");
  CHECK(market::price_text(0.01) == "0.01");
  CHECK(market::price_text(42.1) == "42.1");
  CHECK(market::price_text(100) == "100.0");
  CHECK(market::price_text(99.99) == "99.99");
}

TEST_CASE("Trade: a time that was written is read back") {
  for (const std::int64_t time : {0LL, 1'795'395'723'123'456LL, 1'795'395'723'000'000LL, -1LL}) {
    CHECK(market::parse_iso(market::iso_text(time)) == time);
  }
  CHECK(market::parse_iso("2026-11-23 01:02") == 1'795'395'720'000'000);
  CHECK(market::parse_iso("2026-11-23T01:02:03.5") == 1'795'395'723'500'000);
}

TEST_CASE("Trade: what is no time is refused") {
  for (const char* text : {"", "now", "2026-11-23", "2026-13-01T00:00", "2026-02-29T00:00",
                           "2026-11-23T24:00", "2026-11-23T01:60", "2026-11-23T01:02:60",
                           "2026-11-23T01:02:03.", "2026-11-23T01:02:03.1234567",
                           "2026-11-23T01:02:03Z", "0000-01-01T00:00", "2026-11-23T01:02:"}) {
    CAPTURE(text);
    CHECK_FALSE(market::parse_iso(text));
  }
}
