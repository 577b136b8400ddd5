// The random texts and amounts in Nexmark's events. None of the texts needs escaping in JSON.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "generator/market/random.hpp"
#include "generator/market/trade.hpp"

namespace millrace::nexmark {

// 3 to `longest` - 1 characters of a-z, one in thirteen of them `gap`; blanks at the ends are cut.
std::string any_text(market::Random& random, std::size_t longest, char gap = ' ');

// What fills an event of `size` bytes up to `average` on average (give or take a fifth of what is
// missing); empty when it is larger already.
std::string filler(market::Random& random, std::size_t size, std::size_t average);

// In cents: 100 to 100,000,000, its logarithm evenly spread.
std::int64_t any_price(market::Random& random);

// Times as Flink's json format reads and writes a TIMESTAMP(3): 2015-07-15 00:00:00.123. Those of
// one second share the work. One thread.
class TimeText {
 public:
  // ms: since the epoch.
  void append(std::string& out, std::int64_t ms);

 private:
  std::int64_t second_ = -1;
  std::string text_;
};

std::string any_email(market::Random& random);
// Four groups of four digits.
std::string any_card(market::Random& random);
std::string any_url(market::Random& random);

}  // namespace millrace::nexmark
