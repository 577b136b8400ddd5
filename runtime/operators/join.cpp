#include "runtime/operators/join.hpp"

namespace millrace::operators {

using data::RowKind;
using Kind = plan::Join::Kind;

JoinOperator::JoinOperator(const plan::Join& join, const plan::Node& node, expr::Context& context,
                           std::int64_t ttl_ms)
    : RowOperator(node.fields, 2),
      plan_(join),
      pairs_(join, node, context),
      outer_{join.kind == Kind::left || join.kind == Kind::full,
             join.kind == Kind::right || join.kind == Kind::full},
      keys_(store_.keyed<Key>("rows")),
      ttl_ms_(ttl_ms) {
  keys_.expire_after(ttl_ms);
}

void JoinOperator::forget_old(Side& side) const {
  if (ttl_ms_ <= 0) return;
  for (auto at = side.records.begin(); at != side.records.end();) {
    if (now_ms_ < at->second.written_ms + ttl_ms_) {
      ++at;
      continue;
    }
    side.places.erase(at->second.row);
    at = side.records.erase(at);
  }
}

Status JoinOperator::take_row(std::size_t input, const data::Batch& batch, std::size_t row) {
  std::string name;
  const bool can_match = pairs_.key(input, batch, row, name);
  Key& key = keys_.get(name);
  Side& own = key.sides[input];
  forget_old(key.sides[0]);
  forget_old(key.sides[1]);
  std::string bytes;
  pairs_.rows(input).append(bytes, std::span(batch.columns).first(pairs_.rows(input).size()), row);
  std::vector<Record*> partners;
  if (can_match) {
    std::vector<Record*> others;
    std::vector<const std::string*> rows;
    for (auto& [place, record] : key.sides[1 - input].records) {
      others.push_back(&record);
      rows.push_back(&record.row);
    }
    BOOST_OUTCOME_TRY(const auto matching, pairs_.matches(input, bytes, rows));
    for (std::size_t i = 0; i < others.size(); ++i) {
      if (matching[i]) partners.push_back(others[i]);
    }
  }
  const RowKind kind = batch.kind(row);
  if (plan_.kind == Kind::semi || plan_.kind == Kind::anti) {
    semi_row(input, own, partners, bytes, kind);
  } else {
    join_row(input, own, partners, bytes, kind);
  }
  if (own.records.empty() && key.sides[1 - input].records.empty()) keys_.erase(name);
  return base::success();
}

void JoinOperator::add(Side& side, const std::string& row, std::int64_t partners) {
  const auto [place, added] = side.places.try_emplace(row, arrived());
  Record& record = side.records[place->second];
  if (added) record.row = row;
  ++record.count;
  record.written_ms = now_ms_;
  record.partners = partners;
}

void JoinOperator::take_back(Side& side, const std::string& row) {
  const auto place = side.places.find(row);
  if (place == side.places.end()) return;
  const auto record = side.records.find(place->second);
  if (--record->second.count > 0) return;
  side.records.erase(record);
  side.places.erase(place);
}

void JoinOperator::emit(RowKind kind, std::size_t input, const std::string* own,
                        const std::string* other) {
  pairs_.emit(results(), kind, input == 0 ? own : other, input == 0 ? other : own);
}

void JoinOperator::join_row(std::size_t input, Side& own, const std::vector<Record*>& partners,
                            const std::string& row, RowKind kind) {
  const bool other_outer = outer_[1 - input];
  std::int64_t count = 0;
  for (const Record* partner : partners) count += partner->count;
  const auto emit_pairs = [&](RowKind pair_kind) {
    for (const Record* partner : partners) {
      for (std::int64_t i = 0; i < partner->count; ++i) emit(pair_kind, input, &row, &partner->row);
    }
  };
  if (data::adds(kind)) {
    add(own, row, count);
    if (partners.empty()) {
      if (outer_[input]) emit(RowKind::insert, input, &row, nullptr);
      return;
    }
    if (other_outer) {
      for (Record* partner : partners) {
        for (std::int64_t i = 0; partner->partners == 0 && i < partner->count; ++i) {
          emit(RowKind::remove, input, nullptr, &partner->row);
        }
        ++partner->partners;
      }
    }
    emit_pairs(outer_[input] || other_outer ? RowKind::insert : kind);
    return;
  }
  take_back(own, row);
  if (partners.empty()) {
    if (outer_[input]) emit(RowKind::remove, input, &row, nullptr);
    return;
  }
  emit_pairs(outer_[input] ? RowKind::remove : kind);
  if (!other_outer) return;
  for (Record* partner : partners) {
    for (std::int64_t i = 0; partner->partners == 1 && i < partner->count; ++i) {
      emit(RowKind::insert, input, nullptr, &partner->row);
    }
    --partner->partners;
  }
}

void JoinOperator::semi_row(std::size_t input, Side& own, const std::vector<Record*>& partners,
                            const std::string& row, RowKind kind) {
  const bool anti = plan_.kind == Kind::anti;
  const bool adds = data::adds(kind);
  if (input == 0) {
    std::int64_t count = 0;
    for (const Record* partner : partners) count += partner->count;
    if (partners.empty() == anti) emit(kind, 0, &row, nullptr);
    if (adds) {
      add(own, row, count);
    } else {
      take_back(own, row);
    }
    return;
  }
  if (adds) {
    add(own, row, 0);
  } else {
    take_back(own, row);
  }
  for (Record* left : partners) {
    const bool turns = adds ? left->partners == 0 : left->partners == 1;
    const RowKind out = !anti ? kind : adds ? RowKind::remove : RowKind::insert;
    for (std::int64_t i = 0; turns && i < left->count; ++i) emit(out, 0, &left->row, nullptr);
    left->partners += adds ? 1 : -1;
  }
}

}  // namespace millrace::operators
