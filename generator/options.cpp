#include "generator/options.hpp"

#include <random>

#include "generator/market/market.hpp"

namespace millrace::generator {
namespace {

base::Error wrong(const char* flag, const std::string& why) {
  return {base::ErrorCode::validation, std::string{flag} + ": " + why};
}

}  // namespace

void declare(CLI::App& trades, Flags& flags) {
  trades.add_option("--stream", flags.stream, "stream to put the trades in")->capture_default_str();
  trades
      .add_option(
          "--rate", flags.rate,
          "trades per second; up to 50 in rounds of five with one PutRecord each, above that "
          "with PutRecords")
      ->check(CLI::Range(0.001, 1'000'000.0))
      ->capture_default_str();
  trades
      .add_option("--count", flags.count, "stop after so many trades (default: run until stopped)")
      ->check(CLI::PositiveNumber);
  trades.add_option(
      "--seed", flags.seed,
      "the same seed gives the same tickers and prices (default: a new one each time)");
  trades.add_option("--tickers", flags.tickers, "A,B,C (default: AMZN,GOOG,AZRE,ORCL,BABA)");
  trades.add_option(
      "--start", flags.start,
      "local time of the first trade, YYYY-MM-DDTHH:MM[:SS[.ffffff]]; with --seed the "
      "records are then the same, byte for byte (default: now)");
  trades
      .add_option("--time-scale", flags.time_scale,
                  "event time runs so many times faster than the clock")
      ->check(CLI::Range(1e-6, 1e6))
      ->capture_default_str();
  trades.add_option(
      "--late", flags.late,
      "FRACTION:DELAY, as in 0.01:30s: so many trades arrive that much (of event time) "
      "late");
  trades
      .add_option("--partition-key", flags.partition_key,
                  "constant: always 'partitionkey'; ticker: the ticker; random: another each time")
      ->check(CLI::IsMember({"constant", "ticker", "random"}))
      ->capture_default_str();
  trades.add_flag("--create", flags.create, "create the stream if it does not exist");
  trades.add_option("--shards", flags.shards, "shards of a stream that --create makes")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  trades.add_flag("--stdout", flags.to_stdout,
                  "print the trades, one a line, instead of putting them");
  trades
      .add_option("--wait", flags.wait,
                  "how long to wait for an endpoint or stream that is not there or refuses")
      ->capture_default_str();
  trades.add_option("--endpoint-url", flags.endpoint,
                    "instead of AWS_ENDPOINT_URL_KINESIS, AWS_ENDPOINT_URL or AWS's own endpoint");
  trades.add_option("--region", flags.region, "instead of AWS_REGION");
  trades.add_option("--profile", flags.profile, "instead of AWS_PROFILE");
}

base::Result<Options> read_options(const Flags& flags) {
  Options out;
  if (flags.stream.empty()) return wrong("--stream", "the name is empty");
  out.stream = flags.stream;
  out.count = flags.count;
  out.seed = flags.seed ? *flags.seed
                        : (std::uint64_t{std::random_device{}()} << 32U) | std::random_device{}();
  out.tickers = market::default_tickers();
  if (!flags.tickers.empty()) {
    auto tickers = market::parse_tickers(flags.tickers);
    if (!tickers) return tickers.error().in("--tickers");
    out.tickers = std::move(tickers).value();
  }
  if (!flags.start.empty()) {
    out.times.start = market::parse_iso(flags.start);
    if (!out.times.start) {
      return wrong("--start",
                   "'" + flags.start + "' must be a time like 2026-11-23T09:30:00 (no time zone)");
    }
  }
  out.times.rate = flags.rate;
  out.times.time_scale = flags.time_scale;
  out.times.seed = out.seed;
  if (!flags.late.empty()) {
    auto late = pace::parse_lateness(flags.late);
    if (!late) return late.error().in("--late");
    out.times.late = late.value();
  }
  const auto keys = sink::parse_key_choice(flags.partition_key);
  if (!keys) return wrong("--partition-key", "'" + flags.partition_key + "' is none");
  out.keys = *keys;
  out.create = flags.create;
  out.shards = flags.shards;
  out.to_stdout = flags.to_stdout;
  const auto patience = pace::parse_duration(flags.wait);
  if (!patience) return wrong("--wait", "'" + flags.wait + "' must be a duration like 30s");
  out.patience = std::chrono::duration_cast<std::chrono::milliseconds>(*patience);
  out.aws.endpoint = flags.endpoint;
  out.aws.region = flags.region;
  out.aws.profile = flags.profile;
  return out;
}

}  // namespace millrace::generator
