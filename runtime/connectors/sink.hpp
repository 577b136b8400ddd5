// Where rows go.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/base/result.hpp"
#include "runtime/connectors/table.hpp"
#include "runtime/data/batch.hpp"

namespace millrace::connectors {

// What a plan gives to a table: every physical column, in the order of table->schema.
struct SinkRequest {
  const Table* table = nullptr;              // outlives the sink
  const Environment* environment = nullptr;  // outlives the sink
};

struct SinkMetrics {
  std::uint64_t records = 0;  // handed over for good
  std::uint64_t bytes = 0;
  std::uint64_t retries = 0;
  std::uint64_t blocked_us = 0;  // that write() and flush() waited for the outside
  std::string note;
};

// Used by one pipeline thread, except where said otherwise. May own threads (I/O), gone when the
// destructor returns.
//
// Life: open(), write() and flush() at will, then finish() when the input ended or the user stopped
// the job; the destructor without finish() means the job failed: nothing unfinished becomes
// visible.
class Sink {
 public:
  virtual ~Sink() = default;

  virtual base::Status open() = 0;

  // Takes the rows; may keep them, may wait when too much is under way (back-pressure). An error of
  // an earlier, asynchronous write is reported here, too.
  virtual base::Status write(const data::Batch& batch) = 0;

  // Called between batches when the input pauses, and at checkpoints: everything written so far is
  // handed over when it returns.
  virtual base::Status flush() = 0;

  // Called now and then (every 200 ms or so) when nothing is written, for sinks that send by time.
  virtual base::Status tick() { return base::success(); }

  // flush(), then makes the result final (files appear). Called once.
  virtual base::Status finish() = 0;

  // Whether rows of kinds other than insert are taken; the plan refuses an updating query
  // otherwise.
  [[nodiscard]] virtual bool accepts_updates() const { return false; }

  // Any thread.
  [[nodiscard]] virtual SinkMetrics metrics() const = 0;
};

}  // namespace millrace::connectors
