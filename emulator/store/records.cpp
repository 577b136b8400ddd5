#include "emulator/store/records.hpp"

namespace millrace::store {
namespace {

using base::Error;
using base::ErrorCode;

// Reading one record reads its chunk.
constexpr std::size_t chunk_bytes = 32U << 10U;
// Chunks are erased as a whole, so what they hold expires within a short time.
constexpr std::int64_t chunk_span_ms = 10 * 60 * 1000;
// A shard that gets so much in a commit gets chunks of its own at once.
constexpr std::size_t direct_bytes = 2U << 10U;
// How many shards' small chunks that may cost, at most, because they were pending.
constexpr std::size_t direct_with_pending = 16;
constexpr std::size_t most_pending_bytes = 4U << 20U;
// Memory that a group keeps between two transactions.
constexpr std::size_t kept_bytes = 256U << 10U;

}  // namespace

base::Result<ChunkWriter> ChunkWriter::open(Connection& connection) {
  BOOST_OUTCOME_TRY(auto insert, connection.prepare("INSERT INTO chunk VALUES (?, ?, ?, ?, ?, ?)"));
  return ChunkWriter{std::move(insert)};
}

base::Status ChunkWriter::add(ShardKey shard, const RecordBatch& from,
                              const RecordBatch::Entry& entry) {
  const auto id = record_id(shard, entry.index);
  const auto size = std::size_t{entry.key_size} + entry.data_size;
  if (count_ > 0 &&
      (id != first_id_ + count_ || entry.time_ms < last_ms_ ||
       entry.time_ms - first_ms_ > chunk_span_ms || packer_.body().size() + size > chunk_bytes)) {
    BOOST_OUTCOME_TRY(finish());
  }
  if (count_ == 0) {
    packer_.begin();
    first_id_ = id;
    first_ms_ = entry.time_ms;
  }
  ++count_;
  last_ms_ = entry.time_ms;
  packer_.add(entry.time_ms - first_ms_, from, entry);
  return base::success();
}

base::Status ChunkWriter::finish() {
  if (count_ == 0) return base::success();
  packer_.end();
  insert_.bind(0, first_id_).bind(1, count_).bind(2, first_ms_).bind(3, last_ms_);
  insert_.bind(4, packer_.head()).bind_blob(5, packer_.body());
  count_ = 0;
  return insert_.run();
}

base::Result<std::unique_ptr<Records>> Records::open(Connection& connection, bool in_memory) {
  BOOST_OUTCOME_TRY(auto chunks, ChunkWriter::open(connection));
  std::unique_ptr<Records> made{new Records{connection, in_memory, std::move(chunks)}};
  BOOST_OUTCOME_TRY(made->insert_journal_,
                    connection.prepare("INSERT INTO journal (head, body) VALUES (?, ?)"));
  BOOST_OUTCOME_TRY(made->empty_journal_, connection.prepare("DELETE FROM journal"));
  BOOST_OUTCOME_TRY(made->read_journal_,
                    connection.prepare("SELECT id, head, body FROM journal ORDER BY id"));
  BOOST_OUTCOME_TRY(made->last_, connection.prepare("SELECT id + count - 1, last_ms FROM chunk "
                                                    "WHERE id BETWEEN ? AND ? "
                                                    "ORDER BY id DESC LIMIT 1"));
  BOOST_OUTCOME_TRY(made->range_,
                    connection.prepare("SELECT id, count FROM chunk WHERE id BETWEEN ? AND ? "
                                       "ORDER BY id"));
  BOOST_OUTCOME_TRY(made->erase_, connection.prepare("DELETE FROM chunk WHERE id >= ? AND id < ?"));
  BOOST_OUTCOME_TRY(
      made->erase_queued_,
      connection.prepare("DELETE FROM queue_record WHERE record_id >= ? AND record_id < ?"));
  BOOST_OUTCOME_TRY(made->find_shard_, connection.prepare("SELECT 1 FROM shard WHERE id = ?"));
  BOOST_OUTCOME_TRY(made->load());
  return made;
}

base::Status Records::load() {
  discard();
  if (in_memory_) return base::success();
  Pending::Shards shards;
  const ResetGuard guard{*read_journal_};
  for (;;) {
    BOOST_OUTCOME_TRY(const bool found, read_journal_->step());
    if (!found) break;
    Unpacker row{read_journal_->text(1), read_journal_->blob(2), 3};
    while (row.next()) {
      shards[row.numbers[0]].append(row.numbers[1], row.numbers[2], row.has_key, row.key_size,
                                    row.record);
    }
    if (row.damaged()) {
      return Error{ErrorCode::io, "the data file is damaged: row " +
                                      std::to_string(read_journal_->integer(0)) +
                                      " of the journal cannot be read"};
    }
  }
  pending_.replace(std::move(shards));
  return base::success();
}

Records::Group& Records::group_of(ShardKey shard) {
  if (used_ > 0 && groups_[used_ - 1].shard == shard) return groups_[used_ - 1];
  const auto [at, added] = group_at_.try_emplace(shard.value, used_);
  if (added) {
    if (used_ == groups_.size()) groups_.emplace_back();
    groups_[used_].shard = shard;
    ++used_;
  }
  return groups_[at->second];
}

const RecordBatch* Records::appended(ShardKey shard) const {
  const auto at = group_at_.find(shard.value);
  return at == group_at_.end() ? nullptr : &groups_[at->second].records;
}

void Records::append(ShardKey shard, std::int64_t index, std::int64_t time_ms,
                     const std::optional<std::string_view>& partition_key, std::string_view data) {
  group_of(shard).records.append(index, time_ms, partition_key.has_value(),
                                 partition_key.value_or(""), data);
}

void Records::forget_groups() {
  for (std::size_t i = 0; i < used_; ++i) {
    auto& records = groups_[i].records;
    if (records.bytes.capacity() > kept_bytes) records = {};
    records.clear();
  }
  used_ = 0;
  group_at_.clear();
}

void Records::discard() {
  forget_groups();
  settled_ = false;
  deletions_ = true;
}

std::size_t Records::unwritten() const {
  auto bytes = pending_.size();
  for (std::size_t i = 0; i < used_; ++i) bytes += groups_[i].records.bytes.size();
  return bytes;
}

bool Records::is_direct(const Group& group) const {
  if (group.records.bytes.size() < direct_bytes) return false;
  const auto& waiting = pending_.shards();
  return settled_ || !waiting.contains(group.shard.value) || waiting.size() <= direct_with_pending;
}

base::Status Records::write() {
  if (used_ == 0) return base::success();
  std::size_t small_bytes = 0;
  bool settle_first = false;
  for (std::size_t i = 0; i < used_; ++i) {
    const auto& group = groups_[i];
    if (!is_direct(group)) {
      small_bytes += group.records.bytes.size();
    } else if (!settled_ && pending_.shards().contains(group.shard.value)) {
      settle_first = true;  // a shard's older records are in chunks before its newer ones
    }
  }
  if (settle_first || (settled_ ? 0 : pending_.size()) + small_bytes > most_pending_bytes) {
    return settle();
  }
  for (std::size_t i = 0; i < used_; ++i) {
    auto& group = groups_[i];
    if (!is_direct(group)) continue;
    BOOST_OUTCOME_TRY(write_chunks(group.shard, nullptr, &group.records));
    group.records.clear();
  }
  return small_bytes == 0 || in_memory_ ? base::success() : write_journal();
}

base::Status Records::write_journal() {
  packer_.begin();
  for (std::size_t i = 0; i < used_; ++i) {
    const auto& group = groups_[i];
    for (const auto& entry : group.records.entries) packer_.add(group.shard, group.records, entry);
  }
  packer_.end();
  insert_journal_->bind(0, packer_.head()).bind_blob(1, packer_.body());
  return insert_journal_->run();
}

base::Status Records::write_chunks(ShardKey shard, const RecordBatch* first,
                                   const RecordBatch* second) {
  for (const auto* batch : {first, second}) {
    if (batch == nullptr) continue;
    for (const auto& entry : batch->entries) {
      BOOST_OUTCOME_TRY(chunks_.add(shard, *batch, entry));
    }
  }
  return chunks_.finish();
}

base::Result<bool> Records::exists(ShardKey shard) {
  if (!deletions_) return true;
  const ResetGuard guard{*find_shard_};
  find_shard_->bind(0, shard.value);
  return find_shard_->step();
}

base::Status Records::settle() {
  const auto write = [&](ShardKey shard, const RecordBatch* first,
                         const RecordBatch* second) -> base::Status {
    BOOST_OUTCOME_TRY(const bool kept, exists(shard));
    return kept ? write_chunks(shard, first, second) : base::success();
  };
  if (!settled_) {
    for (const auto& [id, records] : pending_.shards()) {
      BOOST_OUTCOME_TRY(write({id}, &records, appended({id})));
    }
    if (!in_memory_) {
      BOOST_OUTCOME_TRY(empty_journal_->run());
    }
  }
  for (std::size_t i = 0; i < used_; ++i) {
    const auto& group = groups_[i];
    if (!settled_ && pending_.shards().contains(group.shard.value)) continue;
    BOOST_OUTCOME_TRY(write(group.shard, nullptr, &group.records));
  }
  forget_groups();
  settled_ = true;
  deletions_ = false;
  return base::success();
}

void Records::committed() {
  if (settled_) pending_.replace({});
  for (std::size_t i = 0; i < used_; ++i) pending_.add(groups_[i].shard, groups_[i].records);
  forget_groups();
  settled_ = false;
}

bool Records::has_pending_below(ShardKey shard, std::int64_t index) const {
  const auto at = pending_.shards().find(shard.value);
  return !settled_ && at != pending_.shards().end() && at->second.entries.front().index < index;
}

base::Result<std::optional<Records::Last>> Records::last(ShardKey shard) {
  const auto waiting = pending_.shards().find(shard.value);
  if (waiting != pending_.shards().end()) {
    const auto& entry = waiting->second.entries.back();
    return std::optional{Last{entry.index, entry.time_ms}};
  }
  const ResetGuard guard{*last_};
  last_->bind(0, record_id(shard, 0)).bind(1, record_id(shard, max_index));
  BOOST_OUTCOME_TRY(const bool found, last_->step());
  if (!found) return std::optional<Last>{};
  return std::optional{Last{index_of(last_->integer(0)), last_->integer(1)}};
}

base::Result<std::int64_t> Records::erase(ShardKey shard, std::int64_t below_index,
                                          std::int64_t limit) {
  const auto end = record_id(shard, below_index);
  std::int64_t from = 0;
  std::int64_t to = 0;
  std::int64_t erased = 0;
  {
    const ResetGuard guard{*range_};
    range_->bind(0, record_id(shard, 0)).bind(1, end - 1);
    while (erased < limit) {
      BOOST_OUTCOME_TRY(const bool found, range_->step());
      if (!found || range_->integer(0) + range_->integer(1) > end) break;
      if (erased == 0) from = range_->integer(0);
      to = range_->integer(0) + range_->integer(1);
      erased += range_->integer(1);
    }
  }
  if (erased == 0) return erased;
  BOOST_OUTCOME_TRY(erase_queued_->bind(0, from).bind(1, to).run());
  BOOST_OUTCOME_TRY(erase_->bind(0, from).bind(1, to).run());
  return erased;
}

}  // namespace millrace::store
