#include "emulator/store/queue_store.hpp"

namespace millrace::store {
namespace {

// As `columns` has them.
constexpr std::string_view columns =
    "queue_id, record_id, receives, deliveries, first_ms, visible_ms, dead, taken_dead";

QueueRecordRow row_of(const Statement& from) {
  QueueRecordRow row;
  row.queue_id = from.integer(0);
  row.record_id = from.integer(1);
  row.receives = from.integer(2);
  row.deliveries = from.integer(3);
  row.first_ms = from.integer(4);
  row.visible_ms = from.integer(5);
  row.dead = from.integer(6) != 0;
  row.taken_dead = from.integer(7) != 0;
  return row;
}

std::int64_t number(bool flag) {
  return flag ? 1 : 0;
}

}  // namespace

base::Result<std::unique_ptr<QueueStore>> QueueStore::open(Connection& writer) {
  std::unique_ptr<QueueStore> made{new QueueStore{writer}};
  BOOST_OUTCOME_TRY(made->prepare());
  return made;
}

base::Status QueueStore::prepare() {
  const auto all = "SELECT " + std::string{columns} + " FROM queue_record ";
  BOOST_OUTCOME_TRY(frontiers_, writer_.prepare("SELECT shard_id, next_index FROM queue_shard "
                                                "WHERE queue_id = ? ORDER BY shard_id"));
  BOOST_OUTCOME_TRY(set_frontier_,
                    writer_.prepare("INSERT OR REPLACE INTO queue_shard VALUES (?, ?, ?)"));
  BOOST_OUTCOME_TRY(visible_,
                    writer_.prepare(all + "WHERE queue_id = ? AND dead = ? AND visible_ms <= ? "
                                          "ORDER BY visible_ms, record_id LIMIT ?"));
  BOOST_OUTCOME_TRY(next_visible_,
                    writer_.prepare("SELECT min(visible_ms) FROM queue_record "
                                    "WHERE queue_id = ? AND dead = ? AND visible_ms > ?"));
  BOOST_OUTCOME_TRY(in_flight_,
                    writer_.prepare("SELECT count(*) FROM queue_record "
                                    "WHERE queue_id = ? AND dead IN (0, 1) AND visible_ms > ?"));
  BOOST_OUTCOME_TRY(find_, writer_.prepare(all + "WHERE record_id = ? AND queue_id = ?"));
  BOOST_OUTCOME_TRY(put_,
                    writer_.prepare("INSERT OR REPLACE INTO queue_record (" + std::string{columns} +
                                    ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)"));
  BOOST_OUTCOME_TRY(
      remove_, writer_.prepare("DELETE FROM queue_record WHERE record_id = ? AND queue_id = ?"));
  BOOST_OUTCOME_TRY(
      forget_, writer_.prepare("DELETE FROM queue_record WHERE record_id >= ? AND record_id < ?"));
  return base::success();
}

base::Result<std::vector<QueueStore::Frontier>> QueueStore::frontiers(std::int64_t queue_id) {
  std::vector<Frontier> found;
  const ResetGuard guard{*frontiers_};
  frontiers_->bind(0, queue_id);
  for (;;) {
    BOOST_OUTCOME_TRY(const bool any, frontiers_->step());
    if (!any) return found;
    found.push_back({{frontiers_->integer(0)}, frontiers_->integer(1)});
  }
}

base::Status QueueStore::set_frontier(std::int64_t queue_id, const Frontier& frontier) {
  set_frontier_->bind(0, queue_id).bind(1, frontier.shard.value).bind(2, frontier.next_index);
  return set_frontier_->run();
}

base::Result<std::vector<QueueRecordRow>> QueueStore::visible(std::int64_t queue_id, bool dead,
                                                              std::int64_t now_ms,
                                                              std::int64_t limit) {
  std::vector<QueueRecordRow> found;
  const ResetGuard guard{*visible_};
  visible_->bind(0, queue_id).bind(1, number(dead)).bind(2, now_ms).bind(3, limit);
  for (;;) {
    BOOST_OUTCOME_TRY(const bool any, visible_->step());
    if (!any) return found;
    found.push_back(row_of(*visible_));
  }
}

base::Result<std::optional<std::int64_t>> QueueStore::next_visible_ms(std::int64_t queue_id,
                                                                      bool dead,
                                                                      std::int64_t now_ms) {
  const ResetGuard guard{*next_visible_};
  next_visible_->bind(0, queue_id).bind(1, number(dead)).bind(2, now_ms);
  BOOST_OUTCOME_TRY(const bool any, next_visible_->step());
  if (!any || next_visible_->is_null(0)) return std::optional<std::int64_t>{};
  return std::optional{next_visible_->integer(0)};
}

base::Result<std::int64_t> QueueStore::in_flight(std::int64_t queue_id, std::int64_t now_ms) {
  const ResetGuard guard{*in_flight_};
  in_flight_->bind(0, queue_id).bind(1, now_ms);
  BOOST_OUTCOME_TRY(in_flight_->step());
  return in_flight_->integer(0);
}

base::Result<std::optional<QueueRecordRow>> QueueStore::find(std::int64_t queue_id,
                                                             std::int64_t record_id) {
  const ResetGuard guard{*find_};
  find_->bind(0, record_id).bind(1, queue_id);
  BOOST_OUTCOME_TRY(const bool any, find_->step());
  return any ? std::optional{row_of(*find_)} : std::nullopt;
}

base::Status QueueStore::put(const QueueRecordRow& row) {
  put_->bind(0, row.queue_id).bind(1, row.record_id).bind(2, row.receives);
  put_->bind(3, row.deliveries).bind(4, row.first_ms).bind(5, row.visible_ms);
  put_->bind(6, number(row.dead)).bind(7, number(row.taken_dead));
  return put_->run();
}

base::Status QueueStore::remove(std::int64_t queue_id, std::int64_t record_id) {
  return remove_->bind(0, record_id).bind(1, queue_id).run();
}

base::Status QueueStore::forget(ShardKey shard, std::int64_t below_index) {
  return forget_->bind(0, record_id(shard, 0)).bind(1, record_id(shard, below_index)).run();
}

base::Status QueueStore::set_most_receives(std::int64_t queue_id, std::int64_t most,
                                           std::int64_t now_ms) {
  BOOST_OUTCOME_TRY(
      auto decide,
      writer_.prepare("UPDATE queue_record SET dead = (receives >= ?) WHERE queue_id = ? "
                      "AND NOT (dead = 1 AND (taken_dead = 1 OR visible_ms <= ?))"));
  return decide.bind(0, most).bind(1, queue_id).bind(2, now_ms).run();
}

base::Status QueueStore::shift(std::int64_t back_ms) {
  BOOST_OUTCOME_TRY(auto shift,
                    writer_.prepare("UPDATE queue_record SET visible_ms = visible_ms - ?"));
  return shift.bind(0, back_ms).run();
}

}  // namespace millrace::store
