#include "runtime/operators/top_n.hpp"

#include <algorithm>

#include "runtime/operators/row_types.hpp"

namespace millrace::operators {

using data::RowKind;

TopNOperator::TopNOperator(const plan::Rank& rank, const plan::Node& node, std::int64_t ttl_ms)
    : RowOperator(node.fields, 1),
      plan_(rank),
      numbered_(rank.with_number || rank.from > 1),
      row_codec_(types_of(node.input->fields)),
      partition_codec_(types_of(node.input->fields, rank.partition)),
      unique_codec_(types_of(node.input->fields, rank.unique_key)),
      partitions_(store_.keyed<Partition>("partitions")) {
  partitions_.expire_after(ttl_ms);
}

Status TopNOperator::take_row(std::size_t, const data::Batch& batch, std::size_t row) {
  if (plan_.to < plan_.from) return base::success();  // LIMIT 0
  std::string partition;
  partition_codec_.append(partition, batch.columns, plan_.partition, row);
  Partition& part = partitions_.get(partition);
  const std::string sort_key = sort_key_of(plan_.order, batch, row);
  std::string bytes;
  row_codec_.append(bytes, batch.columns, row);
  const bool adds = data::adds(batch.kind(row));
  if (plan_.strategy == plan::Rank::Strategy::retract) {
    if (adds) {
      add(part, sort_key, bytes);
    } else {
      take_back(part, sort_key, bytes);
    }
    return base::success();
  }
  if (!adds) return base::success();
  if (plan_.to == 1 && plan_.strategy != plan::Rank::Strategy::first_rows) {
    replace_best(part, sort_key, bytes);
  } else if (plan_.strategy == plan::Rank::Strategy::update) {
    std::string unique;
    unique_codec_.append(unique, batch.columns, plan_.unique_key, row);
    update(part, sort_key, bytes, unique);
  } else if (in_buffer_range(part, sort_key)) {
    add(part, sort_key, bytes);
    // What has fallen behind the last rank never comes back.
    while (part.rows > plan_.to) {
      const auto last = std::prev(part.sorted.end());
      last->second.pop_back();
      if (last->second.empty()) part.sorted.erase(last);
      --part.rows;
    }
  }
  return base::success();
}

bool TopNOperator::in_buffer_range(const Partition& part, const std::string& sort_key) const {
  return part.rows < plan_.to || sort_key < part.sorted.rbegin()->first;
}

std::int64_t TopNOperator::rank_behind(const Partition& part, const std::string& sort_key) {
  std::int64_t rank = 0;
  for (const auto& [key, rows] : part.sorted) {
    if (key > sort_key) break;
    rank += static_cast<std::int64_t>(rows.size());
  }
  return rank;
}

const std::string* TopNOperator::row_at(const Partition& part, std::int64_t rank) {
  for (const auto& [key, rows] : part.sorted) {
    const auto count = static_cast<std::int64_t>(rows.size());
    if (rank <= count) return &rows[static_cast<std::size_t>(rank - 1)];
    rank -= count;
  }
  return nullptr;
}

const std::string& TopNOperator::content(const Partition& part, const std::string& stored) const {
  return plan_.strategy == plan::Rank::Strategy::update ? part.by_key.at(stored).row : stored;
}

void TopNOperator::shift_down(const Partition& part, const std::string& sort_key,
                              const std::string& row) {
  std::int64_t rank = rank_behind(part, sort_key);
  const std::string* moving = &row;
  for (auto at = part.sorted.upper_bound(sort_key); at != part.sorted.end(); ++at) {
    for (const std::string& stored : at->second) {
      if (rank > plan_.to) return;
      const std::string& pushed = content(part, stored);
      emit(RowKind::update_before, pushed, rank);
      emit(RowKind::update_after, *moving, rank);
      moving = &pushed;
      ++rank;
    }
  }
  if (rank <= plan_.to) emit(RowKind::insert, *moving, rank);
}

void TopNOperator::add(Partition& part, const std::string& sort_key, const std::string& row) {
  part.sorted[sort_key].push_back(row);
  ++part.rows;
  if (numbered_) {
    shift_down(part, sort_key, row);
    return;
  }
  const std::int64_t rank = rank_behind(part, sort_key);
  if (rank > plan_.to) return;
  if (const std::string* out = row_at(part, plan_.to + 1)) emit(RowKind::remove, *out, 0);
  emit(RowKind::insert, row, 0);
}

void TopNOperator::take_back(Partition& part, const std::string& sort_key, const std::string& row) {
  const auto at = part.sorted.find(sort_key);
  if (at == part.sorted.end()) return;
  Rows& equals = at->second;
  const auto found = std::find(equals.begin(), equals.end(), row);
  if (found == equals.end()) return;
  std::int64_t rank = rank_behind(part, sort_key) - (equals.end() - found) + 1;
  equals.erase(found);
  if (equals.empty()) part.sorted.erase(at);
  --part.rows;
  if (rank > plan_.to) return;
  if (!numbered_) {
    emit(RowKind::remove, row, 0);
    // The row that was one behind the last.
    if (const std::string* in = row_at(part, plan_.to)) emit(RowKind::insert, *in, 0);
    return;
  }
  const std::string* leaving = &row;
  for (; rank <= plan_.to; ++rank) {
    const std::string* next = row_at(part, rank);
    if (next == nullptr) {
      emit(RowKind::remove, *leaving, rank);
      return;
    }
    emit(RowKind::update_before, *leaving, rank);
    emit(RowKind::update_after, *next, rank);
    leaving = next;
  }
}

void TopNOperator::replace_best(Partition& part, const std::string& sort_key,
                                const std::string& row) {
  if (part.rows == 0) {
    part.sorted[sort_key].push_back(row);
    part.rows = 1;
    emit(RowKind::insert, row, 1);
    return;
  }
  const auto best = part.sorted.begin();
  if (sort_key >= best->first) return;
  emit(RowKind::update_before, best->second.front(), 1);
  emit(RowKind::update_after, row, 1);
  part.sorted.clear();
  part.sorted[sort_key].push_back(row);
}

void TopNOperator::update(Partition& part, const std::string& sort_key, const std::string& row,
                          const std::string& unique_key) {
  // Here `sorted` holds unique keys, and their rows stand beside it.
  const auto known = part.by_key.find(unique_key);
  if (known == part.by_key.end()) {
    if (!in_buffer_range(part, sort_key)) return;
    part.by_key[unique_key] = {sort_key, row};
    part.sorted[sort_key].push_back(unique_key);
    ++part.rows;
    if (numbered_) shift_down(part, sort_key, row);
    while (part.rows > plan_.to) {
      const auto last = std::prev(part.sorted.end());
      const std::string gone = last->second.back();
      last->second.pop_back();
      if (last->second.empty()) part.sorted.erase(last);
      --part.rows;
      if (!numbered_) emit(RowKind::remove, part.by_key.at(gone).row, 0);
      part.by_key.erase(gone);
    }
    if (!numbered_) emit(RowKind::insert, row, 0);
    return;
  }
  const Partition::Place before = known->second;
  Rows& old_equals = part.sorted.at(before.sort_key);
  const auto at = std::find(old_equals.begin(), old_equals.end(), unique_key);
  const std::int64_t old_rank = rank_behind(part, before.sort_key) - (old_equals.end() - at) + 1;
  if (before.sort_key != sort_key) {
    old_equals.erase(at);
    if (old_equals.empty()) part.sorted.erase(before.sort_key);
    part.sorted[sort_key].push_back(unique_key);
  }
  known->second = {sort_key, row};
  if (!numbered_ || before.sort_key == sort_key) {
    emit(RowKind::update_before, before.row, old_rank);
    emit(RowKind::update_after, row, old_rank);
    return;
  }
  // The rows between its new place and its old one move down.
  const std::string* moving = &row;
  const std::int64_t rank = rank_behind(part, sort_key);
  for (std::int64_t i = rank; i < old_rank; ++i) {
    const std::string& pushed = content(part, *row_at(part, i + 1));
    emit(RowKind::update_before, pushed, i);
    emit(RowKind::update_after, *moving, i);
    moving = &pushed;
  }
  emit(RowKind::update_before, before.row, old_rank);
  emit(RowKind::update_after, *moving, old_rank);
}

void TopNOperator::emit(RowKind kind, const std::string& row, std::int64_t rank) {
  // rank 0: it does not matter.
  if (rank != 0 && (rank < plan_.from || rank > plan_.to)) return;
  const auto columns = results().columns();
  row_codec_.read(row, columns.first(row_codec_.size()), results().arena());
  if (plan_.with_number) columns.back().append(rank);
  results().finish_row(kind);
}

}  // namespace millrace::operators
