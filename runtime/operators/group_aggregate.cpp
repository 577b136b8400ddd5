#include "runtime/operators/group_aggregate.hpp"

#include "runtime/operators/row_types.hpp"

namespace millrace::operators {

namespace {

std::vector<data::LogicalType> key_types(const plan::GroupAggregate& aggregate,
                                         const plan::Node& node) {
  std::vector<data::LogicalType> types;
  for (const std::size_t key : aggregate.keys) types.push_back(node.input->fields[key].type);
  return types;
}

// Whether the newest two cells are equal, as Flink's equaliser sees it: NaN equals NaN.
bool ends_equal(const data::Column& column) {
  const std::size_t last = column.size() - 1;
  if (column.is_null(last) || column.is_null(last - 1)) {
    return column.is_null(last) && column.is_null(last - 1);
  }
  return data::with_storage(column.type().storage(), [&]<class T>() {
    const T& a = column.at<T>(last - 1);
    const T& b = column.at<T>(last);
    if constexpr (std::is_same_v<T, double>) {
      return a == b || (a != a && b != b);
    } else {
      return a == b;
    }
  });
}

}  // namespace

GroupAggregateOperator::GroupAggregateOperator(const plan::GroupAggregate& aggregate,
                                               const plan::Node& node, std::int64_t ttl_ms)
    : RowOperator(node.fields, 1),
      plan_(aggregate),
      key_codec_(key_types(aggregate, node)),
      groups_(store_.keyed<Group>("groups")) {
  for (const auto& call : plan_.calls) states_.push_back(call.aggregate.make());
  groups_.expire_after(ttl_ms, [this](Group& group) {
    for (auto& state : states_) state->clear_group(group.number);
    free_numbers_.push_back(group.number);
  });
}

Status GroupAggregateOperator::take_time(std::int64_t now_ms) {
  groups_.set_now(now_ms);
  return base::success();
}

std::uint32_t GroupAggregateOperator::new_number() {
  if (!free_numbers_.empty()) {
    const std::uint32_t number = free_numbers_.back();
    free_numbers_.pop_back();
    return number;
  }
  // By doubling: resize() of every state costs a call.
  if (states_.empty() || states_[0]->size() <= numbers_) {
    for (auto& state : states_) state->resize(std::size_t{numbers_} * 2 + 16);
  }
  return numbers_++;
}

void GroupAggregateOperator::append_result(const data::Batch& batch, std::size_t row,
                                           std::uint32_t group, data::RowKind kind) {
  const auto columns = results().columns();
  for (std::size_t i = 0; i < plan_.keys.size(); ++i) {
    const data::Column& key = *batch.columns[plan_.keys[i]];
    if (key.is_null(row)) {
      columns[i].append_null();
      continue;
    }
    data::with_storage(key.type().storage(), [&]<class T>() {
      if constexpr (std::is_same_v<T, std::string_view>) {
        columns[i].append(results().arena().copy(key.at<T>(row)));
      } else {
        columns[i].append(key.at<T>(row));
      }
    });
  }
  for (std::size_t i = 0; i < states_.size(); ++i) {
    states_[i]->append_result(group, columns[plan_.keys.size() + i], results().arena());
  }
  results().finish_row(kind);
}

bool GroupAggregateOperator::same_results() {
  const auto columns = results().columns();
  for (std::size_t i = 0; i < states_.size(); ++i) {
    if (!ends_equal(columns[plan_.keys.size() + i])) return false;
  }
  return true;
}

Status GroupAggregateOperator::take_row(std::size_t, const data::Batch& batch, std::size_t row) {
  using data::RowKind;
  const bool add = data::adds(batch.kind(row));
  key_.clear();
  key_codec_.append(key_, batch.columns, plan_.keys, row);
  Group* group = groups_.find(key_);
  const bool first = group == nullptr;
  // With it the last row of its group is taken back.
  bool last = false;
  if (first) {
    if (!add) return base::success();
    group = &groups_.get(key_);
    group->number = new_number();
  } else {
    group = &groups_.get(key_);
    last = plan_.retracts && !add && group->rows == 1;
    append_result(batch, row, group->number, last ? RowKind::remove : RowKind::update_before);
  }
  if (last) {
    for (auto& state : states_) state->clear_group(group->number);
    free_numbers_.push_back(group->number);
    groups_.erase(key_);
    return base::success();
  }
  update(*group, batch, row, add);
  for (const auto& state : states_) {
    BOOST_OUTCOME_TRY(check_fault(*state));
  }
  append_result(batch, row, group->number, first ? RowKind::insert : RowKind::update_after);
  if (!first && same_results()) results().truncate(results().rows() - 2);
  return base::success();
}

void GroupAggregateOperator::update(Group& group, const data::Batch& batch, std::size_t row,
                                    bool add) {
  const std::uint32_t number[] = {group.number};
  const std::uint32_t rows[] = {static_cast<std::uint32_t>(row)};
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const plan::AggregateCall& call = plan_.calls[i];
    if (!passes(call, batch, row)) continue;
    args_.clear();
    for (const std::size_t column : call.args) args_.push_back(batch.columns[column]);
    if (add) {
      states_[i]->add(number, rows, args_, arrived() - row);
    } else if (call.aggregate.retract) {
      states_[i]->retract(number, rows, args_);
    }
  }
  group.rows += add ? 1 : -1;
}

}  // namespace millrace::operators
