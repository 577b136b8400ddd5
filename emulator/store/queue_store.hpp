// What queues keep in the data file: how far each has got in each shard, and the records it has
// handed out that are not acknowledged yet.
//
// A record is new to a queue from its frontier on. Behind the frontier it is acknowledged unless it
// has a row here. Records that are erased take their rows along (Store::trim, and a trigger when a
// shard goes). Uses the writer's connection: the writer's thread only, inside its transaction.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "emulator/store/database.hpp"
#include "emulator/store/rows.hpp"

namespace millrace::store {

// A record that was received from a queue and not acknowledged. In flight until visible_ms.
struct QueueRecordRow {
  std::int64_t queue_id = 0;  // of the resource
  std::int64_t record_id = 0;
  std::int64_t receives = 0;    // since it came or was restored
  std::int64_t deliveries = 0;  // ever; only the newest one's handle is valid
  std::int64_t first_ms = 0;    // when it was first received
  std::int64_t visible_ms = 0;  // from then on it can be received again
  bool dead = false;            // a dead letter, or one as soon as it is visible again
  bool taken_dead = false;      // the newest delivery was one of dead letters
};

class QueueStore {
 public:
  // `writer` must outlive it.
  static base::Result<std::unique_ptr<QueueStore>> open(Connection& writer);

  struct Frontier {
    ShardKey shard;
    std::int64_t next_index = 0;
  };
  // In the order of the shards' keys. A shard that is not there has not been begun.
  base::Result<std::vector<Frontier>> frontiers(std::int64_t queue_id);
  base::Status set_frontier(std::int64_t queue_id, const Frontier& frontier);

  // Those that can be received at `now_ms`, in the order in which they became visible.
  base::Result<std::vector<QueueRecordRow>> visible(std::int64_t queue_id, bool dead,
                                                    std::int64_t now_ms, std::int64_t limit);
  // When the next of those that are in flight will be visible; nullopt: there is none.
  base::Result<std::optional<std::int64_t>> next_visible_ms(std::int64_t queue_id, bool dead,
                                                            std::int64_t now_ms);
  base::Result<std::int64_t> in_flight(std::int64_t queue_id, std::int64_t now_ms);
  base::Result<std::optional<QueueRecordRow>> find(std::int64_t queue_id, std::int64_t record_id);

  // Writes a row, new or not.
  base::Status put(const QueueRecordRow& row);
  base::Status remove(std::int64_t queue_id, std::int64_t record_id);
  // Records of a shard before an index are in no queue any more.
  base::Status forget(ShardKey shard, std::int64_t below_index);
  // Decides anew which records are dead letters; those that are received as such stay what they
  // are.
  base::Status set_most_receives(std::int64_t queue_id, std::int64_t most, std::int64_t now_ms);
  // The clock goes back: what is in flight stays so for as long as it would have.
  base::Status shift(std::int64_t back_ms);

 private:
  explicit QueueStore(Connection& writer) : writer_(writer) {}
  base::Status prepare();

  Connection& writer_;
  std::optional<Statement> frontiers_, set_frontier_, visible_, next_visible_, in_flight_, find_,
      put_, remove_, forget_;
};

}  // namespace millrace::store
