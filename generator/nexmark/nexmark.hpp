// Nexmark's stream of events: persons, auctions and bids of an auction house, as JSON lines that
// the published queries' table of one event a row reads:
//
//   {"event_type":2,"person":null,"auction":null,"bid":{"auction":1000,"bidder":1001, ...}}
//
// Distributions are those of the public generator (nexmark-flink); its events differ from run to
// run, these follow from the seed. One deviation: it adds the first person's id to a bidder twice,
// which leaves most bidders without a person; here it is added once.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "generator/market/random.hpp"
#include "generator/market/trade.hpp"
#include "generator/nexmark/ids.hpp"
#include "generator/nexmark/text.hpp"

namespace millrace::nexmark {

struct Options {
  std::uint64_t seed = 0;
  market::LocalMicros start = 0;  // the first event's time, not before 1970; whole milliseconds
  double rate = 10'000;           // events a second of event time, > 0
  // Events come in groups of so many, each group shuffled the same way; 1: in order of time.
  std::int64_t out_of_order = 1;
};

// One thread. The same options give the same bytes.
class Nexmark {
 public:
  explicit Nexmark(const Options& options);
  Nexmark(const Nexmark&) = delete;
  Nexmark& operator=(const Nexmark&) = delete;

  // Appends the next event, without a line's end, and says which person (of a person) or auction
  // (of an auction or a bid) it is about: what partitions it.
  std::int64_t append_next(std::string& out);

 private:
  struct Channel {
    std::string name;
    std::string url;
  };
  // Event times in milliseconds since the epoch.
  [[nodiscard]] std::int64_t time_of(std::int64_t event) const;
  std::int64_t append_person(std::string& out, std::int64_t event, std::int64_t time);
  std::int64_t append_auction(std::string& out, std::int64_t event, std::int64_t time);
  std::int64_t append_bid(std::string& out, std::int64_t event, std::int64_t time);
  const Channel& any_channel();

  const Options options_;
  market::Random random_;
  TimeText times_;
  std::int64_t count_ = 0;
  std::vector<Channel> hot_channels_;
  std::vector<Channel> channels_;  // by number; an empty name: not asked for yet
};

}  // namespace millrace::nexmark
