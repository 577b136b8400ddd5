#include "emulator/engine/engine.hpp"

#include <algorithm>
#include <limits>

namespace millrace::engine {

using base::Error;
using base::ErrorCode;

base::Result<std::unique_ptr<Engine>> Engine::open(store::Store& store, const base::Clock& clock,
                                                   Options options) {
  std::unique_ptr<Engine> engine{new Engine{store, clock, options}};
  BOOST_OUTCOME_TRY(auto key, store.secret(Seal::key_bytes));
  engine->seal_ = std::make_unique<Seal>(std::move(key));
  BOOST_OUTCOME_TRY(engine->own_reader_, store.make_reader());
  BOOST_OUTCOME_TRY(engine->queues_, Queues::open(*engine));
  BOOST_OUTCOME_TRY(engine->load());
  return engine;
}

base::Status Engine::load() {
  BOOST_OUTCOME_TRY(auto stream_rows, store_.load_streams());
  BOOST_OUTCOME_TRY(auto shard_rows, store_.load_shards());
  Streams loaded;
  std::map<std::int64_t, Stream*> by_id;
  for (auto& row : stream_rows) {
    StreamKey key{row.account, row.region, row.name};
    auto stream = std::make_unique<Stream>(std::move(row));
    by_id[stream->row.id] = stream.get();
    loaded.emplace(std::move(key), std::move(stream));
  }
  for (auto& row : shard_rows) {
    const auto owner = by_id.find(row.stream_id);
    if (owner == by_id.end()) {
      return Error{ErrorCode::io, "the data file is damaged: shard " +
                                      std::to_string(row.key.value) + " belongs to no stream"};
    }
    owner->second->shards.push_back(std::make_unique<Shard>(row));
  }
  for (auto& [key, stream] : loaded) {
    stream->index_open_shards();
    if (!stream->covers_key_space()) {
      return Error{ErrorCode::io, "the data file is damaged: the open shards of stream " +
                                      stream->row.name + " do not cover the hash key space"};
    }
  }
  {
    const std::unique_lock guard{mutex_};
    touched_.clear();
    streams_ = std::move(loaded);
  }
  BOOST_OUTCOME_TRY(load_clock());
  BOOST_OUTCOME_TRY(load_account());
  BOOST_OUTCOME_TRY(resources_.load());
  const std::unique_lock guard{mutex_};
  bound_transitions();
  return base::success();
}

Stream* Engine::find_mutable(const Scope& scope, std::string_view name) const {
  const auto at = streams_.find(StreamKey{scope.account, scope.region, std::string{name}});
  if (at == streams_.end() || at->second->status(now_ms()) == StreamStatus::gone) return nullptr;
  return at->second.get();
}

const Stream* Engine::find(const Scope& scope, std::string_view name) const {
  return find_mutable(scope, name);
}

const Stream* Engine::find(std::int64_t stream_id) const {
  const auto at = std::find_if(streams_.begin(), streams_.end(), [&](const auto& entry) {
    return entry.second->row.id == stream_id;
  });
  if (at == streams_.end() || at->second->status(now_ms()) == StreamStatus::gone) return nullptr;
  return at->second.get();
}

std::vector<const Stream*> Engine::list(const Scope& scope, std::string_view after,
                                        std::size_t limit) const {
  std::vector<const Stream*> found;
  const auto now = now_ms();
  for (auto at = streams_.upper_bound(StreamKey{scope.account, scope.region, std::string{after}});
       at != streams_.end() && found.size() < limit; ++at) {
    const auto& row = at->second->row;
    if (row.account != scope.account || row.region != scope.region) break;
    if (at->second->status(now) != StreamStatus::gone) found.push_back(at->second.get());
  }
  return found;
}

std::vector<const Stream*> Engine::list() const {
  std::vector<const Stream*> found;
  const auto now = now_ms();
  for (const auto& [key, stream] : streams_) {
    if (stream->status(now) != StreamStatus::gone) found.push_back(stream.get());
  }
  return found;
}

std::int64_t Engine::open_shards(const Scope& scope) const {
  std::int64_t count = 0;
  for (const auto* stream : list(scope, "", std::numeric_limits<std::size_t>::max())) {
    count += static_cast<std::int64_t>(stream->open.size());
  }
  return count;
}

std::int64_t Engine::on_demand_streams(const Scope& scope) const {
  const auto streams = list(scope, "", std::numeric_limits<std::size_t>::max());
  return std::count_if(streams.begin(), streams.end(),
                       [](const Stream* stream) { return stream->row.mode == "ON_DEMAND"; });
}

ReadPlan Engine::plan(const Stream& stream, const Shard& shard, std::int64_t from_index) const {
  return {.shard = shard.row.key,
          .number = shard.row.number,
          .created_s = shard.row.created_s,
          .from_index = from_index,
          .oldest_ms = stream.trim_horizon_ms(now_ms()),
          .closed = shard.sealed.load(std::memory_order_acquire),
          .encrypted = parse_periods(stream.row.encrypted)};
}

base::Result<ReadResult> Engine::read(store::Reader& reader, const ReadPlan& plan,
                                      std::size_t limit, std::size_t max_bytes) const {
  ReadResult result;
  result.next_index = plan.from_index;
  BOOST_OUTCOME_TRY(auto page, reader.scan(plan.shard, plan.from_index, limit, max_bytes));
  if (!page.records.entries.empty() && page.records.entries.front().time_ms < plan.oldest_ms) {
    // Expired but not erased yet: nobody may see them.
    BOOST_OUTCOME_TRY(const auto first, reader.first_at(plan.shard, plan.oldest_ms));
    if (first) {
      BOOST_OUTCOME_TRY(page, reader.scan(plan.shard, *first, limit, max_bytes));
    } else {
      result.next_index = page.records.entries.back().index + 1;
      page = store::Page{limit, max_bytes};
    }
  }
  if (!page.records.entries.empty()) result.next_index = page.records.entries.back().index + 1;
  if (page.next_time_ms) {
    result.millis_behind = std::max<std::int64_t>(0, now_ms() - *page.next_time_ms);
  } else {
    result.at_end = plan.closed;
  }
  result.records = std::move(page.records);
  return result;
}

base::Status Engine::begin() {
  if (stale_) {
    BOOST_OUTCOME_TRY(load());
    stale_ = false;
  }
  BOOST_OUTCOME_TRY(store_.begin());
  if (!doubtful_) return base::success();
  // What failed may lie whole in the log, only unsynced. The next transaction has to write, however
  // little, so that it takes that place: else a restart would find what was refused.
  auto marked = store_.set_meta("last_failure_ms", std::to_string(now_ms()));
  if (!marked) store_.rollback();
  return marked;
}

base::Status Engine::commit() {
  auto committed = broken_ ? base::Status{*broken_} : store_.commit();
  broken_.reset();
  doubtful_ = !committed.has_value();
  if (!committed) {
    store_.rollback();
    signals_.forget();
    clock_moved_ = false;
    // The memory knows of changes that did not happen. Until it could be read anew, nothing is
    // changed.
    stale_ = true;
    if (load()) stale_ = false;
    return committed;
  }
  for (auto* shard : touched_) {
    shard->touched = false;
    shard->committed_next.store(shard->next_index, std::memory_order_release);
    if (shard->row.closed_ms) shard->sealed.store(true, std::memory_order_release);
    signals_.note(shard->row.stream_id);
  }
  touched_.clear();
  signals_.fire();
  if (std::exchange(clock_moved_, false)) {
    time_jumped_ = true;
    signals_.fire_all();
  }
  return base::success();
}

base::Status Engine::create_stream(const Scope& scope, NewStream wanted, std::int64_t creating_ms) {
  const auto now = now_ms();
  const StreamKey key{scope.account, scope.region, wanted.name};
  store::StreamRow row;
  row.account = scope.account;
  row.region = scope.region;
  row.name = wanted.name;
  row.mode = wanted.mode;
  row.distribution = wanted.distribution;
  row.max_record_kib = wanted.max_record_kib;
  row.warm_mibps = wanted.warm_mibps;
  row.tags = std::move(wanted.tags);
  row.created_ms = now;
  row.transition = creating_ms > 0 ? "CREATING" : "";
  row.transition_until_ms = now + creating_ms;
  std::vector<store::ShardRow> shards(wanted.shards);
  const auto old = streams_.find(key);  // deleted, only not tidied up yet
  BOOST_OUTCOME_TRY(atomically([&]() -> base::Status {
    if (old != streams_.end()) {
      BOOST_OUTCOME_TRY(store_.delete_stream(old->second->row.id));
    }
    BOOST_OUTCOME_TRY(store_.insert_stream(row));
    // q = floor(2^128 / n); shard i holds [i*q, (i+1)*q - 1], the last one ends at 2^128 - 1.
    const auto count = base::Uint128{wanted.shards};
    base::Uint128 share = base::uint128_max / count;
    if (base::uint128_max % count == count - 1) ++share;
    for (std::uint32_t i = 0; i < wanted.shards; ++i) {
      auto& shard = shards[i];
      shard.stream_id = row.id;
      shard.number = i;
      shard.hash_start = share * i;
      shard.hash_end = i + 1 == wanted.shards ? base::uint128_max : share * (i + 1) - 1;
      // Two seconds back, as recorded from AWS: the first record is always above the first number.
      shard.created_s = now / 1000 - 2;
      BOOST_OUTCOME_TRY(store_.insert_shard(shard));
    }
    return base::success();
  }));
  auto stream = std::make_unique<Stream>(std::move(row));
  for (const auto& shard : shards) stream->shards.push_back(std::make_unique<Shard>(shard));
  stream->index_open_shards();
  if (old != streams_.end()) drop(old);
  const std::unique_lock guard{mutex_};
  streams_[key] = std::move(stream);
  return base::success();
}

base::Status Engine::delete_stream(const Scope& scope, std::string_view name) {
  auto* stream = find_mutable(scope, name);
  KS_ASSERT(stream != nullptr);
  auto row = stream->row;
  if (row.transition == "DELETING") return base::success();
  row.transition = "DELETING";
  row.transition_until_ms = now_ms() + options_.transition_ms;
  return replace_row(*stream, std::move(row));
}

base::Status Engine::replace_row(const Stream& stream, store::StreamRow row) {
  auto* mine = find_mutable({stream.row.account, stream.row.region}, stream.row.name);
  KS_ASSERT(mine == &stream);
  BOOST_OUTCOME_TRY(store_.update_stream(row));
  signals_.note(row.id);
  const std::unique_lock guard{mutex_};
  mine->row = std::move(row);
  return base::success();
}

base::Status Engine::set_tags(const Stream& stream, store::Tags tags) {
  auto* mine = find_mutable({stream.row.account, stream.row.region}, stream.row.name);
  KS_ASSERT(mine == &stream);
  std::sort(tags.begin(), tags.end());
  BOOST_OUTCOME_TRY(atomically([&] { return store_.replace_stream_tags(stream.row.id, tags); }));
  const std::unique_lock guard{mutex_};
  mine->row.tags = std::move(tags);
  return base::success();
}

base::Status Engine::append(const Stream& stream, std::span<const NewRecord> records,
                            std::vector<Appended>& out) {
  // SQLite may have rolled back by itself; what came after would be written outside the
  // transaction.
  if (broken_) return *broken_;
  auto appended = append_all(stream, records, out);
  if (!appended) broken_ = appended.error();
  return appended;
}

void Engine::touch(Shard& shard) {
  if (shard.touched) return;
  shard.touched = true;
  touched_.push_back(&shard);
}

base::Status Engine::append_all(const Stream& stream, std::span<const NewRecord> records,
                                std::vector<Appended>& out) {
  const auto now = now_ms();
  out.clear();
  out.reserve(records.size());
  const bool limited = limits_on(stream);
  const auto largest = stream.row.max_record_kib * 1024;
  for (const auto& record : records) {
    auto& shard = stream.route(record.hash);
    if (limited) {
      const auto bytes = record.data.size() + record.partition_key.value_or("").size();
      if (!shard.writes.admit(now, static_cast<std::int64_t>(bytes), largest)) {
        out.push_back({.sequence = {.shard = shard.row.number}, .throttled = true});
        continue;
      }
    }
    if (shard.next_index > store::max_index) {
      return Error{ErrorCode::internal, "shard " + shard_id(shard.row.number) + " of stream " +
                                            stream.row.name + " is full"};
    }
    touch(shard);
    // Arrival times never fall, whatever the clock does: reading by time relies on it.
    shard.last_ms = std::max(shard.last_ms, now);
    const auto index = shard.next_index++;
    store_.append(shard.row.key, index, shard.last_ms, record.partition_key, record.data);
    shard.counted_bytes += static_cast<std::int64_t>(record.data.size()) +
                           static_cast<std::int64_t>(record.partition_key.value_or("").size());
    out.push_back({shard.sequence(index, shard.last_ms)});
    ++appended_;
  }
  return base::success();
}

}  // namespace millrace::engine
