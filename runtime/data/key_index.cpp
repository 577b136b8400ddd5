#include "runtime/data/key_index.hpp"

#include <bit>
#include <cstring>
#include <functional>

namespace millrace::data {

namespace {

constexpr std::uint64_t mix(std::uint64_t value) {
  value ^= value >> 32U;
  value *= 0xd6e8feb86659fd93U;
  value ^= value >> 32U;
  value *= 0xd6e8feb86659fd93U;
  value ^= value >> 32U;
  return value;
}

std::uint64_t hash_cell(std::uint8_t cell) {
  return mix(cell);
}
std::uint64_t hash_cell(std::int64_t cell) {
  return mix(static_cast<std::uint64_t>(cell));
}
std::uint64_t hash_cell(double cell) {
  // All NaNs are one key.
  return mix(cell != cell ? 0x7ff8000000000000U : std::bit_cast<std::uint64_t>(cell));
}
std::uint64_t hash_cell(base::Int128 cell) {
  const auto bits = static_cast<base::Uint128>(cell);
  return mix(static_cast<std::uint64_t>(bits) ^ mix(static_cast<std::uint64_t>(bits >> 64U)));
}
std::uint64_t hash_cell(std::string_view cell) {
  return std::hash<std::string_view>{}(cell);
}
std::uint64_t hash_cell(const TimestampValue& cell) {
  return mix(static_cast<std::uint64_t>(cell.millis) * 1'000'003U +
             static_cast<std::uint64_t>(cell.nanos_of_milli));
}

template <class T>
bool equal_cells(const T& a, const T& b) {
  if constexpr (std::is_same_v<T, double>) {
    return (a != a && b != b) || std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
  } else {
    return a == b;
  }
}

// One pass a key column: the columns' hashes folded into one a row.
template <class RowAt>
void hash_column(const Column& column, std::size_t count, RowAt row_at, std::uint64_t* hashes) {
  with_storage(column.type().storage(), [&]<class T>() {
    const Cells<T> cells(column);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t row = row_at(i);
      const std::uint64_t cell = cells.is_null(row) ? 0x9e3779b97f4a7c15U : hash_cell(cells[row]);
      hashes[i] = hashes[i] * 0x9fb21c651e98df25U + cell;
    }
  });
}

bool equal_at(const Column& a, std::size_t a_row, const Column& b, std::size_t b_row) {
  const bool a_null = a.is_null(a_row);
  if (a_null || b.is_null(b_row)) return a_null && b.is_null(b_row);
  return with_storage(a.type().storage(),
                      [&]<class T>() { return equal_cells(a.at<T>(a_row), b.at<T>(b_row)); });
}

}  // namespace

KeyIndex::KeyIndex(std::vector<LogicalType> types)
    : types_(std::move(types)), arena_(std::make_shared<Arena>(1024)) {
  stored_.reserve(types_.size());
  for (const LogicalType& type : types_) {
    stored_.emplace_back(type);
    if (type.storage() == Storage::bytes) stored_.back().keep_alive(arena_);
  }
  slots_.resize(16);
}

std::uint32_t KeyIndex::add(std::span<const ColumnPtr> keys, std::size_t row) {
  for (std::size_t k = 0; k < keys.size(); ++k) {
    if (keys[k]->is_null(row)) {
      stored_[k].append_null();
      continue;
    }
    with_storage(types_[k].storage(), [&]<class T>() {
      if constexpr (std::is_same_v<T, std::string_view>) {
        stored_[k].append(arena_->copy(keys[k]->at<T>(row)));
      } else {
        stored_[k].append(keys[k]->at<T>(row));
      }
    });
  }
  return static_cast<std::uint32_t>(count_++);
}

void KeyIndex::grow() {
  std::vector<Slot> bigger(slots_.size() * 2);
  const std::size_t mask = bigger.size() - 1;
  for (std::size_t group = 0; group < count_; ++group) {
    std::size_t place = hashes_[group] & mask;
    while (bigger[place].group != 0) place = (place + 1) & mask;
    bigger[place] = {hashes_[group], static_cast<std::uint32_t>(group + 1)};
  }
  slots_ = std::move(bigger);
}

template <class RowAt>
void KeyIndex::run(std::span<const ColumnPtr> keys, std::size_t count, RowAt row_at,
                   std::vector<std::uint32_t>& out) {
  KS_ASSERT(keys.size() == types_.size());
  out.resize(count);
  std::vector<std::uint64_t> hashes(count, 0);
  for (const ColumnPtr& key : keys) hash_column(*key, count, row_at, hashes.data());
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t row = row_at(i);
    const auto hash = static_cast<std::uint32_t>(mix(hashes[i]));
    std::size_t mask = slots_.size() - 1;
    std::size_t place = hash & mask;
    for (;; place = (place + 1) & mask) {
      Slot& slot = slots_[place];
      if (slot.group == 0) {
        out[i] = add(keys, row);
        hashes_.push_back(hash);
        slot = {hash, out[i] + 1};
        if (count_ * 2 > slots_.size()) grow();
        break;
      }
      if (slot.hash != hash) continue;
      bool same = true;
      for (std::size_t k = 0; same && k < keys.size(); ++k) {
        same = equal_at(*keys[k], row, stored_[k], slot.group - 1);
      }
      if (same) {
        out[i] = slot.group - 1;
        break;
      }
    }
  }
}

void KeyIndex::find_or_add(std::span<const ColumnPtr> keys, std::size_t rows,
                           std::vector<std::uint32_t>& out) {
  run(
      keys, rows, [](std::size_t i) { return i; }, out);
}

void KeyIndex::find_or_add(std::span<const ColumnPtr> keys, std::span<const std::uint32_t> rows,
                           std::vector<std::uint32_t>& out) {
  run(
      keys, rows.size(), [rows](std::size_t i) { return std::size_t{rows[i]}; }, out);
}

std::vector<ColumnPtr> KeyIndex::keys() const {
  std::vector<ColumnPtr> out;
  out.reserve(stored_.size());
  for (const Column& column : stored_) out.push_back(share(column));
  return out;
}

void hash_rows(const Batch& batch, std::span<const std::size_t> keys,
               std::vector<std::uint64_t>& out) {
  out.assign(batch.rows, 0);
  if (batch.rows == 0) return;  // there may be no columns
  for (const std::size_t key : keys) {
    hash_column(
        *batch.columns[key], batch.rows, [](std::size_t row) { return row; }, out.data());
  }
  for (auto& hash : out) hash = mix(hash);
}

}  // namespace millrace::data
