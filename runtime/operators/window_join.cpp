#include "runtime/operators/window_join.hpp"

#include <algorithm>

namespace millrace::operators {

using Kind = plan::Join::Kind;
using data::RowKind;

WindowJoinOperator::WindowJoinOperator(const plan::Join& join, const plan::Node& node,
                                       expr::Context& context, Counters& counters)
    : RowOperator(node.fields, 2),
      plan_(join),
      pairs_(join, node, context),
      zone_(context.zone),
      counters_(counters),
      open_(store_.ordered<std::int64_t, Window>("windows")) {}

std::int64_t WindowJoinOperator::fires_at(std::int64_t end) const {
  return (plan_.zoned && !zone_.is_utc() ? zone_.to_instant(end) : end) - 1;
}

Status WindowJoinOperator::take_row(std::size_t input, const data::Batch& batch, std::size_t row) {
  const data::Column& ends = *batch.columns[input == 0 ? plan_.left_time : plan_.right_time];
  if (ends.is_null(row)) return base::success();
  const std::int64_t end = ends.at<data::TimestampValue>(row).millis;
  if (fires_at(end) <= reached_ms_) {
    ++counters_.late_rows;
    return base::success();
  }
  std::string name;
  const bool can_match = pairs_.key(input, batch, row, name);
  Window& window = open_[end];
  const auto [key, added] = window.keys.try_emplace(name);
  if (added) window.names.push_back(name);
  key->second.can_match = can_match;
  std::string bytes;
  pairs_.rows(input).append(bytes, std::span(batch.columns).first(pairs_.rows(input).size()), row);
  key->second.sides[input].push_back(std::move(bytes));
  return base::success();
}

Status WindowJoinOperator::take_watermark(std::int64_t ms) {
  return plan_.event_time ? close_until(ms) : base::success();
}

Status WindowJoinOperator::take_time(std::int64_t now_ms) {
  return plan_.event_time ? base::success() : close_until(now_ms - 1);
}

Status WindowJoinOperator::close_until(std::int64_t ms) {
  reached_ms_ = std::max(reached_ms_, ms);
  while (!open_.empty() && fires_at(open_.begin()->first) <= ms) {
    ++counters_.windows_fired;
    const Window& window = open_.begin()->second;
    for (const std::string& name : window.names) {
      BOOST_OUTCOME_TRY(close(window.keys.at(name)));
    }
    open_.erase(open_.begin());
  }
  return base::success();
}

Status WindowJoinOperator::close(const Key& key) {
  std::vector<const std::string*> rights;
  for (const std::string& row : key.sides[1]) rights.push_back(&row);
  std::vector<bool> right_joined(rights.size(), false);
  const bool semi = plan_.kind == Kind::semi || plan_.kind == Kind::anti;
  for (const std::string& left : key.sides[0]) {
    std::vector<bool> matching(rights.size(), false);
    if (key.can_match) {
      BOOST_OUTCOME_TRY(auto answer, pairs_.matches(0, left, rights));
      matching = std::move(answer);
    }
    bool joined = false;
    for (std::size_t i = 0; i < rights.size(); ++i) {
      if (!matching[i]) continue;
      joined = true;
      right_joined[i] = true;
      if (!semi) pairs_.emit(results(), RowKind::insert, &left, rights[i]);
    }
    const bool alone = plan_.kind == Kind::left || plan_.kind == Kind::full;
    if (semi ? joined == (plan_.kind == Kind::semi) : alone && !joined) {
      pairs_.emit(results(), RowKind::insert, &left, nullptr);
    }
  }
  if (plan_.kind != Kind::right && plan_.kind != Kind::full) return base::success();
  for (std::size_t i = 0; i < rights.size(); ++i) {
    if (!right_joined[i]) pairs_.emit(results(), RowKind::insert, nullptr, rights[i]);
  }
  return base::success();
}

}  // namespace millrace::operators
