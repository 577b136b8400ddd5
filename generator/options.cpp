#include "generator/options.hpp"

#include <random>

#include "generator/market/market.hpp"

namespace millrace::generator {
namespace {

base::Error wrong(const char* flag, const std::string& why) {
  return {base::ErrorCode::validation, std::string{flag} + ": " + why};
}

void declare_target(CLI::App& app, Flags& flags) {
  app.add_flag("--create", flags.create, "create the stream if it does not exist");
  app.add_option("--shards", flags.shards, "shards of a stream that --create makes")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  app.add_flag("--stdout", flags.to_stdout, "print them, one a line, instead of putting them");
  app.add_option("--wait", flags.wait,
                 "how long to wait for an endpoint or stream that is not there or refuses")
      ->capture_default_str();
  app.add_option("--endpoint-url", flags.endpoint,
                 "instead of AWS_ENDPOINT_URL_KINESIS, AWS_ENDPOINT_URL or AWS's own endpoint");
  app.add_option("--region", flags.region, "instead of AWS_REGION");
  app.add_option("--profile", flags.profile, "instead of AWS_PROFILE");
}

CLI::Option* declare_rate(CLI::App& app, Flags& flags, const char* help) {
  return app.add_option("--rate", flags.rate, help)
      ->check(CLI::Range(0.001, 1'000'000.0))
      ->capture_default_str();
}

// Everything but the start, of which kinds differ in what it is when not given.
base::Result<Options> read_common(const Flags& flags, const char* noun) {
  Options out;
  out.noun = noun;
  if (flags.stream.empty()) return wrong("--stream", "the name is empty");
  out.stream = flags.stream;
  out.rate = flags.rate;
  out.count = flags.count;
  out.seed = flags.seed ? *flags.seed
                        : (std::uint64_t{std::random_device{}()} << 32U) | std::random_device{}();
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

base::Result<market::LocalMicros> read_start(const std::string& text) {
  const auto start = market::parse_iso(text);
  if (start) return *start;
  return wrong("--start", "'" + text + "' must be a time like 2026-11-23T09:30:00 (no time zone)");
}

}  // namespace

NexmarkFlags::NexmarkFlags() {
  stream = "nexmark";
  rate = 10'000;
  start = "2015-07-15T00:00:00";
  partition_key = "id";
}

void declare(CLI::App& trades, TradeFlags& flags) {
  trades.add_option("--stream", flags.stream, "stream to put the trades in")->capture_default_str();
  declare_rate(trades, flags,
               "trades per second; up to 50 in rounds of five with one PutRecord each, above that "
               "with PutRecords");
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
  declare_target(trades, flags);
}

void declare(CLI::App& nexmark, NexmarkFlags& flags) {
  nexmark.add_option("--stream", flags.stream, "stream to put the events in")
      ->capture_default_str();
  declare_rate(nexmark, flags, "events per second, of the clock and of event time");
  nexmark.add_flag("--fast", flags.fast,
                   "as fast as it goes; event times are as if they came at --rate");
  nexmark
      .add_option("--count", flags.count, "stop after so many events (default: run until stopped)")
      ->check(CLI::PositiveNumber);
  nexmark.add_option("--seed", flags.seed,
                     "the same seed gives the same events (default: a new one each time)");
  nexmark
      .add_option("--start", flags.start,
                  "time of the first event, YYYY-MM-DDTHH:MM[:SS[.fff]], 1970 or later")
      ->capture_default_str();
  nexmark
      .add_option("--out-of-order", flags.out_of_order,
                  "shuffle the events of each so many; 1: they come in order of their times")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  nexmark
      .add_option("--partition-key", flags.partition_key,
                  "id: that of the person or auction an event is about; constant; random")
      ->check(CLI::IsMember({"constant", "id", "random"}))
      ->capture_default_str();
  declare_target(nexmark, flags);
}

base::Result<TradeOptions> read_options(const TradeFlags& flags) {
  TradeOptions out;
  BOOST_OUTCOME_TRY(static_cast<Options&>(out), read_common(flags, "trades"));
  out.tickers = market::default_tickers();
  if (!flags.tickers.empty()) {
    auto tickers = market::parse_tickers(flags.tickers);
    if (!tickers) return tickers.error().in("--tickers");
    out.tickers = std::move(tickers).value();
  }
  if (!flags.start.empty()) {
    BOOST_OUTCOME_TRY(out.times.start, read_start(flags.start));
  }
  out.times.rate = flags.rate;
  out.times.time_scale = flags.time_scale;
  out.times.seed = out.seed;
  if (!flags.late.empty()) {
    auto late = pace::parse_lateness(flags.late);
    if (!late) return late.error().in("--late");
    out.times.late = late.value();
  }
  return out;
}

base::Result<NexmarkOptions> read_options(const NexmarkFlags& flags) {
  NexmarkOptions out;
  BOOST_OUTCOME_TRY(static_cast<Options&>(out), read_common(flags, "events"));
  out.unpaced = flags.fast;
  BOOST_OUTCOME_TRY(out.events.start, read_start(flags.start));
  if (out.events.start < 0) {
    return wrong("--start", "'" + flags.start + "' is before 1970");
  }
  out.events.seed = out.seed;
  out.events.rate = flags.rate;
  out.events.out_of_order = flags.out_of_order;
  return out;
}

}  // namespace millrace::generator
