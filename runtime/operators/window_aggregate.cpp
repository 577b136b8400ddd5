#include "runtime/operators/window_aggregate.hpp"

#include <algorithm>
#include <numeric>
#include <set>

namespace millrace::operators {

namespace {

data::ColumnPtr time_column(const data::LogicalType& type, std::int64_t ms, std::size_t rows) {
  return data::share(data::Column::constant(type, data::TimestampValue{ms, 0}, rows));
}

}  // namespace

WindowAggregateOperator::WindowAggregateOperator(const plan::WindowAggregate& aggregate,
                                                 std::vector<data::LogicalType> key_types,
                                                 const data::TimeZone& zone,
                                                 const base::Clock& clock, Counters& counters)
    : plan_(aggregate),
      key_types_(std::move(key_types)),
      slices_(aggregate.window, zone),
      clock_(clock),
      counters_(counters) {}

Status WindowAggregateOperator::process(Chunk chunk, Output& out) {
  const data::Batch& batch = chunk.batch;
  const std::size_t rows = batch.rows;
  if (!plan_.window.event_time) {
    BOOST_OUTCOME_TRY(on_time(base::to_epoch_ms(clock_.now()), true, out));
    // The clock as of that call: no window these rows belong to has fired.
    const std::int64_t now = slices_.to_line(watermark_ms_ + 1);
    for (std::size_t row = 0; row < rows; ++row) put(static_cast<std::uint32_t>(row), now);
    flush(batch);
  } else {
    std::size_t row = 0;
    const auto put_until = [&](std::size_t end) {
      if (row >= end) return;
      const data::Cells<data::TimestampValue> times(*batch.columns[plan_.time_column]);
      for (; row < end; ++row) {
        // A NULL belongs to no window.
        if (!times.is_null(row)) {
          put(static_cast<std::uint32_t>(row), slices_.to_line(times[row].millis));
        }
      }
    };
    for (const Mark& mark : chunk.marks) {
      put_until(mark.rows);
      if (next_end_ != last_watermark && slices_.fires_at(next_end_) <= mark.watermark_ms) {
        flush(batch);
      }
      BOOST_OUTCOME_TRY(advance(mark.watermark_ms, out));
    }
    put_until(rows);
    flush(batch);
  }
  arrived_ += rows;
  if (chunk.marks.empty() || chunk.marks.back().watermark_ms <= forwarded_ms_) {
    return base::success();
  }
  forwarded_ms_ = chunk.marks.back().watermark_ms;
  return out.push({{}, {{0, forwarded_ms_}}});
}

Status WindowAggregateOperator::on_time(std::int64_t now_ms, bool input_pending, Output& out) {
  (void)input_pending;
  if (plan_.window.event_time) return base::success();
  return advance(now_ms - 1, out);
}

WindowAggregateOperator::Slice WindowAggregateOperator::make_slice() const {
  Slice slice{data::KeyIndex(key_types_), {}, {}};
  for (const auto& call : plan_.calls) slice.states.push_back(call.aggregate.make());
  return slice;
}

WindowAggregateOperator::Slice& WindowAggregateOperator::slice_at(std::int64_t start) {
  const auto found = open_.find(start);
  if (found != open_.end()) return found->second;
  return open_.emplace(start, make_slice()).first->second;
}

std::int64_t WindowAggregateOperator::first_open_end(std::int64_t slice) const {
  std::int64_t first = last_watermark;
  for (std::int64_t end = slices_.latest_end(slice); end > slice; end -= slices_.slide()) {
    if (slices_.fires_at(end) <= watermark_ms_) break;
    first = end;
  }
  return first;
}

WindowAggregateOperator::Bucket& WindowAggregateOperator::bucket_at(std::int64_t line_ms) {
  // Neighbours in the batch are mostly neighbours in time.
  if (bucket_ < used_buckets_) {
    Bucket& last = buckets_[bucket_];
    if (line_ms >= last.start && line_ms - last.start < slices_.slice_size()) return last;
  }
  const std::int64_t start = slices_.slice_of(line_ms);
  for (bucket_ = 0; bucket_ < used_buckets_; ++bucket_) {
    if (buckets_[bucket_].start == start) return buckets_[bucket_];
  }
  if (used_buckets_ == buckets_.size()) buckets_.emplace_back();
  Bucket& bucket = buckets_[used_buckets_++];
  bucket.start = start;
  const std::int64_t last_end = slices_.latest_end(start);
  bucket.in_window = last_end > start;
  bucket.late_at = slices_.fires_at(last_end);
  bucket.rows.clear();
  if (bucket.in_window) next_end_ = std::min(next_end_, first_open_end(start));
  return bucket;
}

void WindowAggregateOperator::put(std::uint32_t row, std::int64_t line_ms) {
  Bucket& bucket = bucket_at(line_ms);
  if (!bucket.in_window) return;
  if (bucket.late_at <= watermark_ms_) {
    ++counters_.late_rows;
    return;
  }
  bucket.rows.push_back(row);
}

void WindowAggregateOperator::flush(const data::Batch& batch) {
  if (used_buckets_ == 0) return;
  key_columns_.clear();
  for (const std::size_t key : plan_.keys) key_columns_.push_back(batch.columns[key]);
  for (std::size_t i = 0; i < used_buckets_; ++i) {
    if (!buckets_[i].rows.empty()) add_to_slice(buckets_[i].start, batch, buckets_[i].rows);
  }
  used_buckets_ = 0;
}

void WindowAggregateOperator::add_to_slice(std::int64_t start, const data::Batch& batch,
                                           const std::vector<std::uint32_t>& rows) {
  Slice& slice = slice_at(start);
  slice.keys.find_or_add(key_columns_, rows, groups_);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (groups_[i] == slice.first_arrival.size()) {
      slice.first_arrival.push_back(arrived_ + rows[i]);
    }
  }
  std::vector<data::ColumnPtr> args;
  for (std::size_t call = 0; call < plan_.calls.size(); ++call) {
    args.clear();
    for (const std::size_t column : plan_.calls[call].args) args.push_back(batch.columns[column]);
    slice.states[call]->resize(slice.keys.size());
    if (!plan_.calls[call].filter) {
      slice.states[call]->add(groups_, rows, args, arrived_);
      continue;
    }
    // FILTER (WHERE ...): the rows where it is TRUE.
    const data::Cells<std::uint8_t> filter(*batch.columns[*plan_.calls[call].filter]);
    std::vector<std::uint32_t> chosen_groups;
    std::vector<std::uint32_t> chosen_rows;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (filter.is_null(rows[i]) || filter[rows[i]] == 0) continue;
      chosen_groups.push_back(groups_[i]);
      chosen_rows.push_back(rows[i]);
    }
    if (chosen_rows.empty()) continue;
    slice.states[call]->add(chosen_groups, chosen_rows, args, arrived_);
  }
}

Status WindowAggregateOperator::advance(std::int64_t watermark_ms, Output& out) {
  if (watermark_ms <= watermark_ms_) return base::success();
  const std::int64_t before = watermark_ms_;
  if (next_end_ == last_watermark || slices_.fires_at(next_end_) > watermark_ms) {
    watermark_ms_ = watermark_ms;
    return base::success();
  }
  std::set<std::int64_t> ends;
  for (const auto& [slice, state] : open_) {
    for (std::int64_t end = slices_.latest_end(slice); end > slice; end -= slices_.slide()) {
      const std::int64_t at = slices_.fires_at(end);
      if (at <= before) break;
      if (at <= watermark_ms) ends.insert(end);
    }
  }
  for (const std::int64_t end : ends) {
    BOOST_OUTCOME_TRY(fire(end, out));
  }
  watermark_ms_ = watermark_ms;
  next_end_ = last_watermark;
  for (auto slice = open_.begin(); slice != open_.end();) {
    if (slices_.fires_at(slices_.latest_end(slice->first)) <= watermark_ms) {
      slice = open_.erase(slice);
      continue;
    }
    next_end_ = std::min(next_end_, first_open_end(slice->first));
    ++slice;
  }
  return base::success();
}

void WindowAggregateOperator::append_properties(data::Batch& batch, std::int64_t end) const {
  using data::LogicalType;
  for (const plan::WindowRole role : plan_.properties) {
    if (role == plan::WindowRole::start) {
      batch.columns.push_back(
          time_column(LogicalType::timestamp(3), slices_.start_of(end), batch.rows));
    } else if (role == plan::WindowRole::end) {
      batch.columns.push_back(time_column(LogicalType::timestamp(3), end, batch.rows));
    } else if (plan_.window.zoned) {
      batch.columns.push_back(
          time_column(LogicalType::timestamp_ltz(3), slices_.fires_at(end), batch.rows));
    } else {
      batch.columns.push_back(time_column(LogicalType::timestamp(3), end - 1, batch.rows));
    }
  }
}

Status WindowAggregateOperator::fire(std::int64_t end, Output& out) {
  const auto first = open_.lower_bound(slices_.start_of(end));
  const auto last = open_.lower_bound(end);
  if (first == last) return base::success();
  ++counters_.windows_fired;
  Chunk result;
  data::Batch& batch = result.batch;
  for (auto slice = first; slice != last; ++slice) {
    for (const auto& state : slice->second.states) {
      BOOST_OUTCOME_TRY(check_fault(*state));
    }
  }
  const Slice* whole = &first->second;
  Slice merged = make_slice();
  std::vector<std::uint32_t> order;
  if (std::next(first) != last) {
    std::vector<std::uint32_t> into;
    std::vector<std::uint32_t> from;
    for (auto slice = first; slice != last; ++slice) {
      const Slice& part = slice->second;
      merged.keys.find_or_add(part.keys.keys(), part.keys.size(), into);
      from.resize(part.keys.size());
      std::iota(from.begin(), from.end(), 0U);
      for (std::size_t i = 0; i < from.size(); ++i) {
        if (into[i] == merged.first_arrival.size()) {
          merged.first_arrival.push_back(part.first_arrival[i]);
        } else {
          merged.first_arrival[into[i]] =
              std::min(merged.first_arrival[into[i]], part.first_arrival[i]);
        }
      }
      for (std::size_t call = 0; call < plan_.calls.size(); ++call) {
        merged.states[call]->resize(merged.keys.size());
        merged.states[call]->merge(into, *part.states[call], from);
      }
    }
    whole = &merged;
    order.resize(merged.keys.size());
    std::iota(order.begin(), order.end(), 0U);
    if (!std::is_sorted(merged.first_arrival.begin(), merged.first_arrival.end())) {
      std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return merged.first_arrival[a] < merged.first_arrival[b];
      });
    } else {
      order.clear();
    }
  }
  batch.rows = whole->keys.size();
  batch.columns = whole->keys.keys();
  for (const auto& state : whole->states) batch.columns.push_back(state->finish());
  if (!order.empty()) {
    for (auto& column : batch.columns) column = data::gather(column, order);
  }
  append_properties(batch, end);
  if (plan_.window.event_time) {
    // Not behind what comes: later windows may fire at the same watermark.
    forwarded_ms_ = std::max(forwarded_ms_, slices_.fires_at(end));
    result.marks.push_back({static_cast<std::uint32_t>(batch.rows), forwarded_ms_});
  }
  return out.push(std::move(result));
}

}  // namespace millrace::operators
