// The frame of operators that take their rows one by one.
#pragma once

#include <vector>

#include "runtime/data/batch.hpp"
#include "runtime/operators/operator.hpp"
#include "runtime/plan/plan.hpp"

namespace millrace::operators {

// The least watermark of several inputs; idle ones do not count.
class MergedWatermark {
 public:
  explicit MergedWatermark(std::size_t inputs)
      : of_input_(inputs, no_watermark), idle_(inputs, false) {}

  // Input `input` has reached `ms`. True when the least has moved.
  bool advance(std::size_t input, std::int64_t ms);
  [[nodiscard]] std::int64_t value() const { return least_; }
  [[nodiscard]] bool all_idle() const;

 private:
  std::vector<std::int64_t> of_input_;
  std::vector<bool> idle_;
  std::int64_t least_ = no_watermark;
};

// Walks through a chunk row by row with the watermarks between them, and hands on what the rows
// gave together: one call for all results of a chunk, marks in their places.
class RowOperator : public Operator {
 public:
  Status process(Chunk chunk, Output& out) final { return process_input(0, std::move(chunk), out); }
  Status process_input(std::size_t input, Chunk chunk, Output& out) final;
  Status on_time(std::int64_t now_ms, bool input_pending, Output& out) final;

 protected:
  // fields: of the result.
  RowOperator(const std::vector<plan::Field>& fields, std::size_t inputs)
      : results_(plan::schema_of(fields)), watermark_(inputs) {}

  virtual Status take_row(std::size_t input, const data::Batch& batch, std::size_t row) = 0;
  // The watermark of all inputs together has reached `ms`; what it lets go stands before it.
  virtual Status take_watermark(std::int64_t ms) {
    (void)ms;
    return base::success();
  }
  // Processing time, before rows that come at that time.
  virtual Status take_time(std::int64_t now_ms) {
    (void)now_ms;
    return base::success();
  }
  // What is told downstream when the watermark is `ms`; less for operators that hold rows back.
  [[nodiscard]] virtual std::int64_t outgoing(std::int64_t ms) const { return ms; }

  data::BatchBuilder& results() { return results_; }
  [[nodiscard]] std::int64_t watermark() const { return watermark_.value(); }
  // The running number of the row at hand.
  [[nodiscard]] std::uint64_t arrived() const { return arrived_; }

 private:
  data::BatchBuilder results_;
  MergedWatermark watermark_;
  std::int64_t sent_ms_ = no_watermark;
  bool told_idle_ = false;
  std::uint64_t arrived_ = 0;
};

}  // namespace millrace::operators
