#include "runtime/job/metered_operator.hpp"

#include <algorithm>
#include <chrono>

namespace millrace::job {

namespace {

using Steady = std::chrono::steady_clock;

std::int64_t micros_since(Steady::time_point began) {
  return std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - began).count();
}

// Counts what comes out, and the time that those behind take.
class MeteredOutput final : public operators::Output {
 public:
  MeteredOutput(operators::Output& out, OperatorMetrics& metrics)
      : out_(out), metrics_(metrics), began_(Steady::now()) {}
  MeteredOutput(const MeteredOutput&) = delete;
  MeteredOutput& operator=(const MeteredOutput&) = delete;
  ~MeteredOutput() override { metrics_.busy_us += micros_since(began_) - elsewhere_us_; }

  base::Status push(operators::Chunk chunk) override {
    metrics_.rows_out += chunk.batch.rows;
    const auto began = Steady::now();
    auto status = out_.push(std::move(chunk));
    elsewhere_us_ += micros_since(began);
    return status;
  }

 private:
  operators::Output& out_;
  OperatorMetrics& metrics_;
  Steady::time_point began_;
  std::int64_t elsewhere_us_ = 0;
};

}  // namespace

void MeteredOperator::count(const operators::Chunk& chunk) {
  metrics_.rows_in += chunk.batch.rows;
  for (const auto& mark : chunk.marks) {
    if (mark.watermark_ms == operators::last_watermark) break;  // the end tells no time
    metrics_.watermark_ms = std::max(metrics_.watermark_ms, mark.watermark_ms);
  }
}

base::Status MeteredOperator::process(operators::Chunk chunk, operators::Output& out) {
  count(chunk);
  MeteredOutput metered(out, metrics_);
  return inner_->process(std::move(chunk), metered);
}

base::Status MeteredOperator::process_input(std::size_t input, operators::Chunk chunk,
                                            operators::Output& out) {
  count(chunk);
  MeteredOutput metered(out, metrics_);
  return inner_->process_input(input, std::move(chunk), metered);
}

base::Status MeteredOperator::on_time(std::int64_t now_ms, bool input_pending,
                                      operators::Output& out) {
  MeteredOutput metered(out, metrics_);
  return inner_->on_time(now_ms, input_pending, metered);
}

base::Status MeteredOperator::settle(operators::Output& out) {
  MeteredOutput metered(out, metrics_);
  return inner_->settle(metered);
}

base::Status MeteredOperator::finish(operators::Output& out) {
  MeteredOutput metered(out, metrics_);
  return inner_->finish(metered);
}

}  // namespace millrace::job
