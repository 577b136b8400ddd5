// An operator, and what goes in and out of it.
#pragma once

#include <memory>
#include <string>

#include "runtime/operators/operator.hpp"

namespace millrace::job {

// Pipeline thread only.
struct OperatorMetrics {
  std::string name;  // as in EXPLAIN: "GroupWindowAggregate"
  std::size_t instances = 1;
  std::uint64_t rows_in = 0;
  std::uint64_t rows_out = 0;
  std::int64_t watermark_ms = operators::no_watermark;  // the newest that came in
  std::int64_t busy_us = 0;  // its own time; for a sink also what it waited for the outside
};

// Passes everything on and counts, a chunk at a time. `metrics` outlives it.
class MeteredOperator final : public operators::Operator {
 public:
  MeteredOperator(std::unique_ptr<operators::Operator> inner, OperatorMetrics& metrics)
      : inner_(std::move(inner)), metrics_(metrics) {}

  base::Status process(operators::Chunk chunk, operators::Output& out) override;
  base::Status process_input(std::size_t input, operators::Chunk chunk,
                             operators::Output& out) override;
  base::Status on_time(std::int64_t now_ms, bool input_pending, operators::Output& out) override;
  base::Status settle(operators::Output& out) override;
  base::Status finish(operators::Output& out) override;

 private:
  void count(const operators::Chunk& chunk);

  std::unique_ptr<operators::Operator> inner_;
  OperatorMetrics& metrics_;
};

}  // namespace millrace::job
