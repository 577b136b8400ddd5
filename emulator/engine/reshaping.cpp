#include "emulator/engine/reshaping.hpp"

#include "common/base/result.hpp"

namespace millrace::engine {

Reshaping::Reshaping(const Stream& stream, std::int64_t now_ms) : closed_ms_(now_ms) {
  for (const auto* shard : stream.open) {
    auto row = shard->row;
    row.next_index = shard->next_index;
    row.last_ms = shard->last_ms;
    closed_ms_ = std::max(closed_ms_, row.last_ms);
    open_.push_back(rows_.size());
    rows_.push_back(row);
  }
  existing_ = rows_.size();
  // The shard with the highest number is open: a closed one has children with higher numbers. So no
  // number is ever used twice, also when old shards have been forgotten.
  next_number_ = stream.shards.back()->row.number + 1;
}

std::int64_t Reshaping::close(std::size_t row) {
  auto& shard = rows_[row];
  shard.closed_ms = closed_ms_;
  // Children's numbers begin a second after their parents' last: all of them are higher.
  return std::max(closed_ms_ / 1000, shard.created_s) + 1;
}

std::size_t Reshaping::add(base::Uint128 start, base::Uint128 end, std::int64_t created_s,
                           std::uint32_t parent) {
  store::ShardRow row;
  row.stream_id = rows_.front().stream_id;
  row.number = next_number_++;
  row.hash_start = start;
  row.hash_end = end;
  row.created_s = created_s;
  row.parent = parent;
  row.last_ms = closed_ms_;
  rows_.push_back(row);
  return rows_.size() - 1;
}

void Reshaping::split(std::size_t at, base::Uint128 key) {
  const auto parent = open_[at];
  const auto created_s = close(parent);
  const auto [start, end, number] =
      std::tuple{rows_[parent].hash_start, rows_[parent].hash_end, rows_[parent].number};
  KS_ASSERT(start < key && key <= end);
  open_[at] = add(start, key - 1, created_s, number);
  const auto upper = add(key, end, created_s, number);
  open_.insert(open_.begin() + static_cast<std::ptrdiff_t>(at) + 1, upper);
}

void Reshaping::halve(std::size_t at) {
  split(at, rows_[open_[at]].hash_start + width(at) / 2 + 1);
}

void Reshaping::merge(std::size_t at) {
  const auto low = open_[at];
  const auto high = open_[at + 1];
  KS_ASSERT(rows_[low].hash_end + 1 == rows_[high].hash_start);
  const auto created_s = std::max(close(low), close(high));
  const auto child = add(rows_[low].hash_start, rows_[high].hash_end, created_s, rows_[low].number);
  rows_[child].adjacent_parent = rows_[high].number;
  open_[at] = child;
  open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(at) + 1);
}

void Reshaping::widen_to(std::size_t target) {
  while (open() < target) {
    std::size_t widest = 0;
    for (std::size_t at = 1; at < open(); ++at) {
      if (width(at) > width(widest)) widest = at;
    }
    halve(widest);  // of 2^128 keys there is always a wide enough range left
  }
}

void Reshaping::scale_to(std::size_t target) {
  if (open() < target) {
    for (std::size_t at = 0; at < open(); ++at) {
      if (!can_halve(at)) continue;
      halve(at);
      ++at;
    }
    widen_to(target);
  }
  while (open() > target) {
    std::size_t narrowest = 0;
    for (std::size_t at = 1; at + 1 < open(); ++at) {
      const auto both = [&](std::size_t low) {
        return rows_[open_[low + 1]].hash_end - rows_[open_[low]].hash_start;
      };
      if (both(at) < both(narrowest)) narrowest = at;
    }
    merge(narrowest);
  }
}

}  // namespace millrace::engine
