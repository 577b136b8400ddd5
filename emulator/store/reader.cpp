#include "emulator/store/store.hpp"

namespace millrace::store {
namespace {

using base::Error;
using base::ErrorCode;

Error damaged(std::int64_t id) {
  return {ErrorCode::io,
          "the data file is damaged: chunk " + std::to_string(id) + " cannot be read"};
}

}  // namespace

Reader::Reader(const Records& records, std::unique_ptr<Connection> owned, Statement scan,
               Statement at, Statement last)
    : records_(records),
      owned_(std::move(owned)),
      scan_(std::move(scan)),
      at_(std::move(at)),
      last_(std::move(last)) {}

base::Result<Reader> Reader::over(Connection& shared, const Records& records) {
  // From the chunk that holds the index on, or the one after it.
  BOOST_OUTCOME_TRY(
      auto scan,
      shared.prepare("SELECT id, count, first_ms, head, body FROM chunk WHERE id >= "
                     "coalesce((SELECT id FROM chunk WHERE id BETWEEN ?1 AND ?2 ORDER BY id DESC "
                     "LIMIT 1), ?2) AND id <= ?3 ORDER BY id"));
  BOOST_OUTCOME_TRY(auto at, shared.prepare("SELECT id, first_ms FROM chunk "
                                            "WHERE id BETWEEN ? AND ? ORDER BY id LIMIT 1"));
  BOOST_OUTCOME_TRY(auto last, shared.prepare("SELECT id, first_ms FROM chunk "
                                              "WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT 1"));
  return Reader{records, nullptr, std::move(scan), std::move(at), std::move(last)};
}

base::Result<Reader> Reader::open(const std::string& path, const Records& records) {
  BOOST_OUTCOME_TRY(auto opened, Connection::open(path, Connection::Access::read_only));
  auto owned = std::make_unique<Connection>(std::move(opened));
  BOOST_OUTCOME_TRY(owned->run("PRAGMA cache_size = -4000"));
  BOOST_OUTCOME_TRY(auto reader, over(*owned, records));
  reader.owned_ = std::move(owned);
  return reader;
}

base::Status Reader::scan_chunks(ShardKey shard, std::int64_t from_index, Page& page) {
  const ResetGuard guard{scan_};
  scan_.bind(0, record_id(shard, 0));
  scan_.bind(1, record_id(shard, from_index)).bind(2, record_id(shard, max_index));
  for (;;) {
    BOOST_OUTCOME_TRY(const bool found, scan_.step());
    if (!found) return base::success();
    auto index = index_of(scan_.integer(0));
    const auto end = index + scan_.integer(1);
    if (end <= from_index) continue;
    const auto first_ms = scan_.integer(2);
    Unpacker chunk{scan_.text(3), scan_.blob(4), 1};
    for (; index < end && chunk.next(); ++index) {
      if (index < from_index) continue;
      if (!page.add(index, first_ms + chunk.numbers[0], chunk.has_key, chunk.key_size,
                    chunk.record)) {
        return base::success();
      }
    }
    if (index != end) {
      return damaged(scan_.integer(0));
    }
  }
}

base::Result<Page> Reader::scan(ShardKey shard, std::int64_t from_index, std::size_t limit,
                                std::size_t max_bytes) {
  const auto& pending = records_.pending();
  for (;;) {
    Page page{limit, max_bytes};
    const auto generation = pending.generation();
    if (!pending.read_tip(shard, from_index, page)) {
      BOOST_OUTCOME_TRY(scan_chunks(shard, from_index, page));
      if (page.next_time_ms) return page;
      const auto& got = page.records.entries;
      pending.read(shard, got.empty() ? from_index : got.back().index + 1, page);
      if (pending.generation() != generation) continue;  // some may have moved in between
    }
    if (uncommitted_ && !page.next_time_ms) {
      const auto* appended = records_.appended(shard);
      if (appended != nullptr) page.add(*appended, from_index);
    }
    return page;
  }
}

base::Result<std::optional<Reader::Summary>> Reader::summary(Statement& statement, ShardKey shard,
                                                             std::int64_t from_index) {
  const ResetGuard guard{statement};
  statement.bind(0, record_id(shard, from_index)).bind(1, record_id(shard, max_index));
  BOOST_OUTCOME_TRY(const bool found, statement.step());
  if (!found) return std::optional<Summary>{};
  return std::optional{Summary{index_of(statement.integer(0)), statement.integer(1)}};
}

base::Result<std::optional<std::int64_t>> Reader::first_in_chunks(ShardKey shard,
                                                                  std::int64_t time_ms) {
  BOOST_OUTCOME_TRY(const auto first, summary(at_, shard, 0));
  if (!first) return std::optional<std::int64_t>{};
  if (first->first_ms >= time_ms) return std::optional{first->index};
  BOOST_OUTCOME_TRY(const auto last, summary(last_, shard, 0));
  // The last chunk that begins too early: it begins at `low`, and none that begins at `high` or
  // later does.
  std::int64_t low = first->index;
  std::int64_t high = last->index + 1;
  if (last->first_ms < time_ms) low = last->index;
  while (high - low > 1) {
    const auto middle = low + (high - low) / 2;
    BOOST_OUTCOME_TRY(const auto probe, summary(at_, shard, middle));
    if (probe && probe->index < high && probe->first_ms < time_ms) {
      low = probe->index;
    } else {
      high = middle;
    }
  }
  const ResetGuard guard{scan_};
  scan_.bind(0, record_id(shard, 0));
  scan_.bind(1, record_id(shard, low)).bind(2, record_id(shard, max_index));
  // It is in this chunk or begins the next; in a later one, if some were written meanwhile.
  for (;;) {
    BOOST_OUTCOME_TRY(const bool found, scan_.step());
    if (!found) return std::optional<std::int64_t>{};
    const auto first_ms = scan_.integer(2);
    auto index = index_of(scan_.integer(0));
    Unpacker chunk{scan_.text(3), scan_.blob(4), 1};
    for (; chunk.next(); ++index) {
      if (first_ms + chunk.numbers[0] >= time_ms) return std::optional{index};
    }
    if (chunk.damaged()) return damaged(scan_.integer(0));
  }
}

base::Result<std::optional<std::int64_t>> Reader::first_at(ShardKey shard, std::int64_t time_ms) {
  const auto& pending = records_.pending();
  for (;;) {
    const auto generation = pending.generation();
    BOOST_OUTCOME_TRY(auto found, first_in_chunks(shard, time_ms));
    if (found) return found;
    found = pending.first_at(shard, time_ms);
    if (pending.generation() != generation) continue;  // an earlier one may have moved in between
    if (!found && uncommitted_) {
      const auto* appended = records_.appended(shard);
      if (appended != nullptr) found = store::first_at(*appended, time_ms);
    }
    return found;
  }
}

}  // namespace millrace::store
