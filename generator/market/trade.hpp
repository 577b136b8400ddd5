// One stock trade and its text, byte for byte as the published Python generator writes it:
//
//   json.dumps({'EVENT_TIME': datetime.now().isoformat(), 'TICKER': ..., 'PRICE': round(x, 2)})
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.hpp"

namespace millrace::market {

// A wall clock's reading: microseconds since 1970-01-01T00:00:00 on that clock.
using LocalMicros = std::int64_t;

struct Trade {
  LocalMicros event_time = 0;
  std::string_view ticker;  // lives as long as the market
  double price = 0;         // two decimals
};

// "2026-11-23T01:02:03.123456", without the fraction when it is zero (Python's isoformat). Years
// 1..9999.
std::string iso_text(LocalMicros time);
// The same, and also with a space for the T, seconds left out, or 1 to 6 digits of fraction.
std::optional<LocalMicros> parse_iso(std::string_view text);

// Python's repr() of a float with at most two decimals, 0..100.
std::string price_text(double price);

// {"EVENT_TIME": "2026-11-23T01:02:03.123456", "TICKER": "AMZN", "PRICE": 42.12}
void append_json(std::string& out, const Trade& trade);

}  // namespace millrace::market
