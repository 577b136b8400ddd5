#include "generator/market/market.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace millrace::market {
namespace {

// Python's round(value, 2): the nearest of the exact binary value, ties to even, as printf does it.
double round_to_cents(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.2f", value);
  return std::strtod(text.data(), nullptr);
}

bool is_plain(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

}  // namespace

std::vector<std::string> default_tickers() {
  return {"AMZN", "GOOG", "AZRE", "ORCL", "BABA"};
}

base::Result<std::vector<std::string>> parse_tickers(const std::string& text) {
  std::vector<std::string> out{""};
  for (const char c : text) {
    if (c == ',') {
      out.emplace_back();
    } else if (is_plain(c)) {
      out.back() += c;
    } else {
      return base::Error{base::ErrorCode::validation,
                         "'" + text + "': a ticker may hold letters, digits, '.', '_' and '-'"};
    }
  }
  for (const auto& ticker : out) {
    if (ticker.empty()) {
      return base::Error{base::ErrorCode::validation, "'" + text + "': a ticker is empty"};
    }
  }
  return out;
}

Trade Market::next(LocalMicros event_time) {
  const auto& ticker = tickers_[random_.index(tickers_.size())];
  return {event_time, ticker, round_to_cents(random_.real() * 100)};
}

}  // namespace millrace::market
