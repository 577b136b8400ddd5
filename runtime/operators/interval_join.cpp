#include "runtime/operators/interval_join.hpp"

#include <algorithm>

namespace millrace::operators {

using Kind = plan::Join::Kind;

IntervalJoinOperator::IntervalJoinOperator(const plan::Join& join, const plan::Node& node,
                                           expr::Context& context)
    : RowOperator(node.fields, 2),
      plan_(join),
      pairs_(join, node, context),
      outer_{join.kind == Kind::left || join.kind == Kind::full,
             join.kind == Kind::right || join.kind == Kind::full},
      keys_(store_.keyed<Key>("rows")),
      expiries_(store_.ordered<Place, Expiry>("expiries")) {}

// lower <= left - right <= upper: a left row waits for right ones up to left - lower.
std::int64_t IntervalJoinOperator::wait_of(std::size_t input) const {
  return input == 0 ? -plan_.lower_ms : plan_.upper_ms;
}

std::int64_t IntervalJoinOperator::outgoing(std::int64_t ms) const {
  if (ms == last_watermark) return ms;
  return ms - std::max({wait_of(0), wait_of(1), std::int64_t{0}});
}

Status IntervalJoinOperator::take_row(std::size_t input, const data::Batch& batch,
                                      std::size_t row) {
  const data::Column& times = *batch.columns[input == 0 ? plan_.left_time : plan_.right_time];
  std::string name;
  const bool can_match = pairs_.key(input, batch, row, name);
  std::string bytes;
  pairs_.rows(input).append(bytes, std::span(batch.columns).first(pairs_.rows(input).size()), row);
  if (times.is_null(row)) {
    if (outer_[input]) emit(input, bytes, nullptr);
    return base::success();
  }
  const std::int64_t time_ms = times.at<data::TimestampValue>(row).millis;
  bool joined = false;
  Key* key = can_match ? keys_.find(name) : nullptr;
  if (key != nullptr) {
    // Partners lie within [from, to] of the other input's time.
    const std::int64_t from = input == 0 ? time_ms - plan_.upper_ms : time_ms + plan_.lower_ms;
    const std::int64_t to = input == 0 ? time_ms - plan_.lower_ms : time_ms + plan_.upper_ms;
    auto& others = key->sides[1 - input];
    std::vector<Record*> records;
    std::vector<const std::string*> rows;
    for (auto at = others.lower_bound({from, 0}); at != others.end() && at->first.first <= to;
         ++at) {
      records.push_back(&at->second);
      rows.push_back(&at->second.row);
    }
    BOOST_OUTCOME_TRY(const auto matching, pairs_.matches(input, bytes, rows));
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (!matching[i]) continue;
      joined = true;
      records[i]->joined = true;
      emit(input, bytes, &records[i]->row);
    }
  }
  const std::int64_t goes_at = time_ms + wait_of(input);
  if (!can_match || goes_at <= watermark()) {
    if (!joined && outer_[input]) emit(input, bytes, nullptr);
    return base::success();
  }
  keys_.get(name).sides[input][{time_ms, arrived()}] = {std::move(bytes), joined};
  expiries_[{goes_at, arrived()}] = {input, time_ms, std::move(name)};
  return base::success();
}

Status IntervalJoinOperator::take_watermark(std::int64_t ms) {
  while (!expiries_.empty() && expiries_.begin()->first.first <= ms) {
    const auto at = expiries_.begin();
    const Expiry& expiry = at->second;
    Key& key = *keys_.find(expiry.key);
    const auto record = key.sides[expiry.input].find({expiry.time_ms, at->first.second});
    if (!record->second.joined && outer_[expiry.input]) {
      emit(expiry.input, record->second.row, nullptr);
    }
    key.sides[expiry.input].erase(record);
    if (key.sides[0].empty() && key.sides[1].empty()) keys_.erase(expiry.key);
    expiries_.erase(at);
  }
  return base::success();
}

void IntervalJoinOperator::emit(std::size_t input, const std::string& own,
                                const std::string* other) {
  pairs_.emit(results(), data::RowKind::insert, input == 0 ? &own : other,
              input == 0 ? other : &own);
}

}  // namespace millrace::operators
