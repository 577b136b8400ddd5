// The life cycle of an operator, and what flows between operators.
#pragma once

#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "common/base/result.hpp"
#include "runtime/data/batch.hpp"

namespace millrace::operators {

using base::Result;
using base::Status;

// The end of all input: no row will follow.
constexpr std::int64_t last_watermark = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t no_watermark = std::numeric_limits<std::int64_t>::min();
// Not a time: the input is idle (table.exec.source.idle-timeout), others need not wait for it until
// its next watermark.
constexpr std::int64_t idle_watermark = no_watermark + 1;

// Behind the first `rows` rows of a chunk, event time is known to have reached `watermark_ms`.
struct Mark {
  std::uint32_t rows = 0;
  std::int64_t watermark_ms = 0;

  friend bool operator==(const Mark&, const Mark&) = default;
};

// A batch with the watermarks between its rows, ascending in both fields. Columns nobody reads may
// be null pointers.
struct Chunk {
  data::Batch batch;
  std::vector<Mark> marks;
};

// Where an operator puts its results.
class Output {
 public:
  virtual ~Output() = default;
  virtual Status push(Chunk chunk) = 0;
};

// Counted by the operators of a job, read by its status line; pipeline thread only.
struct Counters {
  std::uint64_t windows_fired = 0;  // one a window, however many groups it has
  std::uint64_t late_rows = 0;      // dropped: every window of theirs had fired
  std::uint64_t rows_out = 0;       // given to sinks
  std::int64_t blocked_us = 0;      // waited for other threads to take rows
};

// One pipeline thread at a time. Calls come in this order: process() and on_time() in any mixture,
// then finish() when all input has ended (not when the job is stopped).
class Operator {
 public:
  virtual ~Operator() = default;

  virtual Status process(Chunk chunk, Output& out) = 0;

  // The same for operators with several inputs, numbered from 0.
  virtual Status process_input(std::size_t input, Chunk chunk, Output& out) {
    (void)input;
    return process(std::move(chunk), out);
  }

  // Processing time is `now_ms` (never less than before). `input_pending`: more rows are at hand,
  // so nothing needs to be hurried along.
  virtual Status on_time(std::int64_t now_ms, bool input_pending, Output& out) {
    (void)now_ms;
    (void)input_pending;
    (void)out;
    return base::success();
  }

  // Puts out what is still on its way to other threads; of operators that have some.
  virtual Status settle(Output& out) {
    (void)out;
    return base::success();
  }

  virtual Status finish(Output& out) {
    (void)out;
    return base::success();
  }
};

}  // namespace millrace::operators
