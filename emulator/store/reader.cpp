#include "emulator/store/store.hpp"

namespace millrace::store {
namespace {

std::int64_t record_id(ShardKey shard, std::int64_t index) {
  return (shard.value << index_bits) + index;
}

}  // namespace

Reader::Reader(std::unique_ptr<Connection> owned, Statement scan, Statement at, Statement last)
    : owned_(std::move(owned)),
      scan_(std::move(scan)),
      at_(std::move(at)),
      last_(std::move(last)) {}

base::Result<Reader> Reader::over(Connection& shared) {
  BOOST_OUTCOME_TRY(auto scan, shared.prepare("SELECT id, time_ms, partition_key, data FROM record "
                                              "WHERE id BETWEEN ? AND ? ORDER BY id"));
  BOOST_OUTCOME_TRY(auto at, shared.prepare("SELECT id, time_ms FROM record "
                                            "WHERE id BETWEEN ? AND ? ORDER BY id LIMIT 1"));
  BOOST_OUTCOME_TRY(auto last, shared.prepare("SELECT id, time_ms FROM record "
                                              "WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT 1"));
  return Reader{nullptr, std::move(scan), std::move(at), std::move(last)};
}

base::Result<Reader> Reader::open(const std::string& path) {
  BOOST_OUTCOME_TRY(auto opened, Connection::open(path, Connection::Access::read_only));
  auto owned = std::make_unique<Connection>(std::move(opened));
  BOOST_OUTCOME_TRY(owned->run("PRAGMA cache_size = -4000"));
  BOOST_OUTCOME_TRY(auto reader, over(*owned));
  reader.owned_ = std::move(owned);
  return reader;
}

base::Result<Reader::Page> Reader::scan(ShardKey shard, std::int64_t from_index, std::size_t limit,
                                        std::size_t max_bytes) {
  const ResetGuard guard{scan_};
  scan_.bind(0, record_id(shard, from_index)).bind(1, record_id(shard, max_index));
  Page page;
  for (;;) {
    BOOST_OUTCOME_TRY(const bool found, scan_.step());
    if (!found) break;
    const auto key = scan_.text(2);
    const auto data = scan_.blob(3);
    auto& records = page.records;
    const auto size = key.size() + data.size();
    if (records.entries.size() >= limit ||
        (!records.entries.empty() && records.bytes.size() + size > max_bytes)) {
      page.next_time_ms = scan_.integer(1);
      break;
    }
    records.entries.push_back({.index = scan_.integer(0) & max_index,
                               .time_ms = scan_.integer(1),
                               .key_at = records.bytes.size(),
                               .key_size = static_cast<std::uint32_t>(key.size()),
                               .has_key = !scan_.is_null(2),
                               .data_size = static_cast<std::uint32_t>(data.size())});
    records.bytes.append(key);
    records.bytes.append(data);
  }
  return page;
}

base::Result<std::optional<std::int64_t>> Reader::first_at(ShardKey shard, std::int64_t time_ms) {
  struct Place {
    std::int64_t index;
    std::int64_t time_ms;
  };
  const auto end = record_id(shard, max_index);
  // The first kept record at or after an index.
  const auto place = [&](Statement& statement,
                         std::int64_t index) -> base::Result<std::optional<Place>> {
    const ResetGuard guard{statement};
    statement.bind(0, record_id(shard, index)).bind(1, end);
    BOOST_OUTCOME_TRY(const bool found, statement.step());
    if (!found) return std::optional<Place>{};
    return std::optional<Place>{{statement.integer(0) & max_index, statement.integer(1)}};
  };
  BOOST_OUTCOME_TRY(const auto first, place(at_, 0));
  if (!first) return std::optional<std::int64_t>{};
  if (first->time_ms >= time_ms) return std::optional{first->index};
  BOOST_OUTCOME_TRY(const auto last, place(last_, 0));
  if (!last || last->time_ms < time_ms) return std::optional<std::int64_t>{};
  // Whether the first record kept at or after an index is late enough: false at low, true at high.
  std::int64_t low = first->index;
  std::int64_t high = last->index;
  while (high - low > 1) {
    const auto middle = low + (high - low) / 2;
    BOOST_OUTCOME_TRY(const auto probe, place(at_, middle));
    (!probe || probe->time_ms >= time_ms ? high : low) = middle;
  }
  BOOST_OUTCOME_TRY(const auto answer, place(at_, high));
  return answer ? std::optional{answer->index} : std::optional<std::int64_t>{};
}

}  // namespace millrace::store
