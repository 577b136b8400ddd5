// Which shards of a stream are read, which wait for their parents, and which are done.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "common/aws/kinesis_client.hpp"
#include "runtime/connectors/kpl.hpp"

namespace millrace::connectors {

// A child is read after all its parents that are read here: records of a key stay in order across
// a reshard. No I/O; one thread at a time.
class ShardTracker {
 public:
  struct Ready {
    std::string shard_id;
    // Listed at the start: begins where the table says. Others are new and begin at their first
    // record.
    bool initial = false;
    HashRange range;
  };

  // Of `parallelism` sources the one numbered `subtask` takes every parallelism-th shard. A parent
  // that another source reads is not waited for.
  explicit ShardTracker(int subtask = 0, int parallelism = 1)
      : subtask_(subtask), parallelism_(parallelism) {}

  // The first listing. skip_closed: shards that get no more records are none of ours (LATEST).
  std::vector<Ready> begin(const std::vector<aws::Shard>& listing, bool skip_closed);
  // A later listing.
  std::vector<Ready> update(const std::vector<aws::Shard>& listing);
  // A shard was read to its end; what may start now.
  std::vector<Ready> finish(const std::string& shard_id);

  [[nodiscard]] bool is_closed(const std::string& shard_id) const;
  // Shards that wait for a parent.
  [[nodiscard]] std::size_t waiting() const;

 private:
  enum class State { waiting, reading, done };
  struct Known {
    std::vector<std::string> parents;
    bool initial = false;
    bool closed = false;
    HashRange range;
    State state = State::waiting;
  };

  [[nodiscard]] bool is_ours(const std::string& shard_id) const;
  void add(const aws::Shard& shard, bool initial, bool skip_closed);
  std::vector<Ready> start_ready();

  const int subtask_;
  const int parallelism_;
  std::map<std::string, Known> shards_;
};

}  // namespace millrace::connectors
