#include "runtime/operators/window_rank.hpp"

#include "runtime/operators/row_types.hpp"

namespace millrace::operators {

WindowRankOperator::WindowRankOperator(const plan::WindowRank& rank, const plan::Node& node,
                                       const data::TimeZone& zone, Counters& counters)
    : RowOperator(node.fields, 1),
      plan_(rank),
      zone_(zone),
      counters_(counters),
      row_codec_(types_of(node.input->fields)),
      partition_codec_(types_of(node.input->fields, rank.partition)),
      open_(store_.ordered<std::int64_t, Window>("windows")) {}

std::int64_t WindowRankOperator::fires_at(std::int64_t end) const {
  return (plan_.zoned && !zone_.is_utc() ? zone_.to_instant(end) : end) - 1;
}

Status WindowRankOperator::take_row(std::size_t, const data::Batch& batch, std::size_t row) {
  const data::Column& ends = *batch.columns[plan_.window_end];
  if (ends.is_null(row)) return base::success();
  const std::int64_t end = ends.at<data::TimestampValue>(row).millis;
  if (fires_at(end) <= reached_ms_) {
    ++counters_.late_rows;
    return base::success();
  }
  Window& window = open_[end];
  std::string partition;
  partition_codec_.append(partition, batch.columns, plan_.partition, row);
  const auto [best, added] = window.best.try_emplace(partition);
  if (added) window.partitions.push_back(partition);
  std::string bytes;
  row_codec_.append(bytes, batch.columns, row);
  const std::uint64_t place = plan_.newest_of_equal ? ~arrived() : arrived();
  best->second.emplace(std::pair(sort_key_of(plan_.order, batch, row), place), std::move(bytes));
  if (static_cast<std::int64_t>(best->second.size()) > plan_.to) {
    best->second.erase(std::prev(best->second.end()));
  }
  return base::success();
}

Status WindowRankOperator::take_watermark(std::int64_t ms) {
  if (plan_.event_time) close_until(ms);
  return base::success();
}

Status WindowRankOperator::take_time(std::int64_t now_ms) {
  if (!plan_.event_time) close_until(now_ms - 1);
  return base::success();
}

void WindowRankOperator::close_until(std::int64_t ms) {
  if (ms > reached_ms_) reached_ms_ = ms;
  while (!open_.empty() && fires_at(open_.begin()->first) <= ms) {
    ++counters_.windows_fired;
    close(open_.begin()->second);
    open_.erase(open_.begin());
  }
}

void WindowRankOperator::close(const Window& window) {
  for (const std::string& partition : window.partitions) {
    std::int64_t rank = 0;
    for (const auto& [place, row] : window.best.at(partition)) {
      if (++rank < plan_.from) continue;
      const auto columns = results().columns();
      row_codec_.read(row, columns.first(row_codec_.size()), results().arena());
      if (plan_.with_number) columns.back().append(rank);
      results().finish_row();
    }
  }
}

}  // namespace millrace::operators
