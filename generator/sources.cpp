// What each kind of event is made from.
#include <chrono>
#include <string>

#include "generator/market/market.hpp"
#include "generator/nexmark/nexmark.hpp"
#include "generator/run.hpp"

namespace millrace::generator {
namespace {

std::int64_t wall_micros() {
  using namespace std::chrono;
  return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

class Trades final : public Source {
 public:
  explicit Trades(const TradeOptions& options)
      : market_(options.seed, options.tickers), times_(options.times) {}

  std::string_view next(sink::Record& out) override {
    const auto trade = market_.next(times_.next(wall_micros()));
    market::append_json(out.data, trade);
    return trade.ticker;
  }

 private:
  market::Market market_;
  pace::EventTimes times_;
};

class Auctions final : public Source {
 public:
  explicit Auctions(const nexmark::Options& options) : events_(options) {}

  std::string_view next(sink::Record& out) override {
    id_ = std::to_string(events_.append_next(out.data));
    return id_;
  }

 private:
  nexmark::Nexmark events_;
  std::string id_;
};

}  // namespace

std::unique_ptr<Source> trade_source(const TradeOptions& options) {
  return std::make_unique<Trades>(options);
}

std::unique_ptr<Source> nexmark_source(const NexmarkOptions& options) {
  return std::make_unique<Auctions>(options.events);
}

}  // namespace millrace::generator
