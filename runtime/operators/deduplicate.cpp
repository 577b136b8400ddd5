#include "runtime/operators/deduplicate.hpp"

#include "runtime/operators/row_types.hpp"

namespace millrace::operators {

using data::RowKind;

DeduplicateOperator::DeduplicateOperator(const plan::Deduplicate& deduplicate,
                                         const plan::Node& node, Counters& counters,
                                         std::int64_t ttl_ms)
    : RowOperator(node.fields, 1),
      plan_(deduplicate),
      counters_(counters),
      row_codec_(types_of(node.input->fields)),
      key_codec_(types_of(node.input->fields, deduplicate.keys)),
      kept_(store_.keyed<Kept>("rows")),
      waiting_(store_.ordered<std::pair<std::int64_t, std::uint64_t>, std::string>("waiting")) {
  if (!plan_.rowtime || plan_.keep_last) kept_.expire_after(ttl_ms);
}

Status DeduplicateOperator::take_row(std::size_t, const data::Batch& batch, std::size_t row) {
  key_.clear();
  key_codec_.append(key_, batch.columns, plan_.keys, row);
  std::string bytes;
  row_codec_.append(bytes, batch.columns, row);
  std::int64_t time_ms = 0;
  if (plan_.rowtime) {
    const data::Column& times = *batch.columns[plan_.time_column];
    if (times.is_null(row)) return base::success();
    time_ms = times.at<data::TimestampValue>(row).millis;
  }
  if (plan_.keep_last) {
    const bool known = kept_.find(key_) != nullptr;
    keep_last(kept_.get(key_), known, bytes, time_ms);
    return base::success();
  }
  if (!plan_.rowtime) {
    if (kept_.find(key_) != nullptr) return base::success();
    kept_.get(key_).passed = true;
    emit(RowKind::insert, bytes);
    return base::success();
  }
  if (time_ms < watermark()) {
    ++counters_.late_rows;
    return base::success();
  }
  Kept* kept = kept_.find(key_);
  if (kept != nullptr && (kept->passed || kept->time_ms <= time_ms)) return base::success();
  if (kept != nullptr) {
    waiting_.erase({kept->time_ms, kept->arrival});
  } else {
    kept = &kept_.get(key_);
  }
  *kept = {false, time_ms, arrived(), bytes};
  waiting_[{time_ms, arrived()}] = key_;
  return base::success();
}

Status DeduplicateOperator::take_watermark(std::int64_t ms) {
  while (!waiting_.empty() && waiting_.begin()->first.first <= ms) {
    Kept& kept = *kept_.find(waiting_.begin()->second);
    emit(RowKind::insert, kept.row);
    kept.passed = true;
    kept.row.clear();
    waiting_.erase(waiting_.begin());
  }
  return base::success();
}

void DeduplicateOperator::keep_last(Kept& kept, bool known, const std::string& row,
                                    std::int64_t time_ms) {
  if (!known) {
    emit(RowKind::insert, row);
  } else {
    if (plan_.rowtime && time_ms < kept.time_ms) return;
    // An equal row replaces, too: with processing time its time is another. (Flink leaves it out
    // when both came within a millisecond.)
    emit(RowKind::update_before, kept.row);
    emit(RowKind::update_after, row);
  }
  kept.time_ms = time_ms;
  kept.row = row;
}

void DeduplicateOperator::emit(RowKind kind, const std::string& row) {
  row_codec_.read(row, results().columns(), results().arena());
  results().finish_row(kind);
}

}  // namespace millrace::operators
