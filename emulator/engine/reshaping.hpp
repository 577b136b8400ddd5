// Splits and merges of a stream's shards on paper; the engine then carries them out at once.
#pragma once

#include <cstddef>
#include <vector>

#include "emulator/engine/catalog.hpp"

namespace millrace::engine {

// Open shards are numbered by their place in the order of hash ranges, 0 .. open() - 1. Shards that
// are opened and closed again on the way are kept in the plan: AWS lists them too.
class Reshaping {
 public:
  // Of an existing stream. Everything closes at one moment: now, or when the last record came if
  // the clock has been turned back since.
  Reshaping(const Stream& stream, std::int64_t now_ms);

  [[nodiscard]] std::size_t open() const { return open_.size(); }
  // The upper child begins at `key`, which lies within the shard's range and is not its start.
  void split(std::size_t at, base::Uint128 key);
  // AWS splits no range of three keys or fewer.
  [[nodiscard]] bool can_halve(std::size_t at) const { return width(at) >= 3; }
  void halve(std::size_t at);
  // With the next one.
  void merge(std::size_t at);
  // Halves the widest shards, of equal ones the first, until so many are open.
  void widen_to(std::size_t target);
  // Halves every shard if there are to be more, then merges the narrowest neighbours until so many
  // are left.
  void scale_to(std::size_t target);

  // The shards that were open before, in the order of their ranges, some now closed.
  [[nodiscard]] std::size_t existing() const { return existing_; }
  // Those, and then the new ones in the order of their numbers.
  [[nodiscard]] const std::vector<store::ShardRow>& rows() const { return rows_; }
  [[nodiscard]] bool changes_something() const { return rows_.size() > existing_; }

 private:
  // Keys of a shard less one.
  [[nodiscard]] base::Uint128 width(std::size_t at) const {
    return rows_[open_[at]].hash_end - rows_[open_[at]].hash_start;
  }
  // Closes a shard; the second in which its children begin.
  std::int64_t close(std::size_t row);
  // Its place in rows_.
  std::size_t add(base::Uint128 start, base::Uint128 end, std::int64_t created_s,
                  std::uint32_t parent);

  std::int64_t closed_ms_ = 0;
  std::uint32_t next_number_ = 0;
  std::size_t existing_ = 0;
  std::vector<store::ShardRow> rows_;
  std::vector<std::size_t> open_;  // places in rows_
};

}  // namespace millrace::engine
