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
#include "generator/pace/event_times.hpp"
#include "generator/sink/partition_keys.hpp"

namespace millrace::generator {

// As typed.
struct Flags {
  std::string stream = "stocktrading-ingest-stream";
  double rate = 5;
  std::uint64_t count = 0;
  std::optional<std::uint64_t> seed;
  std::string tickers;
  std::string start;
  double time_scale = 1;
  std::string late;
  std::string partition_key = "constant";
  bool create = false;
  int shards = 1;
  bool to_stdout = false;
  std::string wait = "60s";
  std::string endpoint;
  std::string region;
  std::string profile;
};

// As meant.
struct Options {
  std::string stream;
  std::uint64_t count = 0;  // 0: until stopped
  std::uint64_t seed = 0;
  std::vector<std::string> tickers;
  pace::EventTimeOptions times;  // its rate is that of the sending, too
  sink::KeyChoice keys = sink::KeyChoice::constant;
  bool create = false;
  int shards = 1;
  bool to_stdout = false;
  std::chrono::milliseconds patience{};
  aws::Choices aws;
};

// Adds the options of `trades`.
void declare(CLI::App& trades, Flags& flags);

// Error: validation; names the flag.
base::Result<Options> read_options(const Flags& flags);

}  // namespace millrace::generator
