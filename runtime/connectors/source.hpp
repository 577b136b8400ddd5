// Where rows come from.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "runtime/connectors/table.hpp"
#include "runtime/data/batch.hpp"

namespace millrace::connectors {

// A METADATA column: `key` is the connector's name for it ("timestamp", "shard-id",
// "sequence-number").
struct MetadataColumn {
  std::string key;
  data::LogicalType type;  // as the connector offers it (MetadataKey::type); casts to the declared
                           // type are the plan's
};

// What a plan wants from a table. The batches' columns are: the physical fields `projection`, in
// that order, then `metadata`, in that order.
struct SourceRequest {
  const Table* table = nullptr;         // outlives the source
  std::vector<std::size_t> projection;  // indexes into table->schema; may be empty (COUNT(*))
  std::vector<MetadataColumn> metadata;
  const Environment* environment = nullptr;  // outlives the source
};

struct SourceMetrics {
  std::uint64_t records = 0;  // messages taken from the outside
  std::uint64_t bytes = 0;    // of those messages
  std::uint64_t dropped = 0;  // messages the format could not read and was told to ignore
  // How far behind the tip of the input the newest record is; -1: not known or not meaningful.
  std::int64_t millis_behind_latest = -1;
  std::string note;  // for the status line, may be empty: "3 shards, 1 throttled"
};

// Made by make_source(); used by one pipeline thread, except where said otherwise. A source may own
// threads of its own (I/O); they are gone when the destructor returns.
//
// Life: open(), next() until finished or stopped, close(). After an error only close() is called.
class Source {
 public:
  struct Fetched {
    data::Batch batch;      // may be empty: nothing arrived within the wait
    bool finished = false;  // nothing will follow; the batch may still hold the last rows
  };

  virtual ~Source() = default;

  // Connects, lists shards, opens files. Error: what the user must mend (names the table, the path,
  // the stream).
  virtual base::Status open() = 0;

  // The next rows in arrival order; waits at most `wait` for them (0: does not wait). Errors end
  // the job; what can be retried (throttling, a lost connection, an expired iterator) the source
  // retries itself.
  virtual base::Result<Fetched> next(std::chrono::milliseconds wait) = 0;

  // Makes a waiting and every later next() return soon, with finished = true. Any thread; also from
  // a signal's thread.
  virtual void stop() = 0;

  // Whether the input ends by itself (then windows close at its end, as Flink does for bounded
  // sources). With Environment::drain an unbounded source finishes too, but stays bounded() ==
  // false.
  [[nodiscard]] virtual bool bounded() const = 0;

  // Any thread.
  [[nodiscard]] virtual SourceMetrics metrics() const = 0;

  virtual void close() {}
};

}  // namespace millrace::connectors
