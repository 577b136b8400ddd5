#include "generator/run.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>

#include "common/base/clock.hpp"
#include "common/base/log.hpp"
#include "generator/pace/pacer.hpp"
#include "generator/sink/kinesis_sink.hpp"
#include "generator/sink/stream_setup.hpp"

namespace millrace::generator {
namespace {

using std::chrono::steady_clock;

std::int64_t steady_micros() {
  using namespace std::chrono;
  return duration_cast<microseconds>(steady_clock::now().time_since_epoch()).count();
}

std::string size_text(std::uint64_t bytes) {
  char text[32];
  const auto size = static_cast<double>(bytes);
  if (bytes < 10'000) {
    std::snprintf(text, sizeof text, "%.0f bytes", size);
  } else if (bytes < 10'000'000) {
    std::snprintf(text, sizeof text, "%.1f kB", size / 1e3);
  } else {
    std::snprintf(text, sizeof text, "%.1f MB", size / 1e6);
  }
  return text;
}

// One line on standard error: rewritten in place on a terminal, printed once at the end elsewhere.
class Progress {
 public:
  Progress(bool live, std::string noun) : live_(live), noun_(std::move(noun)) {}

  void show(const sink::Totals& totals) {
    if (!live_ || steady_clock::now() < next_) return;
    next_ = steady_clock::now() + std::chrono::milliseconds{200};
    std::fprintf(stderr, "\r%s\x1b[K", line(totals).c_str());
  }
  void finish(const sink::Totals& totals) const {
    std::fprintf(stderr, "%s%s\n", live_ ? "\r\x1b[K" : "", line(totals).c_str());
  }

 private:
  [[nodiscard]] std::string line(const sink::Totals& totals) const {
    const std::chrono::duration<double> elapsed = steady_clock::now() - started_;
    const double seconds = std::max(elapsed.count(), 1e-3);
    char rates[96];
    std::snprintf(rates, sizeof rates, " in %.1f s, %.1f/s, %llu sent again", seconds,
                  static_cast<double>(totals.records) / seconds,
                  static_cast<unsigned long long>(totals.retries));
    return std::to_string(totals.records) + " " + noun_ + " (" + size_text(totals.bytes) + ")" +
           rates;
  }

  const bool live_;
  const std::string noun_;
  const steady_clock::time_point started_ = steady_clock::now();
  steady_clock::time_point next_{};
};

bool one_by_one(const Options& options) {
  return !options.unpaced && options.rate <= pace::highest_slow_rate;
}

base::Status produce(const Options& options, Source& source, sink::Sink& out, base::Waiter& waiter,
                     Progress& progress) {
  pace::Pacer pacer{options.rate, waiter, steady_micros};
  sink::PartitionKeys keys{options.keys, options.seed};
  const bool alone = one_by_one(options);
  std::uint64_t made = 0;
  std::vector<sink::Record> records;
  while (options.count == 0 || made < options.count) {
    std::uint64_t round = options.unpaced ? sink::most_entries : pacer.next_round();
    if (round == 0 || waiter.stopped()) break;
    if (options.count != 0) round = std::min(round, options.count - made);
    while (round > 0 && !waiter.stopped()) {
      // Alone at low rates, so that each event carries the time at which it is sent.
      const auto part = std::min<std::uint64_t>(round, alone ? 1 : sink::most_entries);
      records.clear();
      for (std::uint64_t i = 0; i < part; ++i) {
        auto& record = records.emplace_back();
        record.partition_key = keys.next(source.next(record));
      }
      BOOST_OUTCOME_TRY(out.put(records));
      round -= part;
      made += part;
      progress.show(out.totals());
    }
  }
  return base::success();
}

// Stopping on request is how a run without --count ends.
base::Status ended(const base::Status& status, const sink::Totals& totals,
                   const Progress& progress) {
  progress.finish(totals);
  if (!status && status.error().code() != base::ErrorCode::cancelled) return status.error();
  return base::success();
}

base::Status run_to_stdout(const Options& options, Source& source, Interrupt& interrupt) {
  sink::TextSink out{std::cout};
  Progress progress{::isatty(STDERR_FILENO) == 1 && ::isatty(STDOUT_FILENO) != 1, options.noun};
  const auto status = produce(options, source, out, interrupt.waiter(), progress);
  return ended(status, out.totals(), progress);
}

base::Status run_to_kinesis(const Options& options, Source& source, Interrupt& interrupt) {
  BOOST_OUTCOME_TRY(auto settings, aws::load_settings(options.aws, aws::process_environment()));
  const base::SystemClock clock;
  auto transport = aws::http_transport(settings);
  const std::string place = settings.endpoint.url() + " (" + settings.region + ")";
  // One attempt a call: the sink and the set-up try again themselves.
  aws::KinesisClient client{{std::move(settings),
                             std::move(transport),
                             {.max_attempts = 1},
                             aws::system_random(),
                             &clock,
                             &interrupt.waiter()}};
  interrupt.on_cut([&client] { client.cancel(); });
  struct Forget {
    Interrupt& interrupt;
    ~Forget() { interrupt.on_cut(nullptr); }
  } const forget{interrupt};

  const auto ready = sink::prepare_stream(
      client, {options.stream, options.create, options.shards, options.patience}, clock,
      interrupt.waiter());
  if (!ready) {
    if (ready.error().code() == base::ErrorCode::cancelled) return base::success();
    return ready.error();
  }
  if (options.unpaced) {
    base::log().info("putting {} to stream '{}' at {}, seed {}", options.noun, options.stream,
                     place, options.seed);
  } else {
    base::log().info("putting {:g} {} a second to stream '{}' at {}, seed {}", options.rate,
                     options.noun, options.stream, place, options.seed);
  }
  sink::KinesisSinkOptions sink_options{
      .stream = options.stream, .one_by_one = one_by_one(options), .patience = options.patience};
  sink::KinesisSink out{client, std::move(sink_options), clock, interrupt.waiter(),
                        aws::system_random()};
  Progress progress{::isatty(STDERR_FILENO) == 1, options.noun};
  const auto status = produce(options, source, out, interrupt.waiter(), progress);
  return ended(status, out.totals(), progress);
}

}  // namespace

base::Status run(const Options& options, Source& source, Interrupt& interrupt) {
  return options.to_stdout ? run_to_stdout(options, source, interrupt)
                           : run_to_kinesis(options, source, interrupt);
}

}  // namespace millrace::generator
