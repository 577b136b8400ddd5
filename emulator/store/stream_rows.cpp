// Rows of streams and shards.
#include "emulator/store/store.hpp"

namespace millrace::store {

using base::Error;
using base::ErrorCode;

namespace {

base::Uint128 hash_key(std::string_view text) {
  return base::parse_uint128(text).value_or(base::Uint128{0});
}

std::optional<std::uint32_t> number_or_none(const Statement& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return static_cast<std::uint32_t>(row.integer(column));
}

}  // namespace

base::Status Store::insert_stream(StreamRow& stream) {
  BOOST_OUTCOME_TRY(
      auto insert, connection_.prepare(
                       "INSERT INTO stream (account, region, name, mode, distribution, created_ms, "
                       "transition, transition_until_ms, retention_hours, max_record_kib, "
                       "warm_mibps) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  insert.bind(0, stream.account).bind(1, stream.region).bind(2, stream.name);
  insert.bind(3, stream.mode).bind(4, stream.distribution).bind(5, stream.created_ms);
  insert.bind(6, stream.transition).bind(7, stream.transition_until_ms);
  insert.bind(8, stream.retention_hours).bind(9, stream.max_record_kib);
  insert.bind(10, stream.warm_mibps);
  BOOST_OUTCOME_TRY(insert.run());
  stream.id = connection_.last_insert_id();
  return replace_stream_tags(stream.id, stream.tags);
}

base::Status Store::replace_stream_tags(std::int64_t stream_id, const Tags& tags) {
  BOOST_OUTCOME_TRY(auto remove, connection_.prepare("DELETE FROM tag WHERE stream_id = ?"));
  BOOST_OUTCOME_TRY(remove.bind(0, stream_id).run());
  BOOST_OUTCOME_TRY(auto tag, connection_.prepare("INSERT INTO tag VALUES (?, ?, ?)"));
  for (const auto& [key, value] : tags) {
    tag.bind(0, stream_id).bind(1, key).bind(2, value);
    BOOST_OUTCOME_TRY(tag.run());
  }
  return base::success();
}

base::Status Store::close_shard(const ShardRow& shard) {
  BOOST_OUTCOME_TRY(auto close,
                    connection_.prepare("UPDATE shard SET closed_ms = ?, next_index = ?, "
                                        "last_ms = ? WHERE id = ?"));
  close.bind(0, shard.closed_ms.value_or(0)).bind(1, shard.next_index).bind(2, shard.last_ms);
  return close.bind(3, shard.key.value).run();
}

base::Status Store::delete_shard(ShardKey shard) {
  records_->expect_deletions();
  BOOST_OUTCOME_TRY(auto doom, connection_.prepare("INSERT INTO doomed_shard VALUES (?)"));
  BOOST_OUTCOME_TRY(doom.bind(0, shard.value).run());
  BOOST_OUTCOME_TRY(auto remove, connection_.prepare("DELETE FROM shard WHERE id = ?"));
  return remove.bind(0, shard.value).run();
}

base::Status Store::insert_shard(ShardRow& shard) {
  BOOST_OUTCOME_TRY(
      auto insert,
      connection_.prepare("INSERT INTO shard (stream_id, number, hash_start, hash_end, created_s, "
                          "parent, adjacent_parent, closed_ms, next_index, last_ms) "
                          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  const auto start = base::to_decimal(shard.hash_start);
  const auto end = base::to_decimal(shard.hash_end);
  insert.bind(0, shard.stream_id).bind(1, std::int64_t{shard.number}).bind(2, start).bind(3, end);
  insert.bind(4, shard.created_s);
  if (shard.parent) insert.bind(5, std::int64_t{*shard.parent});
  if (shard.adjacent_parent) insert.bind(6, std::int64_t{*shard.adjacent_parent});
  if (shard.closed_ms) insert.bind(7, *shard.closed_ms);
  insert.bind(8, shard.next_index).bind(9, shard.last_ms);
  BOOST_OUTCOME_TRY(insert.run());
  shard.key.value = connection_.last_insert_id();
  if (shard.key.value > max_shard_key) {
    return Error{ErrorCode::internal, "the data file has used up its shard numbers"};
  }
  return base::success();
}

base::Status Store::update_stream(const StreamRow& stream) {
  BOOST_OUTCOME_TRY(auto update,
                    connection_.prepare(
                        "UPDATE stream SET mode = ?, distribution = ?, transition = ?, "
                        "transition_until_ms = ?, retention_hours = ?, max_record_kib = ?, "
                        "encryption_key = ?, metrics = ?, warm_mibps = ?, limits = ?, policy = ?, "
                        "trim_floor_ms = ?, encrypted = ? WHERE id = ?"));
  update.bind(0, stream.mode).bind(1, stream.distribution).bind(2, stream.transition);
  update.bind(3, stream.transition_until_ms).bind(4, stream.retention_hours);
  update.bind(5, stream.max_record_kib).bind(6, stream.encryption_key).bind(7, stream.metrics);
  update.bind(8, stream.warm_mibps).bind(9, stream.limits).bind(10, stream.policy);
  update.bind(11, stream.trim_floor_ms).bind(12, stream.encrypted).bind(13, stream.id);
  return update.run();
}

base::Status Store::delete_stream(std::int64_t stream_id) {
  records_->expect_deletions();
  BOOST_OUTCOME_TRY(auto doom, connection_.prepare("INSERT INTO doomed_shard SELECT id FROM shard "
                                                   "WHERE stream_id = ?"));
  BOOST_OUTCOME_TRY(doom.bind(0, stream_id).run());
  BOOST_OUTCOME_TRY(auto remove, connection_.prepare("DELETE FROM stream WHERE id = ?"));
  return remove.bind(0, stream_id).run();
}

base::Result<std::vector<StreamRow>> Store::load_streams() {
  BOOST_OUTCOME_TRY(
      auto row,
      connection_.prepare("SELECT id, account, region, name, mode, distribution, created_ms, "
                          "transition, transition_until_ms, retention_hours, "
                          "max_record_kib, encryption_key, metrics, warm_mibps, limits, policy, "
                          "trim_floor_ms, encrypted FROM stream"));
  BOOST_OUTCOME_TRY(auto tag,
                    connection_.prepare("SELECT key, value FROM tag WHERE stream_id = ?"));
  std::vector<StreamRow> streams;
  for (;;) {
    BOOST_OUTCOME_TRY(const bool found, row.step());
    if (!found) return streams;
    auto& stream = streams.emplace_back();
    stream.id = row.integer(0);
    stream.account = row.text(1);
    stream.region = row.text(2);
    stream.name = row.text(3);
    stream.mode = row.text(4);
    stream.distribution = row.text(5);
    stream.created_ms = row.integer(6);
    stream.transition = row.text(7);
    stream.transition_until_ms = row.integer(8);
    stream.retention_hours = row.integer(9);
    stream.max_record_kib = row.integer(10);
    stream.encryption_key = row.text(11);
    stream.metrics = row.text(12);
    stream.warm_mibps = row.integer(13);
    stream.limits = row.text(14);
    stream.policy = row.text(15);
    stream.trim_floor_ms = row.integer(16);
    stream.encrypted = row.text(17);
    const ResetGuard guard{tag};
    tag.bind(0, stream.id);
    for (;;) {
      BOOST_OUTCOME_TRY(const bool tagged, tag.step());
      if (!tagged) break;
      stream.tags.emplace_back(tag.text(0), tag.text(1));
    }
  }
}

base::Result<std::vector<ShardRow>> Store::load_shards() {
  BOOST_OUTCOME_TRY(
      auto row,
      connection_.prepare("SELECT id, stream_id, number, hash_start, hash_end, created_s, parent, "
                          "adjacent_parent, closed_ms, next_index, last_ms FROM shard "
                          "ORDER BY stream_id, number"));
  BOOST_OUTCOME_TRY(records_->load());
  std::vector<ShardRow> shards;
  for (;;) {
    BOOST_OUTCOME_TRY(const bool found, row.step());
    if (!found) return shards;
    auto& shard = shards.emplace_back();
    shard.key.value = row.integer(0);
    shard.stream_id = row.integer(1);
    shard.number = static_cast<std::uint32_t>(row.integer(2));
    shard.hash_start = hash_key(row.text(3));
    shard.hash_end = hash_key(row.text(4));
    shard.created_s = row.integer(5);
    shard.parent = number_or_none(row, 6);
    shard.adjacent_parent = number_or_none(row, 7);
    if (!row.is_null(8)) shard.closed_ms = row.integer(8);
    shard.next_index = row.integer(9);
    shard.last_ms = row.integer(10);
    BOOST_OUTCOME_TRY(const auto last, records_->last(shard.key));
    if (last) {
      shard.next_index = std::max(shard.next_index, last->index + 1);
      shard.last_ms = std::max(shard.last_ms, last->time_ms);
    }
  }
}

}  // namespace millrace::store
