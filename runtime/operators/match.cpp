#include "runtime/operators/match.hpp"

#include <algorithm>

#include "runtime/operators/row_types.hpp"

namespace millrace::operators {

using Slot = plan::Match::Slot;
using Skip = plan::Match::Skip;

MatchOperator::MatchOperator(const plan::Match& match, const plan::Node& node,
                             expr::Context& context, Counters& counters)
    : RowOperator(node.fields, 1),
      plan_(match),
      fields_(node.fields),
      context_(context),
      counters_(counters),
      row_codec_(types_of(node.input->fields)),
      key_codec_(types_of(node.input->fields, match.partition)),
      keys_(store_.keyed<Key>("attempts")),
      waiting_(store_.ordered<Place, Waiting>("waiting")) {}

Status MatchOperator::take_row(std::size_t, const data::Batch& batch, std::size_t row) {
  Waiting waiting;
  key_codec_.append(waiting.key, batch.columns, plan_.partition, row);
  row_codec_.append(waiting.row, batch.columns, row);
  if (!plan_.event_time) return take_event(waiting.key, 0, std::move(waiting.row));
  const data::Column& times = *batch.columns[plan_.time_column];
  if (times.is_null(row)) return base::success();
  const std::int64_t time_ms = times.at<data::TimestampValue>(row).millis;
  if (time_ms <= watermark()) {
    ++counters_.late_rows;
    return base::success();
  }
  Place place{time_ms, sort_key_of(plan_.order, batch, row), arrived()};
  waiting_.emplace(std::move(place), std::move(waiting));
  return base::success();
}

Status MatchOperator::take_watermark(std::int64_t ms) {
  while (!waiting_.empty() && waiting_.begin()->first.time_ms <= ms) {
    auto at = waiting_.begin();
    const std::int64_t time_ms = at->first.time_ms;
    Waiting waiting = std::move(at->second);
    waiting_.erase(at);
    BOOST_OUTCOME_TRY(take_event(waiting.key, time_ms, std::move(waiting.row)));
  }
  return base::success();
}

Status MatchOperator::take_event(const std::string& name, std::int64_t time_ms, std::string row) {
  Key& key = keys_.get(name);
  time_out(key, time_ms);
  BOOST_OUTCOME_TRY(give_matches(key));
  const std::uint64_t number = key.next_event++;
  Event& event = key.events[number];
  event = {number, time_ms, std::move(row)};
  std::vector<Attempt> open;
  for (const Attempt& attempt : key.open) {
    BOOST_OUTCOME_TRY(step(key, attempt, event, open));
  }
  Attempt fresh;
  fresh.start = number;
  fresh.start_ms = time_ms;
  fresh.taken.resize(plan_.pattern.size());
  // A pattern may begin with variables that take nothing.
  for (std::size_t place = 0; place < plan_.pattern.size(); ++place) {
    BOOST_OUTCOME_TRY(const bool fitting, fits(key, fresh, place, event));
    if (fitting) {
      BOOST_OUTCOME_TRY(take(key, fresh, place, 1, event, open));
    }
    const auto& variable = plan_.pattern[place];
    if (variable.least > 0 || (variable.greedy && fitting)) break;
  }
  key.open = std::move(open);
  BOOST_OUTCOME_TRY(give_matches(key));
  forget_events(key);
  return base::success();
}

Status MatchOperator::step(Key& key, const Attempt& attempt, const Event& event,
                           std::vector<Attempt>& open) {
  std::size_t place = attempt.place;
  std::int64_t count = attempt.count;
  for (;;) {
    const auto& variable = plan_.pattern[place];
    bool fitting = false;
    if (variable.most < 0 || count < variable.most) {
      BOOST_OUTCOME_TRY(fitting, fits(key, attempt, place, event));
    }
    if (fitting) {
      BOOST_OUTCOME_TRY(take(key, attempt, place, count + 1, event, open));
    }
    if (count < variable.least || (variable.greedy && fitting)) return base::success();
    if (++place == plan_.pattern.size()) return base::success();
    count = 0;
  }
}

Status MatchOperator::take(Key& key, const Attempt& attempt, std::size_t place, std::int64_t count,
                           const Event& event, std::vector<Attempt>& open) {
  Attempt next = attempt;
  next.place = place;
  next.count = count;
  next.taken[place].push_back(event.number);
  const bool last = place + 1 == plan_.pattern.size();
  const auto most = plan_.pattern[place].most;
  const bool can_go_on = !last || most < 0 || count < most;
  if (is_complete(next)) {
    const auto at =
        std::upper_bound(key.complete.begin(), key.complete.end(), next,
                         [](const Attempt& a, const Attempt& b) { return a.start < b.start; });
    key.complete.insert(at, next);
  }
  if (can_go_on) open.push_back(std::move(next));
  return base::success();
}

bool MatchOperator::is_complete(const Attempt& attempt) const {
  if (attempt.count < plan_.pattern[attempt.place].least) return false;
  for (std::size_t place = attempt.place + 1; place < plan_.pattern.size(); ++place) {
    if (plan_.pattern[place].least > 0) return false;
  }
  return true;
}

// The candidate counts as the variable's newest row while its condition is asked.
Result<bool> MatchOperator::fits(Key& key, const Attempt& attempt, std::size_t place,
                                 const Event& event) {
  const auto& variable = plan_.pattern[place];
  if (!variable.condition) return true;
  Attempt candidate = attempt;
  candidate.taken[place].push_back(event.number);
  BOOST_OUTCOME_TRY(const auto batch, slots(key, candidate));
  BOOST_OUTCOME_TRY(const auto rows, expr::evaluate_filter(*variable.condition, batch, context_));
  return !rows.empty();
}

void MatchOperator::time_out(Key& key, std::int64_t time_ms) const {
  if (!plan_.within_ms) return;
  std::erase_if(key.open, [&](const Attempt& attempt) {
    return time_ms - attempt.start_ms >= *plan_.within_ms;
  });
}

Status MatchOperator::give_matches(Key& key) {
  while (!key.complete.empty()) {
    const std::uint64_t start = key.complete.front().start;
    const bool earlier = std::any_of(key.open.begin(), key.open.end(),
                                     [start](const Attempt& one) { return one.start < start; });
    if (earlier) return base::success();
    const Attempt match = std::move(key.complete.front());
    key.complete.erase(key.complete.begin());
    BOOST_OUTCOME_TRY(emit(key, match));
    BOOST_OUTCOME_TRY(skip_behind(key, match));
  }
  return base::success();
}

Status MatchOperator::skip_behind(Key& key, const Attempt& match) {
  const auto prune = [&key](std::uint64_t limit) {
    const auto gone = [limit](const Attempt& one) { return one.start <= limit; };
    std::erase_if(key.open, gone);
    std::erase_if(key.complete, gone);
  };
  if (plan_.skip == Skip::to_next_row) {
    prune(match.start);
    return base::success();
  }
  if (plan_.skip == Skip::past_last_row) {
    std::uint64_t last = match.start;
    for (const auto& events : match.taken) {
      if (!events.empty()) last = std::max(last, events.back());
    }
    prune(last);
    return base::success();
  }
  const auto& events = match.taken[plan_.skip_to];
  const std::string& name = plan_.pattern[plan_.skip_to].name;
  if (events.empty()) {
    return base::Error(base::ErrorCode::validation,
                       "Could not skip to variable " + name + ": the match has no row of it");
  }
  const std::uint64_t to = plan_.skip == Skip::to_first ? events.front() : events.back();
  if (to == match.start) {
    return base::Error(base::ErrorCode::validation, "Could not skip to first element of a match.");
  }
  prune(to - 1);
  return base::success();
}

void MatchOperator::forget_events(Key& key) {
  std::uint64_t oldest = key.next_event;
  for (const auto* attempts : {&key.open, &key.complete}) {
    for (const Attempt& one : *attempts) oldest = std::min(oldest, one.start);
  }
  key.events.erase(key.events.begin(), key.events.lower_bound(oldest));
}

Status MatchOperator::emit(Key& key, const Attempt& match) {
  BOOST_OUTCOME_TRY(const auto batch, slots(key, match));
  const data::Batch first = row_of(key, match.start);
  const auto columns = results().columns();
  const auto append = [&](std::size_t at, const data::Column& cell) {
    if (cell.is_null(0)) {
      columns[at].append_null();
      return;
    }
    data::with_storage(cell.type().storage(), [&]<class T>() {
      if constexpr (std::is_same_v<T, std::string_view>) {
        columns[at].append(results().arena().copy(cell.at<T>(0)));
      } else {
        columns[at].append(cell.at<T>(0));
      }
    });
  };
  std::size_t at = 0;
  for (const std::size_t column : plan_.partition) append(at++, *first.columns[column]);
  for (const auto& measure : plan_.measures) {
    BOOST_OUTCOME_TRY(const auto value, expr::evaluate(*measure, batch, context_));
    append(at++, *value);
  }
  results().finish_row();
  return base::success();
}

data::Batch MatchOperator::row_of(Key& key, std::uint64_t event) {
  const std::string& bytes = key.events.at(event).row;
  std::vector<data::Column> columns;
  columns.reserve(row_codec_.size());
  for (const auto& type : row_codec_.types()) columns.emplace_back(type);
  const auto arena = std::make_shared<data::Arena>(bytes.size() + 16);
  row_codec_.read(bytes, columns, *arena);
  data::Batch batch;
  batch.rows = 1;
  for (auto& column : columns) {
    if (column.type().storage() == data::Storage::bytes) column.keep_alive(arena);
    batch.columns.push_back(data::share(std::move(column)));
  }
  return batch;
}

Result<data::Batch> MatchOperator::slots(Key& key, const Attempt& attempt) {
  data::Batch batch;
  batch.rows = 1;
  for (const Slot& one : plan_.slots) {
    BOOST_OUTCOME_TRY(auto value, slot(key, attempt, one));
    batch.columns.push_back(std::move(value));
  }
  return batch;
}

Result<data::ColumnPtr> MatchOperator::slot(Key& key, const Attempt& attempt, const Slot& slot) {
  std::vector<std::uint64_t> all;
  const std::vector<std::uint64_t>* rows = nullptr;
  if (slot.variable) {
    rows = &attempt.taken[*slot.variable];
  } else {
    for (const auto& events : attempt.taken) all.insert(all.end(), events.begin(), events.end());
    std::sort(all.begin(), all.end());
    rows = &all;
  }
  if (slot.kind == Slot::Kind::aggregate) return total(key, slot, *rows);
  const auto offset = static_cast<std::size_t>(slot.offset);
  if (offset >= rows->size()) {
    return data::share(data::Column::constant(slot.value->type, data::Value(), 1));
  }
  const std::uint64_t event =
      slot.kind == Slot::Kind::first ? (*rows)[offset] : (*rows)[rows->size() - 1 - offset];
  BOOST_OUTCOME_TRY(auto value, expr::evaluate(*slot.value, row_of(key, event), context_));
  return data::flatten(value);
}

Result<data::ColumnPtr> MatchOperator::total(Key& key, const Slot& slot,
                                             const std::vector<std::uint64_t>& rows) {
  const auto states = slot.aggregate.make();
  states->resize(1);
  const std::uint32_t group[] = {0};
  const std::uint32_t first[] = {0};
  for (const std::uint64_t event : rows) {
    const data::Batch row = row_of(key, event);
    std::vector<data::ColumnPtr> args;
    for (const auto& arg : slot.args) {
      BOOST_OUTCOME_TRY(auto value, expr::evaluate(*arg, row, context_));
      args.push_back(data::flatten(value));
    }
    states->add(group, first, args, event);
  }
  return states->finish();
}

}  // namespace millrace::operators
