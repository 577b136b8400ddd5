// The market: which ticker trades next, and at what price.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "generator/market/random.hpp"
#include "generator/market/trade.hpp"

namespace millrace::market {

// Those of the published generator.
std::vector<std::string> default_tickers();

// "AMZN,GOOG". Error: validation; empty, or characters that JSON would have to escape.
base::Result<std::vector<std::string>> parse_tickers(const std::string& text);

// One thread. The same seed and tickers give the same trades.
class Market {
 public:
  // tickers: at least one.
  Market(std::uint64_t seed, std::vector<std::string> tickers)
      : random_(seed), tickers_(std::move(tickers)) {}
  Market(const Market&) = delete;
  Market& operator=(const Market&) = delete;

  // Every ticker equally likely; price uniform in 0..100, rounded to two decimals.
  Trade next(LocalMicros event_time);

 private:
  Random random_;
  const std::vector<std::string> tickers_;
};

}  // namespace millrace::market
