#include "runtime/operators/attached_aggregate.hpp"

#include <algorithm>

#include "runtime/operators/row_types.hpp"

namespace millrace::operators {

AttachedAggregateOperator::AttachedAggregateOperator(const plan::WindowAggregate& aggregate,
                                                     const plan::Node& node,
                                                     const data::TimeZone& zone, Counters& counters)
    : RowOperator(node.fields, 1),
      plan_(aggregate),
      zone_(zone),
      counters_(counters),
      key_codec_(types_of(node.input->fields, aggregate.keys)),
      open_(store_.ordered<std::int64_t, Window>("windows")) {}

std::int64_t AttachedAggregateOperator::fires_at(std::int64_t end) const {
  return (plan_.window.zoned && !zone_.is_utc() ? zone_.to_instant(end) : end) - 1;
}

Status AttachedAggregateOperator::take_row(std::size_t, const data::Batch& batch, std::size_t row) {
  const data::Column& starts = *batch.columns[plan_.start_column];
  const data::Column& ends = *batch.columns[plan_.end_column];
  if (starts.is_null(row) || ends.is_null(row)) return base::success();
  const std::int64_t start = starts.at<data::TimestampValue>(row).millis;
  const std::int64_t end = ends.at<data::TimestampValue>(row).millis;
  if (fires_at(end) <= reached_ms_) {
    ++counters_.late_rows;
    return base::success();
  }
  Window& window = open_[end];
  if (window.states.empty()) {
    for (const auto& call : plan_.calls) window.states.push_back(call.aggregate.make());
  }
  Group group{start, {}, 0};
  key_codec_.append(group.key, batch.columns, plan_.keys, row);
  std::string name = std::to_string(start) + ":" + group.key;
  const auto [known, added] =
      window.numbers.try_emplace(std::move(name), static_cast<std::uint32_t>(window.groups.size()));
  if (added) {
    window.groups.push_back(std::move(group));
    for (auto& state : window.states) {
      if (state->size() < window.groups.size()) state->resize(window.groups.size() * 2);
    }
  }
  const bool adds = data::adds(batch.kind(row));
  window.groups[known->second].rows += adds ? 1 : -1;
  const std::uint32_t number[] = {known->second};
  const std::uint32_t rows[] = {static_cast<std::uint32_t>(row)};
  std::vector<data::ColumnPtr> args;
  for (std::size_t i = 0; i < window.states.size(); ++i) {
    const auto& call = plan_.calls[i];
    if (!passes(call, batch, row)) continue;
    args.clear();
    for (const std::size_t arg : call.args) args.push_back(batch.columns[arg]);
    if (adds) {
      window.states[i]->add(number, rows, args, arrived() - row);
    } else {
      window.states[i]->retract(number, rows, args);
    }
    BOOST_OUTCOME_TRY(check_fault(*window.states[i]));
  }
  return base::success();
}

Status AttachedAggregateOperator::take_watermark(std::int64_t ms) {
  if (plan_.window.event_time) close_until(ms);
  return base::success();
}

Status AttachedAggregateOperator::take_time(std::int64_t now_ms) {
  if (!plan_.window.event_time) close_until(now_ms - 1);
  return base::success();
}

void AttachedAggregateOperator::close_until(std::int64_t ms) {
  reached_ms_ = std::max(reached_ms_, ms);
  while (!open_.empty() && fires_at(open_.begin()->first) <= ms) {
    ++counters_.windows_fired;
    close(open_.begin()->first, open_.begin()->second);
    open_.erase(open_.begin());
  }
}

void AttachedAggregateOperator::close(std::int64_t end, const Window& window) {
  const std::size_t keys = plan_.keys.size();
  for (std::uint32_t number = 0; number < window.groups.size(); ++number) {
    if (window.groups[number].rows <= 0) continue;
    const auto columns = results().columns();
    key_codec_.read(window.groups[number].key, columns.first(keys), results().arena());
    std::size_t next = keys;
    for (const auto& state : window.states) {
      state->append_result(number, columns[next++], results().arena());
    }
    for (const plan::WindowRole role : plan_.properties) {
      const std::int64_t ms = role == plan::WindowRole::start ? window.groups[number].start
                              : role == plan::WindowRole::end ? end
                              : plan_.window.zoned            ? fires_at(end)
                                                              : end - 1;
      columns[next++].append(data::TimestampValue{ms, 0});
    }
    results().finish_row();
  }
}

}  // namespace millrace::operators
