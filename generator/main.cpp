// millrace-generator: flags -> market -> pace -> sink.
#include <pthread.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <stop_token>
#include <thread>

#include "common/base/log.hpp"
#include "generator/options.hpp"
#include "generator/run.hpp"

using namespace millrace;

namespace {

constexpr int ok = 0;
constexpr int failed = 1;
constexpr int bad_usage = 2;

// Waits for SIGINT and SIGTERM, which every thread blocks: the first ends the run after the call
// under way; a second one, or three seconds, cuts that call.
void watch_signals(const std::stop_token& token, const sigset_t& signals,
                   generator::Interrupt& interrupt) {
  const timespec poll{0, 100'000'000};
  int rounds_left = -1;  // until the cut; negative: no signal yet
  while (!token.stop_requested() && rounds_left != 0) {
    if (::sigtimedwait(&signals, nullptr, &poll) > 0) {
      interrupt.stop();
      rounds_left = rounds_left < 0 ? 30 : 0;
    } else if (rounds_left > 0) {
      --rounds_left;
    }
  }
  if (rounds_left == 0) interrupt.cut();
}

int report(const base::Error& error, int code) {
  std::fprintf(stderr, "millrace-generator: %s\n", error.message().c_str());
  return code;
}

template <typename Flags, typename Options>
int run(const Flags& flags, std::unique_ptr<generator::Source> (*source)(const Options&),
        generator::Interrupt& interrupt) {
  const auto options = generator::read_options(flags);
  if (!options) return report(options.error(), bad_usage);
  const auto events = source(options.value());
  const auto done = generator::run(options.value(), *events, interrupt);
  return done ? ok : report(done.error(), failed);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"millrace-generator: events for a Kinesis stream", "millrace-generator"};
  app.set_version_flag("--version", MILLRACE_VERSION);
  app.require_subcommand(1);
  std::string log_level = "info";
  app.add_option("--log-level", log_level, "trace, debug, info, warn, error or off")
      ->envname("MILLRACE_LOG_LEVEL")
      ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "off"}));
  generator::TradeFlags trade_flags;
  auto* trades =
      app.add_subcommand("trades", "stock trades, as the published generator makes them");
  generator::declare(*trades, trade_flags);
  generator::NexmarkFlags nexmark_flags;
  auto* nexmark = app.add_subcommand(
      "nexmark", "persons, auctions and bids of an auction house, for the Nexmark queries");
  generator::declare(*nexmark, nexmark_flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? ok : bad_usage;
  }
  base::set_log_level(log_level);
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGINT);
  ::sigaddset(&signals, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  generator::Interrupt interrupt;
  std::jthread watcher{
      [&](const std::stop_token& token) { watch_signals(token, signals, interrupt); }};
  if (nexmark->parsed()) return run(nexmark_flags, generator::nexmark_source, interrupt);
  return run(trade_flags, generator::trade_source, interrupt);
}
