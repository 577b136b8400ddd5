// How a job is doing, for people.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/job/metered_operator.hpp"

namespace millrace::job {

struct SourceStatus {
  std::string table;
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
  std::uint64_t dropped = 0;
  std::int64_t lag_ms = -1;  // -1: not known
};

struct Status {
  std::int64_t now_ms = 0;
  std::uint64_t records_in = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t dropped = 0;  // records the format was told to ignore
  std::uint64_t rows_out = 0;
  std::uint64_t windows_fired = 0;
  std::uint64_t late_rows = 0;
  std::uint64_t sink_retries = 0;
  std::int64_t lag_ms = -1;  // of the source that is furthest behind; -1: none says
  // Of the pipeline's thread, since the start: waiting for input, and held up by sinks or by other
  // threads that do not take rows fast enough.
  std::int64_t idle_us = 0;
  std::int64_t blocked_us = 0;
  std::string note;
  std::vector<SourceStatus> sources;
  std::vector<OperatorMetrics> operators;  // in the order of the input
};

// "12,345 records, 1,024/s, lag 250 ms, 12 windows fired, 36 rows out" and what is not zero of the
// rest. `before`: an earlier status, for the rate.
std::string status_text(const Status& now, const Status& before);

// Of the time between the two: how much the pipeline was held up, 0 to 1.
double backpressure(const Status& now, const Status& before);

// One JSON object, for programs: the members of Status, the rate since `before`, and per operator
// rows in and out, watermark and busy time.
std::string status_json(const Status& now, const Status& before);

// "finished: 100 records in, 5 rows out, 3 windows fired, 0 late rows dropped"
std::string totals_text(const Status& last);

}  // namespace millrace::job
