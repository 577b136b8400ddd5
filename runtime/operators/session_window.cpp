#include "runtime/operators/session_window.hpp"

#include <algorithm>

#include "runtime/operators/row_types.hpp"

namespace millrace::operators {

SessionWindowOperator::SessionWindowOperator(const plan::WindowExpand& expand,
                                             const plan::Node& node, const data::TimeZone& zone,
                                             const base::Clock& clock, Counters& counters)
    : RowOperator(node.fields, 1),
      plan_(expand),
      zone_(zone),
      clock_(clock),
      counters_(counters),
      row_codec_(types_of(node.input->fields)),
      key_codec_(types_of(node.input->fields, expand.partition)),
      sessions_(store_.keyed<Sessions>("sessions")),
      ends_(store_.ordered<std::pair<std::int64_t, std::uint64_t>,
                           std::pair<std::string, std::int64_t>>("ends")) {}

std::int64_t SessionWindowOperator::to_line(std::int64_t ms) const {
  return plan_.window.zoned && !zone_.is_utc() ? zone_.to_local(ms) : ms;
}

std::int64_t SessionWindowOperator::fires_at(std::int64_t end) const {
  return (plan_.window.zoned && !zone_.is_utc() ? zone_.to_instant(end) : end) - 1;
}

Status SessionWindowOperator::take_row(std::size_t, const data::Batch& batch, std::size_t row) {
  std::int64_t time_ms = base::to_epoch_ms(clock_.now());
  if (plan_.window.event_time) {
    const data::Column& times = *batch.columns[plan_.time_column];
    if (times.is_null(row)) return base::success();
    time_ms = times.at<data::TimestampValue>(row).millis;
  }
  std::string key;
  key_codec_.append(key, batch.columns, plan_.partition, row);
  Session session;
  session.start = to_line(time_ms);
  session.end = session.start + plan_.window.size_ms;
  session.number = arrived();
  Sessions* known = sessions_.find(key);
  std::vector<std::int64_t> merged;
  if (known != nullptr) {
    // Sessions that touch become one.
    for (auto& [start, other] : *known) {
      if (other.end < session.start || start > session.end) continue;
      merged.push_back(start);
    }
    for (const std::int64_t start : merged) {
      session.start = std::min(session.start, start);
      session.end = std::max(session.end, known->at(start).end);
    }
  }
  if (fires_at(session.end) <= reached_ms_) {
    ++counters_.late_rows;
    return base::success();
  }
  Sessions& of_key = sessions_.get(key);
  for (const std::int64_t start : merged) {
    Session& other = of_key.at(start);
    ends_.erase({other.end, other.number});
    session.number = std::min(session.number, other.number);
    session.rows.merge(other.rows);
    of_key.erase(start);
  }
  std::string bytes;
  row_codec_.append(bytes, batch.columns, row);
  session.rows.emplace(arrived(), std::pair(batch.kind(row), std::move(bytes)));
  ends_[{session.end, session.number}] = {key, session.start};
  const std::int64_t start = session.start;
  of_key.emplace(start, std::move(session));
  return base::success();
}

Status SessionWindowOperator::take_watermark(std::int64_t ms) {
  if (plan_.window.event_time) close_until(ms);
  return base::success();
}

Status SessionWindowOperator::take_time(std::int64_t now_ms) {
  if (!plan_.window.event_time) close_until(now_ms - 1);
  return base::success();
}

void SessionWindowOperator::close_until(std::int64_t ms) {
  reached_ms_ = std::max(reached_ms_, ms);
  while (!ends_.empty() && fires_at(ends_.begin()->first.first) <= ms) {
    const auto [key, start] = ends_.begin()->second;
    ends_.erase(ends_.begin());
    Sessions& of_key = *sessions_.find(key);
    emit(of_key.at(start));
    of_key.erase(start);
    if (of_key.empty()) sessions_.erase(key);
  }
}

void SessionWindowOperator::emit(const Session& session) {
  const std::size_t width = row_codec_.size();
  for (const auto& [arrival, row] : session.rows) {
    const auto columns = results().columns();
    row_codec_.read(row.second, columns.first(width), results().arena());
    columns[width].append(data::TimestampValue{session.start, 0});
    columns[width + 1].append(data::TimestampValue{session.end, 0});
    columns[width + 2].append(
        data::TimestampValue{plan_.window.zoned ? fires_at(session.end) : session.end - 1, 0});
    results().finish_row(row.first);
  }
}

}  // namespace millrace::operators
