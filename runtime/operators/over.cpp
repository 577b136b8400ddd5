#include "runtime/operators/over.hpp"

#include <algorithm>

#include "runtime/operators/row_types.hpp"

namespace millrace::operators {

namespace {

std::vector<std::size_t> columns_of(const plan::Over& over) {
  std::vector<std::size_t> columns;
  const auto add = [&](std::size_t column) {
    if (std::find(columns.begin(), columns.end(), column) == columns.end()) {
      columns.push_back(column);
    }
  };
  for (const auto& call : over.calls) {
    for (const std::size_t arg : call.args) add(arg);
    if (call.filter) add(*call.filter);
  }
  return columns;
}

}  // namespace

OverOperator::OverOperator(const plan::Over& over, const plan::Node& node, Counters& counters)
    : RowOperator(node.fields, 1),
      plan_(over),
      counters_(counters),
      row_codec_(types_of(node.input->fields)),
      key_codec_(types_of(node.input->fields, over.partition)),
      arg_columns_(columns_of(over)),
      arg_codec_(types_of(node.input->fields, arg_columns_)),
      keys_(store_.keyed<Key>("keys")),
      waiting_(store_.ordered<std::int64_t, Moment>("waiting")) {
  for (const auto& call : plan_.calls) states_.push_back(call.aggregate.make());
}

OverOperator::Key& OverOperator::key_of(const std::string& key) {
  if (Key* known = keys_.find(key)) return *known;
  Key& made = keys_.get(key);
  if (states_[0]->size() <= numbers_) {
    for (auto& state : states_) state->resize(std::size_t{numbers_} * 2 + 16);
  }
  made.number = numbers_++;
  return made;
}

Status OverOperator::take_row(std::size_t, const data::Batch& batch, std::size_t row) {
  std::string key;
  key_codec_.append(key, batch.columns, plan_.partition, row);
  Waiting waiting;
  waiting.arrival = arrived();
  row_codec_.append(waiting.row, batch.columns, row);
  arg_codec_.append(waiting.args, batch.columns, arg_columns_, row);
  if (!plan_.event_time) {
    release(key, now_ms_, {std::move(waiting)});
    return base::success();
  }
  const data::Column& times = *batch.columns[plan_.time_column];
  if (times.is_null(row)) return base::success();
  const std::int64_t time_ms = times.at<data::TimestampValue>(row).millis;
  const Key* known = keys_.find(key);
  const bool late =
      plan_.preceding ? time_ms <= (known != nullptr ? known->last_ms : 0) : time_ms <= watermark();
  if (late) {
    ++counters_.late_rows;
    return base::success();
  }
  Moment& moment = waiting_[time_ms];
  auto [rows, added] = moment.rows.try_emplace(key);
  if (added) moment.keys.push_back(key);
  rows->second.push_back(std::move(waiting));
  return base::success();
}

Status OverOperator::take_watermark(std::int64_t ms) {
  while (!waiting_.empty() && waiting_.begin()->first <= ms) {
    const auto at = waiting_.begin();
    for (const std::string& key : at->second.keys) {
      release(key, at->first, at->second.rows.at(key));
    }
    waiting_.erase(at);
  }
  return base::success();
}

void OverOperator::release(const std::string& name, std::int64_t time_ms,
                           const std::vector<Waiting>& rows) {
  Key& key = key_of(name);
  key.last_ms = time_ms;
  if (plan_.rows) {
    for (const Waiting& row : rows) {
      if (plan_.preceding && static_cast<std::int64_t>(key.in_frame.size()) > *plan_.preceding) {
        drop_first(key);
      }
      count(key, time_ms, row);
      emit(key, row);
    }
    return;
  }
  // RANGE: rows of one time see one another. With processing time each row is a time of its own.
  while (plan_.preceding && !key.in_frame.empty() &&
         time_ms - key.in_frame.front().time_ms > *plan_.preceding) {
    drop_first(key);
  }
  for (const Waiting& row : rows) count(key, time_ms, row);
  for (const Waiting& row : rows) emit(key, row);
}

std::vector<data::ColumnPtr> OverOperator::read_args(const std::string& args) {
  std::vector<data::Column> columns;
  columns.reserve(arg_codec_.size());
  for (const auto& type : arg_codec_.types()) columns.emplace_back(type);
  const auto arena = std::make_shared<data::Arena>(args.size() + 16);
  arg_codec_.read(args, columns, *arena);
  std::vector<data::ColumnPtr> out;
  for (auto& column : columns) {
    if (column.type().storage() == data::Storage::bytes) column.keep_alive(arena);
    out.push_back(data::share(std::move(column)));
  }
  return out;
}

void OverOperator::apply(const Key& key, const std::string& args_bytes, std::uint64_t arrival,
                         bool add) {
  const auto columns = read_args(args_bytes);
  const auto column_of = [&](std::size_t column) {
    const auto at = std::find(arg_columns_.begin(), arg_columns_.end(), column);
    return columns[static_cast<std::size_t>(at - arg_columns_.begin())];
  };
  const std::uint32_t number[] = {key.number};
  const std::uint32_t first[] = {0};
  std::vector<data::ColumnPtr> args;
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const auto& call = plan_.calls[i];
    if (call.filter) {
      const auto filter = column_of(*call.filter);
      if (filter->is_null(0) || filter->at<std::uint8_t>(0) == 0) continue;
    }
    args.clear();
    for (const std::size_t arg : call.args) args.push_back(column_of(arg));
    if (add) {
      states_[i]->add(number, first, args, arrival);
    } else {
      states_[i]->retract(number, first, args);
    }
  }
}

void OverOperator::count(Key& key, std::int64_t time_ms, const Waiting& row) {
  apply(key, row.args, row.arrival, true);
  if (plan_.preceding) key.in_frame.push_back({time_ms, row.args});
}

void OverOperator::drop_first(Key& key) {
  apply(key, key.in_frame.front().args, 0, false);
  key.in_frame.pop_front();
}

void OverOperator::emit(const Key& key, const Waiting& row) {
  const auto columns = results().columns();
  row_codec_.read(row.row, columns.first(row_codec_.size()), results().arena());
  for (std::size_t i = 0; i < states_.size(); ++i) {
    states_[i]->append_result(key.number, columns[row_codec_.size() + i], results().arena());
  }
  results().finish_row();
}

}  // namespace millrace::operators
