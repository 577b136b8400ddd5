#include "runtime/job/job.hpp"

#include <algorithm>
#include <exception>
#include <thread>

#include "common/base/log.hpp"

namespace millrace::job {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds idle_wait{50};
constexpr milliseconds shared_wait{5};  // with several sources, each in turn
constexpr std::int64_t status_every_ms = 1000;
constexpr std::int64_t tick_every_ms = 200;

constexpr std::size_t all_rows = static_cast<std::size_t>(-1);
// Several sources take turns of so many rows, however many they deliver together: what a join
// gives must not depend on that.
constexpr std::size_t turn_rows = 1024;

}  // namespace

namespace {

// Without a word about it: the machine's cores, but no crowd.
int threads_of(const plan::JobPlan& plan) {
  const int asked = plan.sinks.front().settings.parallelism;
  return asked > 0 ? asked
                   : static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1U, 4U));
}

}  // namespace

struct Job::Part {
  Part(const plan::JobPlan& plan_in, const base::Clock& clock)
      : plan(plan_in), context(clock, plan_in.sinks.front().settings.zone) {}

  connectors::Environment environment;

  const plan::JobPlan& plan;
  expr::Context context;
  std::vector<std::unique_ptr<Branch>> branches;
  std::vector<std::unique_ptr<Pipeline>> pipelines;
  std::vector<std::unique_ptr<OperatorMetrics>> metrics;
};

Job::Job(const std::vector<plan::JobPlan>& plans, JobOptions options)
    : plans_(plans), options_(std::move(options)) {
  environment_.clock = options_.clock;
  environment_.output = options_.output;
  environment_.error_output = options_.error_output;
  environment_.drain = options_.drain;
  environment_.batch_rows = options_.batch_rows;
}

Job::~Job() = default;

void Job::stop() {
  stop_ = true;
  if (!open_) return;
  for (const auto& part : parts_) {
    for (const auto& pipeline : part->pipelines) {
      if (pipeline->source) pipeline->source->stop();
    }
  }
}

base::Result<Status> Job::run() {
  // The last line of defence: what the standard library throws (memory, mostly) ends the job.
  try {
    BOOST_OUTCOME_TRY(open());
    BOOST_OUTCOME_TRY(loop());
  } catch (const std::exception& thrown) {
    return base::Error(base::ErrorCode::internal, std::string("the job ended: ") + thrown.what());
  }
  const Status last = status();
  if (options_.on_status) options_.on_status(last);
  return last;
}

base::Status Job::open() {
  for (const auto& plan : plans_) {
    auto part = std::make_unique<Part>(plan, *options_.clock);
    part->environment = environment_;
    part->environment.threads = threads_of(plan);
    BOOST_OUTCOME_TRY(auto built, build(plan, part->environment, part->context, counters_));
    part->branches = std::move(built.branches);
    part->pipelines = std::move(built.pipelines);
    part->metrics = std::move(built.metrics);
    parts_.push_back(std::move(part));
  }
  // Sinks first: a source that cannot be written anywhere need not be read.
  for (const auto& part : parts_) {
    for (const auto& branch : part->branches) {
      BOOST_OUTCOME_TRY(branch->sink->open());
    }
  }
  for (const auto& part : parts_) {
    for (const auto& pipeline : part->pipelines) {
      if (stop_) return base::success();
      if (pipeline->source) {
        BOOST_OUTCOME_TRY(pipeline->source->open());
      }
    }
  }
  open_ = true;
  if (stop_) stop();  // asked for while opening
  return base::success();
}

base::Status Job::tell_time(Pipeline& pipeline, std::int64_t now_ms, bool input_pending) {
  BOOST_OUTCOME_TRY(pipeline.table.on_time(now_ms, input_pending));
  for (Branch* branch : pipeline.branches) {
    BOOST_OUTCOME_TRY(branch->graph.on_time(now_ms, input_pending));
  }
  return base::success();
}

// The input pauses: what is written goes out.
base::Status Job::rest(Pipeline& pipeline) {
  for (Branch* branch : pipeline.branches) {
    BOOST_OUTCOME_TRY(branch->sink->flush());
  }
  return base::success();
}

base::Status Job::finish_input(Pipeline& pipeline) {
  pipeline.finished = true;
  if (!stop_) {
    BOOST_OUTCOME_TRY(pipeline.table.process({{}, {{0, operators::last_watermark}}}));
    BOOST_OUTCOME_TRY(pipeline.table.finish());
    for (const Entry& entry : pipeline.entries) {
      BOOST_OUTCOME_TRY(entry.branch->graph.finish(entry.place));
    }
  } else {
    for (Branch* branch : pipeline.branches) {
      BOOST_OUTCOME_TRY(branch->graph.settle());
    }
  }
  if (pipeline.source) pipeline.source->close();
  for (Branch* branch : pipeline.branches) {
    if (--branch->open_pipelines == 0) {
      BOOST_OUTCOME_TRY(branch->sink->finish());
    }
  }
  return base::success();
}

// Up to `most` rows of the pipeline's source, or one batch of them when it has no bound.
base::Status Job::step(Pipeline& pipeline, milliseconds wait, std::size_t most, bool& busy) {
  if (!pipeline.source) {
    if (pipeline.constants.rows > 0) {
      BOOST_OUTCOME_TRY(pipeline.table.process({pipeline.constants, {}}));
    }
    return finish_input(pipeline);
  }
  std::size_t left = most;
  bool any = false;
  while (left > 0) {
    if (pipeline.held_from == pipeline.held.rows && !pipeline.ended) {
      const auto began = std::chrono::steady_clock::now();
      BOOST_OUTCOME_TRY(auto fetched, pipeline.source->next(wait));
      // What it took to decode rows is work.
      if (fetched.batch.rows == 0) {
        idle_us_ += std::chrono::duration_cast<std::chrono::microseconds>(
                        std::chrono::steady_clock::now() - began)
                        .count();
      }
      pipeline.held = std::move(fetched.batch);
      pipeline.held_from = 0;
      pipeline.ended = fetched.finished;
    }
    const std::size_t rows = std::min(left, pipeline.held.rows - pipeline.held_from);
    // Windows that were due before these rows came close before they are counted.
    BOOST_OUTCOME_TRY(
        tell_time(pipeline, base::to_epoch_ms(options_.clock->now()), rows > 0 || pipeline.ended));
    if (rows == 0) break;
    const std::size_t from = pipeline.held_from;
    pipeline.held_from += rows;
    BOOST_OUTCOME_TRY(pipeline.table.process({data::slice(pipeline.held, from, from + rows), {}}));
    any = true;
    if (most == all_rows) break;
    left -= rows;
  }
  if (pipeline.ended && pipeline.held_from == pipeline.held.rows) return finish_input(pipeline);
  busy = busy || any;
  return any ? base::success() : rest(pipeline);
}

base::Status Job::loop() {
  std::size_t open = 0;
  for (const auto& part : parts_) open += part->pipelines.size();
  const bool alone = open == 1;
  bool busy = true;
  std::int64_t next_status = base::to_epoch_ms(options_.clock->now()) + status_every_ms;
  std::int64_t next_tick = 0;
  while (open > 0) {
    const milliseconds wait = busy ? milliseconds(0) : alone ? idle_wait : shared_wait;
    busy = false;
    const std::int64_t now = base::to_epoch_ms(options_.clock->now());
    const bool tick = now >= next_tick;
    if (tick) next_tick = now + tick_every_ms;
    for (const auto& part : parts_) {
      for (const auto& pipeline : part->pipelines) {
        if (pipeline->finished) continue;
        if (stop_) {
          BOOST_OUTCOME_TRY(finish_input(*pipeline));
        } else {
          const std::size_t most = part->pipelines.size() == 1 ? all_rows : turn_rows;
          BOOST_OUTCOME_TRY(step(*pipeline, wait, most, busy));
          if (tick && !pipeline->finished) {
            for (Branch* branch : pipeline->branches) {
              BOOST_OUTCOME_TRY(branch->sink->tick());
            }
          }
        }
        if (pipeline->finished) --open;
      }
    }
    if (options_.on_status && now >= next_status) {
      next_status = now + status_every_ms;
      options_.on_status(status());
    }
  }
  return base::success();
}

Status Job::status() const {
  Status out;
  out.now_ms = base::to_epoch_ms(options_.clock->now());
  out.windows_fired = counters_.windows_fired;
  out.late_rows = counters_.late_rows;
  out.rows_out = counters_.rows_out;
  out.idle_us = idle_us_;
  out.blocked_us = counters_.blocked_us;
  for (const auto& part : parts_) {
    for (const auto& pipeline : part->pipelines) {
      if (pipeline->source) {
        const auto metrics = pipeline->source->metrics();
        out.records_in += metrics.records;
        out.bytes_in += metrics.bytes;
        out.dropped += metrics.dropped;
        out.lag_ms = std::max(out.lag_ms, metrics.millis_behind_latest);
        out.sources.push_back({pipeline->name, metrics.records, metrics.bytes, metrics.dropped,
                               metrics.millis_behind_latest});
        if (!metrics.note.empty()) out.note += (out.note.empty() ? "" : "; ") + metrics.note;
      } else {
        out.records_in += pipeline->constants.rows;
      }
    }
    for (const auto& metrics : part->metrics) out.operators.push_back(*metrics);
    for (const auto& branch : part->branches) {
      const auto metrics = branch->sink->metrics();
      out.sink_retries += metrics.retries;
      out.blocked_us += static_cast<std::int64_t>(metrics.blocked_us);
      if (!metrics.note.empty()) out.note += (out.note.empty() ? "" : "; ") + metrics.note;
    }
  }
  return out;
}

}  // namespace millrace::job
