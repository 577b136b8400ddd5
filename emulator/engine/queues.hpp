// Delivery of a stream's records through queues: who has got what, and until when.
//
// A record is either new to a queue, in flight, visible again, a dead letter, or acknowledged. All
// of it is in the data file and changes with the transaction under way, so nothing has to be put
// right after a failed commit or a restart. The engine's thread only, inside its transaction.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/engine/catalog.hpp"
#include "emulator/engine/resources.hpp"
#include "emulator/store/queue_store.hpp"

namespace millrace::engine {

class Engine;

// The two paths that lead out of a queue: each takes back only the receipt handles it gave.
enum class QueuePath { normal, dead_letter };

// What a receive asks for.
struct QueueTake {
  QueuePath path = QueuePath::normal;
  std::size_t limit = 10;
  std::size_t max_bytes = 10'485'760;  // of keys and data; a single record may be larger
  std::int64_t visibility_ms = 30'000;
  // A record becomes a dead letter with this delivery; never: INT64_MAX. Path normal.
  std::int64_t most_receives = 6;
  std::int64_t start_ms = 0;  // of shards that the queue has not begun: records that arrived
                              // earlier are none of its own
};

struct QueueDelivery {
  std::string record_id;       // the same in every delivery and every queue
  std::string receipt_handle;  // of this delivery
  std::int64_t first_ms = 0;   // when the queue first gave the record out
  std::int64_t receives = 0;   // this one included
};

struct QueueBatch {
  store::RecordBatch records;
  std::vector<QueueDelivery> deliveries;  // one a record
  // When the next record that is in flight will be visible on this path; nullopt: none is in
  // flight.
  std::optional<std::int64_t> next_ms;
};

class Queues {
 public:
  // `engine` must outlive it.
  static base::Result<std::unique_ptr<Queues>> open(Engine& engine);

  // The queue begins after what the stream holds now; without it, at the oldest record.
  base::Status begin_at_latest(const Resource& queue, const Stream& stream);

  // Visible records: those that were received before, in the order in which they became visible,
  // then new ones from shard after shard. The other way round after a receive that found only such
  // as were received before: records that come back and back must not hold up the rest. Error:
  // limit_exceeded when too many are in flight.
  base::Result<QueueBatch> receive(const Resource& queue, const Stream& stream,
                                   const QueueTake& take);

  // Each of these takes a receipt handle. Errors about it: invalid_argument when it is none, is one
  // of another queue or path, or the record was delivered again since; not_found when the queue
  // does not have the record any more.
  base::Status acknowledge(const Resource& queue, QueuePath path, std::string_view handle);
  base::Status set_visibility(const Resource& queue, QueuePath path, std::string_view handle,
                              std::int64_t visibility_ms);
  // A dead letter becomes a visible record that was never received.
  base::Status restore(const Resource& queue, std::string_view handle);

  // The number of deliveries that makes a dead letter has changed; INT64_MAX: none does.
  base::Status set_most_receives(const Resource& queue, std::int64_t most);
  // The clock is about to go back.
  base::Status shift(std::int64_t back_ms) { return rows_->shift(back_ms); }

 private:
  explicit Queues(Engine& engine) : engine_(engine) {}
  struct Candidates;
  base::Status add_seen(const Resource& queue, const Stream& stream, const QueueTake& take,
                        Candidates& found);
  base::Status add_new(const Resource& queue, const Stream& stream, const QueueTake& take,
                       Candidates& found);
  base::Result<std::int64_t> first_index(const Shard& shard, const QueueTake& take);
  base::Status forget_expired(const Stream& stream);
  base::Result<QueueBatch> deliver(const Resource& queue, const QueueTake& take,
                                   Candidates&& found);
  base::Result<store::QueueRecordRow> held(const Resource& queue, QueuePath path,
                                           std::string_view handle);

  Engine& engine_;
  std::unique_ptr<store::QueueStore> rows_;
  std::unique_ptr<store::Reader> reader_;  // sees the transaction under way
  // By queue: the shard that the next receive begins with, so that none is left waiting.
  std::map<std::int64_t, std::size_t> turns_;
  // Queues whose last receive gave out only records that were received before.
  std::set<std::int64_t> only_seen_;
};

}  // namespace millrace::engine
