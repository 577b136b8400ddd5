#include "runtime/operators/temporal_join.hpp"

namespace millrace::operators {

TemporalJoinOperator::TemporalJoinOperator(const plan::Join& join, const plan::Node& node,
                                           expr::Context& context)
    : RowOperator(node.fields, 2),
      plan_(join),
      pairs_(join, node, context),
      keys_(store_.keyed<Key>("versions")),
      waiting_(store_.ordered<Place, Waiting>("waiting")),
      begun_(store_.ordered<Place, std::string>("begun")) {}

Status TemporalJoinOperator::take_row(std::size_t input, const data::Batch& batch,
                                      std::size_t row) {
  const data::Column& times = *batch.columns[input == 0 ? plan_.left_time : plan_.right_time];
  if (times.is_null(row)) return base::success();
  const std::int64_t time_ms = times.at<data::TimestampValue>(row).millis;
  const data::RowKind kind = batch.kind(row);
  Waiting one;
  one.can_match = pairs_.key(input, batch, row, one.key);
  pairs_.rows(input).append(one.row, std::span(batch.columns).first(pairs_.rows(input).size()),
                            row);
  if (input == 0) {
    one.kind = kind;
    waiting_.emplace(Place{time_ms, arrived()}, std::move(one));
    return base::success();
  }
  // The old row of an update: the new one says all.
  if (kind == data::RowKind::update_before || !one.can_match) return base::success();
  keys_.get(one.key).versions[time_ms] = {kind == data::RowKind::remove, std::move(one.row)};
  begun_.emplace(Place{time_ms, arrived()}, std::move(one.key));
  return base::success();
}

Status TemporalJoinOperator::take_watermark(std::int64_t ms) {
  while (!waiting_.empty() && waiting_.begin()->first.first <= ms) {
    const auto at = waiting_.begin();
    BOOST_OUTCOME_TRY(join_row(at->second, at->first.first));
    waiting_.erase(at);
  }
  while (!begun_.empty() && begun_.begin()->first.first <= ms) {
    const auto at = begun_.begin();
    if (Key* key = keys_.find(at->second); key != nullptr) {
      // All that begin at or before the watermark but the last one.
      const auto end = key->versions.upper_bound(ms);
      if (end != key->versions.begin()) key->versions.erase(key->versions.begin(), std::prev(end));
    }
    begun_.erase(at);
  }
  return base::success();
}

Status TemporalJoinOperator::join_row(const Waiting& left, std::int64_t time_ms) {
  Key* key = left.can_match ? keys_.find(left.key) : nullptr;
  const Version* version = nullptr;
  if (key != nullptr) {
    const auto after = key->versions.upper_bound(time_ms);
    if (after != key->versions.begin()) version = &std::prev(after)->second;
  }
  if (version != nullptr && !version->removed) {
    BOOST_OUTCOME_TRY(const auto matching, pairs_.matches(0, left.row, {&version->row}));
    if (matching[0]) {
      pairs_.emit(results(), left.kind, &left.row, &version->row);
      return base::success();
    }
  }
  if (plan_.kind == plan::Join::Kind::left) {
    pairs_.emit(results(), left.kind, &left.row, nullptr);
  }
  return base::success();
}

}  // namespace millrace::operators
