#include "generator/market/market.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <map>

using namespace millrace;

namespace {

std::string trades(std::uint64_t seed, int count) {
  market::Market market{seed, market::default_tickers()};
  std::string out;
  for (int i = 0; i < count; ++i) {
    market::append_json(out, market.next(i));
    out += '\n';
  }
  return out;
}

}  // namespace

TEST_CASE("Market: the same seed gives the same trades, another one others") {
  CHECK(trades(7, 1000) == trades(7, 1000));
  CHECK(trades(7, 1000) != trades(8, 1000));
}

TEST_CASE("Market: the trades of seed 1 stay what they are") {
  // Computed apart from this code with a Mersenne twister in Python and its round().
  CHECK(
      trades(1, 3) ==
      "{\"EVENT_TIME\": \"1970-01-01T00:00:00\", \"TICKER\": \"AMZN\", \"PRICE\": 13.64}\n"
      "{\"EVENT_TIME\": \"1970-01-01T00:00:00.000001\", \"TICKER\": \"AZRE\", \"PRICE\": 2.1}\n"
      "{\"EVENT_TIME\": \"1970-01-01T00:00:00.000002\", \"TICKER\": \"GOOG\", \"PRICE\": 91.14}\n");
}

TEST_CASE("Market: tickers are equally likely, prices uniform with two decimals") {
  market::Market market{3, market::default_tickers()};
  std::map<std::string, int> seen;
  double sum = 0;
  for (int i = 0; i < 50'000; ++i) {
    const auto trade = market.next(0);
    ++seen[std::string{trade.ticker}];
    sum += trade.price;
    REQUIRE(trade.price >= 0);
    REQUIRE(trade.price <= 100);
    REQUIRE(std::abs(trade.price * 100 - std::round(trade.price * 100)) < 1e-9);
  }
  CHECK(seen.size() == 5);
  for (const auto& [ticker, count] : seen) {
    CAPTURE(ticker);
    CHECK(std::abs(count - 10'000) < 400);
  }
  CHECK(std::abs(sum / 50'000 - 50) < 0.5);
}

TEST_CASE("Market: tickers are read from a list; what JSON would escape is refused") {
  CHECK(market::parse_tickers("A,B.C").value() == std::vector<std::string>{"A", "B.C"});
  for (const char* text : {"", ",", "A,", "A\"", "A B", "\xc3\xa4"}) {
    CAPTURE(text);
    CHECK_FALSE(market::parse_tickers(text));
  }
}
