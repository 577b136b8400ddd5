#include "runtime/operators/over_by_value.hpp"

#include "runtime/operators/row_types.hpp"

namespace millrace::operators {

namespace {

std::vector<data::LogicalType> result_types(const plan::Over& over) {
  std::vector<data::LogicalType> types;
  for (const auto& call : over.calls) types.push_back(call.aggregate.result);
  return types;
}

}  // namespace

OverByValueOperator::OverByValueOperator(const plan::Over& over, const plan::Node& node,
                                         std::int64_t ttl_ms)
    : RowOperator(node.fields, 1),
      plan_(over),
      row_codec_(types_of(node.input->fields)),
      key_codec_(types_of(node.input->fields, over.partition)),
      result_codec_(result_types(over)),
      keys_(store_.keyed<Key>("rows")) {
  keys_.expire_after(ttl_ms);
}

Status OverByValueOperator::take_time(std::int64_t now_ms) {
  keys_.set_now(now_ms);
  return base::success();
}

Status OverByValueOperator::take_row(std::size_t, const data::Batch& batch, std::size_t row) {
  std::string name;
  key_codec_.append(name, batch.columns, plan_.partition, row);
  std::string bytes;
  row_codec_.append(bytes, batch.columns, row);
  const std::string sort_key = sort_key_of(plan_.order, batch, row);
  Key& key = keys_.get(name);
  if (data::adds(batch.kind(row))) {
    key.rows[{sort_key, arrived()}] = {std::move(bytes), {}, true};
  } else {
    auto at = key.rows.lower_bound({sort_key, 0});
    while (at != key.rows.end() && at->first.first == sort_key && at->second.row != bytes) ++at;
    if (at == key.rows.end() || at->first.first != sort_key) return base::success();
    emit(data::RowKind::remove, at->second.row, at->second.result);
    key.rows.erase(at);
  }
  renew(key);
  if (key.rows.empty()) keys_.erase(name);
  return base::success();
}

void OverByValueOperator::renew(Key& key) {
  const auto fresh = results_of(key);
  for (auto& [place, kept] : key.rows) {
    if (!kept.fresh) continue;
    kept.result = fresh.at(place);
    kept.fresh = false;
    emit(data::RowKind::insert, kept.row, kept.result);
  }
  for (auto& [place, kept] : key.rows) {
    const std::string& result = fresh.at(place);
    if (result == kept.result) continue;
    emit(data::RowKind::update_before, kept.row, kept.result);
    kept.result = result;
    emit(data::RowKind::update_after, kept.row, kept.result);
  }
}

std::map<OverByValueOperator::Place, std::string> OverByValueOperator::results_of(Key& key) const {
  std::vector<std::unique_ptr<aggregates::Accumulators>> states;
  for (const auto& call : plan_.calls) {
    states.push_back(call.aggregate.make());
    states.back()->resize(1);
  }
  const std::uint32_t group[] = {0};
  const std::uint32_t first[] = {0};
  std::map<Place, std::string> out;
  std::vector<const Place*> peers;
  const auto settle = [&] {
    if (peers.empty()) return;
    std::vector<data::ColumnPtr> columns;
    columns.reserve(states.size());
    for (const auto& state : states) columns.push_back(state->finish());
    std::string bytes;
    result_codec_.append(bytes, columns, 0);
    for (const Place* place : peers) out[*place] = bytes;
    peers.clear();
  };
  for (const auto& [place, kept] : key.rows) {
    // RANGE: rows of equal order see one another.
    if (!peers.empty() && (plan_.rows || peers.back()->first != place.first)) settle();
    const auto columns = columns_of(kept.row);
    for (std::size_t i = 0; i < states.size(); ++i) {
      const auto& call = plan_.calls[i];
      if (call.filter) {
        const data::Column& filter = *columns[*call.filter];
        if (filter.is_null(0) || filter.at<std::uint8_t>(0) == 0) continue;
      }
      std::vector<data::ColumnPtr> args;
      for (const std::size_t arg : call.args) args.push_back(columns[arg]);
      states[i]->add(group, first, args, place.second);
    }
    peers.push_back(&place);
  }
  settle();
  return out;
}

std::vector<data::ColumnPtr> OverByValueOperator::columns_of(const std::string& row) const {
  std::vector<data::Column> columns;
  columns.reserve(row_codec_.size());
  for (const auto& type : row_codec_.types()) columns.emplace_back(type);
  const auto arena = std::make_shared<data::Arena>(row.size() + 16);
  row_codec_.read(row, columns, *arena);
  std::vector<data::ColumnPtr> out;
  for (auto& column : columns) {
    if (column.type().storage() == data::Storage::bytes) column.keep_alive(arena);
    out.push_back(data::share(std::move(column)));
  }
  return out;
}

void OverByValueOperator::emit(data::RowKind kind, const std::string& row,
                               const std::string& result) {
  const auto columns = results().columns();
  row_codec_.read(row, columns.first(row_codec_.size()), results().arena());
  result_codec_.read(result, columns.subspan(row_codec_.size()), results().arena());
  results().finish_row(kind);
}

}  // namespace millrace::operators
