// The command line of millrace-generator.
#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/aws/settings.hpp"
#include "common/base/result.hpp"
#include "generator/nexmark/nexmark.hpp"
#include "generator/pace/event_times.hpp"
#include "generator/sink/partition_keys.hpp"

namespace millrace::generator {

// As typed: what every kind of event has, ...
struct Flags {
  std::string stream = "stocktrading-ingest-stream";
  double rate = 5;
  std::uint64_t count = 0;
  std::optional<std::uint64_t> seed;
  std::string start;
  std::string partition_key = "constant";
  bool create = false;
  int shards = 1;
  bool to_stdout = false;
  std::string wait = "60s";
  std::string endpoint;
  std::string region;
  std::string profile;
};

// ... what only trades have, ...
struct TradeFlags : Flags {
  std::string tickers;
  double time_scale = 1;
  std::string late;
};

// ... and what only Nexmark has.
struct NexmarkFlags : Flags {
  NexmarkFlags();
  bool fast = false;
  std::int64_t out_of_order = 1;
};

// As meant: where to, how fast and how much.
struct Options {
  std::string noun;  // of many: "trades"
  std::string stream;
  double rate = 5;          // a second
  bool unpaced = false;     // as fast as it goes, whatever the rate
  std::uint64_t count = 0;  // 0: until stopped
  std::uint64_t seed = 0;
  sink::KeyChoice keys = sink::KeyChoice::constant;
  bool create = false;
  int shards = 1;
  bool to_stdout = false;
  std::chrono::milliseconds patience{};
  aws::Choices aws;
};

struct TradeOptions : Options {
  std::vector<std::string> tickers;
  pace::EventTimeOptions times;
};

struct NexmarkOptions : Options {
  nexmark::Options events;
};

// Add the options of `trades` and of `nexmark`.
void declare(CLI::App& trades, TradeFlags& flags);
void declare(CLI::App& nexmark, NexmarkFlags& flags);

// Error: validation; names the flag.
base::Result<TradeOptions> read_options(const TradeFlags& flags);
base::Result<NexmarkOptions> read_options(const NexmarkFlags& flags);

}  // namespace millrace::generator
