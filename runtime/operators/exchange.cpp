#include "runtime/operators/exchange.hpp"

#include <algorithm>
#include <chrono>
#include <exception>

#include "runtime/data/key_index.hpp"

namespace millrace::operators {

namespace {

// Enough to keep every thread busy while the pipeline's thread fetches, few enough to wait for.
constexpr std::size_t most_under_way = 8;
// Chunks of fewer rows wait for the next ones of the same turn.
constexpr std::size_t enough_rows = 1024;

// Keeps what an instance puts out.
class Kept final : public Output {
 public:
  explicit Kept(std::vector<Chunk>& chunks) : chunks_(chunks) {}
  Status push(Chunk chunk) override {
    chunks_.push_back(std::move(chunk));
    return base::success();
  }

 private:
  std::vector<Chunk>& chunks_;
};

}  // namespace

Exchange::Exchange(std::vector<Instance> instances, std::vector<std::vector<std::size_t>> keys,
                   Counters& counters)
    : instances_(std::move(instances)),
      keys_(std::move(keys)),
      counters_(counters),
      watermark_(instances_.size()),
      counted_(instances_.size()),
      rows_of_(instances_.size()),
      todo_(instances_.size()) {
  for (std::size_t i = 0; i < instances_.size(); ++i) {
    threads_.emplace_back([this, i] { work(i); });
  }
}

Exchange::~Exchange() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_instances_.notify_all();
  for (auto& thread : threads_) thread.join();
}

Exchange::Job& Exchange::gathered() {
  if (!gathered_) {
    gathered_ = std::make_unique<Job>();
    gathered_->parts.resize(instances_.size());
  }
  return *gathered_;
}

void Exchange::split(std::size_t input, const Chunk& chunk, Job& job) {
  const std::size_t count = instances_.size();
  std::vector<Chunk> pieces(count);
  for (auto& rows : rows_of_) rows.clear();
  data::hash_rows(chunk.batch, keys_[input], hashes_);
  std::size_t row = 0;
  for (std::size_t m = 0; m <= chunk.marks.size(); ++m) {
    const bool is_mark = m < chunk.marks.size();
    const std::size_t end = is_mark ? chunk.marks[m].rows : chunk.batch.rows;
    for (; row < end; ++row) {
      rows_of_[instance_of(hashes_[row] % key_groups, count)].push_back(
          static_cast<std::uint32_t>(row));
    }
    for (std::size_t i = 0; is_mark && i < count; ++i) {
      auto& marks = pieces[i].marks;
      const auto rows = static_cast<std::uint32_t>(rows_of_[i].size());
      // Of several marks with none of this instance's rows between, the last says it all.
      const bool is_time = chunk.marks[m].watermark_ms != idle_watermark;
      if (is_time && !marks.empty() && marks.back().rows == rows &&
          marks.back().watermark_ms != idle_watermark) {
        marks.back() = {rows, chunk.marks[m].watermark_ms};
      } else {
        marks.push_back({rows, chunk.marks[m].watermark_ms});
      }
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    auto& rows = rows_of_[i];
    if (rows.size() == chunk.batch.rows) {
      pieces[i].batch = chunk.batch;
    } else if (!rows.empty()) {
      pieces[i].batch = data::select(chunk.batch, rows);
    }
    if (!rows.empty() || !pieces[i].marks.empty()) {
      job.parts[i].chunks.emplace_back(input, std::move(pieces[i]));
    }
  }
  job.rows += chunk.batch.rows;
}

Status Exchange::process_input(std::size_t input, Chunk chunk, Output& out) {
  split(input, chunk, gathered());
  return gathered_->rows < enough_rows ? base::success() : submit(out);
}

Status Exchange::on_time(std::int64_t now_ms, bool input_pending, Output& out) {
  BOOST_OUTCOME_TRY(submit(out));
  now_ms_ = now_ms;
  // Told with the chunk that comes.
  if (input_pending) return base::success();
  gathered().input_pending = false;
  return settle(out);
}

Status Exchange::settle(Output& out) {
  BOOST_OUTCOME_TRY(submit(out));
  return collect(0, out);
}

Status Exchange::finish(Output& out) {
  BOOST_OUTCOME_TRY(submit(out));
  gathered().finishes = true;
  return settle(out);
}

Status Exchange::submit(Output& out) {
  if (!gathered_) return collect(most_under_way, out);
  auto job = std::move(gathered_);
  job->now_ms = std::exchange(now_ms_, std::nullopt);
  {
    const std::lock_guard lock{mutex_};
    for (std::size_t i = 0; i < instances_.size(); ++i) {
      Part& part = job->parts[i];
      if (!part.chunks.empty() || job->now_ms || job->finishes) {
        todo_[i].push_back(job.get());
      } else {
        part.done = true;
      }
    }
    jobs_.push_back(std::move(job));
  }
  wake_instances_.notify_all();
  return collect(most_under_way, out);
}

bool Exchange::is_done(const Job& job) const {
  return std::all_of(job.parts.begin(), job.parts.end(),
                     [](const Part& part) { return part.done; });
}

Status Exchange::collect(std::size_t most, Output& out) {
  while (true) {
    std::unique_ptr<Job> first;
    {
      std::unique_lock lock{mutex_};
      if (jobs_.empty()) return base::success();
      if (!is_done(*jobs_.front())) {
        if (jobs_.size() <= most) return base::success();
        const auto began = std::chrono::steady_clock::now();
        wake_pipeline_.wait(lock, [this] { return is_done(*jobs_.front()); });
        counters_.blocked_us += std::chrono::duration_cast<std::chrono::microseconds>(
                                    std::chrono::steady_clock::now() - began)
                                    .count();
      }
      first = std::move(jobs_.front());
      jobs_.pop_front();
    }
    BOOST_OUTCOME_TRY(pass_on(*first, out));
  }
}

void Exchange::count(std::size_t instance, const Counters& counted) {
  Counters& before = counted_[instance];
  counters_.late_rows += std::max(counted.late_rows, before.late_rows) - before.late_rows;
  before.late_rows = std::max(counted.late_rows, before.late_rows);
  // A window fires in every instance that has a group of it: the one with the most comes nearest.
  const auto most = [this] {
    std::uint64_t found = 0;
    for (const auto& one : counted_) found = std::max(found, one.windows_fired);
    return found;
  };
  const std::uint64_t fired = most();
  before.windows_fired = std::max(counted.windows_fired, before.windows_fired);
  counters_.windows_fired += most() - fired;
}

Status Exchange::pass_on(Job& job, Output& out) {
  bool moved = false;
  for (std::size_t i = 0; i < job.parts.size(); ++i) {
    Part& part = job.parts[i];
    BOOST_OUTCOME_TRY(part.status);
    count(i, part.counted);
    for (Chunk& chunk : part.results) {
      for (const Mark& mark : chunk.marks) {
        moved = watermark_.advance(i, mark.watermark_ms) || moved;
      }
      if (chunk.batch.rows == 0) continue;
      chunk.marks.clear();
      BOOST_OUTCOME_TRY(out.push(std::move(chunk)));
    }
  }
  if (moved && watermark_.value() > sent_ms_) {
    sent_ms_ = watermark_.value();
    told_idle_ = false;
    return out.push({{}, {{0, sent_ms_}}});
  }
  if (watermark_.all_idle() != told_idle_) {
    told_idle_ = watermark_.all_idle();
    if (told_idle_) return out.push({{}, {{0, idle_watermark}}});
    // Not idle any more: the same watermark once more says so.
    if (sent_ms_ != no_watermark) return out.push({{}, {{0, sent_ms_}}});
  }
  return base::success();
}

void Exchange::run(Instance& instance, Job& job, Part& part) {
  Kept kept(part.results);
  const auto all = [&]() -> Status {
    if (job.now_ms) {
      BOOST_OUTCOME_TRY(instance.body->on_time(*job.now_ms, job.input_pending, kept));
    }
    for (auto& [input, chunk] : part.chunks) {
      BOOST_OUTCOME_TRY(instance.body->process_input(input, std::move(chunk), kept));
    }
    return job.finishes ? instance.body->finish(kept) : base::success();
  };
  try {
    part.status = all();
  } catch (const std::exception& thrown) {  // no memory; a thread must not end in it
    part.status = base::Error(base::ErrorCode::internal, thrown.what());
  }
  part.chunks.clear();
  part.counted = *instance.counters;
}

void Exchange::work(std::size_t instance) {
  std::unique_lock lock{mutex_};
  while (true) {
    wake_instances_.wait(lock, [&] { return stopping_ || !todo_[instance].empty(); });
    if (stopping_) return;
    Job* job = todo_[instance].front();
    todo_[instance].pop_front();
    lock.unlock();
    run(instances_[instance], *job, job->parts[instance]);
    lock.lock();
    job->parts[instance].done = true;
    if (is_done(*job)) wake_pipeline_.notify_one();
  }
}

}  // namespace millrace::operators
