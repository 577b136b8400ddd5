#include "tests/crash/workload.hpp"

#include <sqlite3.h>

#include <algorithm>

namespace millrace::test {
namespace {

const engine::Scope scope{"000000000000", "us-east-1"};

using base::Error;
using base::ErrorCode;
using engine::ResourceKind;

constexpr std::int64_t hour_ms = 3'600'000;

}  // namespace

base::Result<std::string> Workload::state() {
  quiet_(true);
  auto digest = digest_of(store_.writer());
  // What was read for the digest must be read from the disk again by the engine.
  sqlite3_db_release_memory(store_.writer().handle());
  quiet_(false);
  return digest;
}

base::Status Workload::begin() {
  // The state that a commit leads to is seen when it begins: nothing is changed after that.
  sqlite3_trace_v2(
      store_.writer().handle(), SQLITE_TRACE_STMT,
      [](unsigned, void* self, void* statement, void*) {
        const std::string_view sql{sqlite3_sql(static_cast<sqlite3_stmt*>(statement))};
        if (sql == "COMMIT") static_cast<Workload*>(self)->note_commit();
        return 0;
      },
      this);
  BOOST_OUTCOME_TRY(auto now, state());
  if (!promises_.states.last.empty() && now != promises_.states.last &&
      !promises_.states.possible.contains(now) &&
      !(by_mover_ && promises_.states.all.contains(now))) {
    return Error{ErrorCode::internal, "a restart finds a state that no transaction led to"};
  }
  promises_.states.acknowledged(std::move(now));
  return base::success();
}

Workload::~Workload() {
  sqlite3_trace_v2(store_.writer().handle(), 0, nullptr, nullptr);
}

void Workload::note_commit() {
  auto digest = state();
  if (!digest) return;  // shown by the step: it has no state to go on with
  next_ = digest.value();
  promises_.states.possible.insert(next_);
}

base::Status Workload::step() {
  clock_.advance(base::Millis{random_() % 100});
  if (random_() % 20 == 0) return checkpoint();
  BOOST_OUTCOME_TRY(engine_.begin());
  BOOST_OUTCOME_TRY(const auto before, state());
  next_.clear();
  put_.clear();
  auto done = change();
  auto committed = engine_.commit();
  if (!committed) return done ? committed : done;
  if (next_.empty()) return Error{ErrorCode::internal, "a commit was not seen"};
  if (!done && before != next_) wrong_ = "half of what failed stays: " + done.error().message();
  promises_.states.acknowledged(std::move(next_));
  if (done) {
    for (auto& record : put_) {
      promises_.records[{record.stream_id, record.shard}][record.index] = std::move(record);
    }
  }
  return done;
}

base::Status Workload::change() {
  const auto dice = random_() % 100;
  const auto* stream = any_stream();
  if (stream == nullptr || dice < 4) return create_stream();
  if (dice < 9) return tidy();
  if (dice < 11) {
    BOOST_OUTCOME_TRY(engine_.delete_stream(scope, stream->row.name));
    clock_.advance(base::Millis{engine_.options().transition_ms});
    return base::success();
  }
  if (dice < 19) return reshard(*stream);
  if (dice < 22) return change_retention(*stream);
  if (dice < 24) return tag(*stream);
  if (dice < 31) return create_resource(*stream);
  if (dice < 33) return set_clock();
  if (const auto* queue = any_resource(ResourceKind::queue); dice < 44 && queue != nullptr) {
    return receive(*queue);
  }
  if (const auto* one = any_resource(ResourceKind::channel); dice < 49 && one != nullptr) {
    return deliver(*one);
  }
  return put(*stream);
}

const engine::Stream* Workload::any_stream() {
  const auto streams = engine_.list(scope, "", 9);
  return streams.empty() ? nullptr : streams[random_() % streams.size()];
}

const engine::Resource* Workload::any_resource(ResourceKind kind) {
  const auto all = engine_.resources().all(kind, engine_.now_ms());
  return all.empty() ? nullptr : all[random_() % all.size()];
}

base::Status Workload::create_stream() {
  engine::NewStream wanted;
  for (const char* name : {"a", "b", "c"}) {
    if (engine_.find(scope, name) == nullptr) wanted.name = name;
  }
  if (wanted.name.empty()) return base::success();
  wanted.shards = 1 + static_cast<std::uint32_t>(random_() % 3);
  return engine_.create_stream(scope, wanted, 0);
}

base::Status Workload::reshard(const engine::Stream& stream) {
  const auto& open = stream.open;
  const auto at = random_() % open.size();
  if (random_() % 2 == 0 && open.size() < 5) {
    const auto& row = open[at]->row;
    if (row.hash_end - row.hash_start < 3) return base::success();
    const auto key = row.hash_start + (row.hash_end - row.hash_start) / 2;
    return engine_.split_shard(stream, *open[at], key);
  }
  if (open.size() < 2) return base::success();
  if (random_() % 3 == 0) {
    return engine_.scale_shards(stream, 1 + random_() % 4);
  }
  const auto low = std::min(at, open.size() - 2);
  return engine_.merge_shards(stream, *open[low], *open[low + 1]);
}

base::Status Workload::change_retention(const engine::Stream& stream) {
  const std::int64_t hours = random_() % 2 == 0 ? 24 : 48;
  return engine_.alter_stream(stream, [&](store::StreamRow& row) {
    row.trim_floor_ms = stream.trim_horizon_ms(engine_.now_ms());
    row.retention_hours = hours;
  });
}

base::Status Workload::tag(const engine::Stream& stream) {
  store::Tags tags;
  for (auto i = random_() % 4; i > 0; --i) {
    tags.emplace_back("key" + std::to_string(i), std::to_string(random_()));
  }
  return engine_.set_tags(stream, tags);
}

base::Status Workload::create_resource(const engine::Stream& stream) {
  const auto kind =
      std::array{ResourceKind::consumer, ResourceKind::channel, ResourceKind::queue}[random_() % 3];
  if (const auto* old = any_resource(kind); old != nullptr && random_() % 2 == 0) {
    return engine_.delete_resource(*old);
  }
  store::ResourceRow row;
  row.kind = to_text(kind);
  row.name = "r" + std::to_string(random_());
  row.tags = {{"made", "yes"}};
  return engine_.atomically([&]() -> base::Status {
    BOOST_OUTCOME_TRY(const auto* made, engine_.create_resource(stream, row));
    if (kind != ResourceKind::queue || random_() % 2 == 0) return base::success();
    return engine_.queues().begin_at_latest(*made, stream);
  });
}

base::Status Workload::receive(const engine::Resource& queue) {
  const auto* stream = engine_.find(queue.row.stream_id);
  if (stream == nullptr) return base::success();
  engine::QueueTake take;
  take.path = random_() % 4 == 0 ? engine::QueuePath::dead_letter : engine::QueuePath::normal;
  take.most_receives = 2;
  take.visibility_ms = 50;
  take.limit = 1 + random_() % 6;
  return engine_.atomically([&]() -> base::Status {
    BOOST_OUTCOME_TRY(const auto batch, engine_.queues().receive(queue, *stream, take));
    for (const auto& delivery : batch.deliveries) {
      if (random_() % 2 == 0) continue;
      BOOST_OUTCOME_TRY(engine_.queues().acknowledge(queue, take.path, delivery.receipt_handle));
    }
    return base::success();
  });
}

base::Status Workload::deliver(const engine::Resource& channel) {
  const auto* stream = engine_.find(channel.row.stream_id);
  if (stream == nullptr) return base::success();
  return engine_.atomically([&]() -> base::Status {
    for (const auto* shard : stream->open) {
      BOOST_OUTCOME_TRY(
          store_.set_channel_position(channel.row.id, {shard->row.key, shard->next_index}));
    }
    return base::success();
  });
}

base::Status Workload::set_clock() {
  const auto by = static_cast<std::int64_t>(random_() % 7'200'000) - hour_ms;
  return engine_.set_clock_offset(engine_.clock_offset_ms() + by);
}

base::Status Workload::tidy() {
  clock_.advance(std::chrono::hours{1 + random_() % 9});
  for (const auto* stream : engine_.list(scope, "", 9)) {
    const auto horizon = stream->trim_horizon_ms(engine_.now_ms());
    for (auto& [shard, records] : promises_.records) {
      if (shard.first != stream->row.id || records.empty()) continue;
      // The last one stays: its number must not be given again.
      for (auto at = records.begin(); std::next(at) != records.end();) {
        at = at->second.time_ms < horizon ? records.erase(at) : std::next(at);
      }
      if (records.begin()->second.time_ms < horizon) records.begin()->second.time_ms = 0;
    }
  }
  BOOST_OUTCOME_TRY(engine_.tidy(1 + static_cast<std::int64_t>(random_() % 40)));
  if (random_() % 2 == 0) return base::success();
  auto shorter = store_.give_back(1 + static_cast<std::int64_t>(random_() % 20));
  if (!shorter) engine_.give_up(shorter.error());
  return shorter;
}

base::Status Workload::checkpoint() {
  if (random_() % 3 == 0) return store_.try_room(160'000);
  if (by_mover_) return base::success();
  return store_.writer().run(random_() % 2 ? "PRAGMA wal_checkpoint(PASSIVE)"
                                           : "PRAGMA wal_checkpoint(TRUNCATE)");
}

base::Status Workload::put(const engine::Stream& stream) {
  std::vector<std::string> texts(1 + random_() % 12);
  std::vector<engine::NewRecord> records;
  for (auto& text : texts) {
    text.assign(random_() % 10 == 0 ? 6000 : 20 + random_() % 200, static_cast<char>(random_()));
    const auto mark = std::to_string(random_());
    text.replace(0, mark.size(), mark);
    const auto hash = base::Uint128{random_()} << 64 | random_();
    records.push_back({"key", text, hash});
  }
  std::vector<engine::Appended> out;
  BOOST_OUTCOME_TRY(engine_.append(stream, records, out));
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto& sequence = out[i].sequence;
    put_.push_back({stream.row.id, sequence.shard, static_cast<std::int64_t>(sequence.index),
                    engine_.now_ms(), texts[i]});
  }
  return base::success();
}

namespace {

std::string check_state(store::Store& store, const Promises& promises, Expected expected) {
  const auto& states = promises.states;
  if (states.last.empty()) return "";  // cut while the file was being made
  const auto now = digest_of(store.writer());
  if (!now) return "the tables cannot be read: " + now.error().message();
  if (now.value() == states.last) return "";
  if (expected.in_use) return "it is not in the state that was acknowledged last";
  if (states.possible.contains(now.value())) return "";
  if (expected.forgetful && states.all.contains(now.value())) return "";
  return states.all.contains(now.value()) ? "what was acknowledged last is lost"
                                          : "it is in a state that no transaction led to";
}

std::string check_integrity(store::Store& store) {
  auto check = store.writer().prepare("PRAGMA integrity_check");
  if (!check) return "integrity_check cannot be run: " + check.error().message();
  auto row = check.value().step();
  if (!row) return "integrity_check failed: " + row.error().message();
  const std::string said{check.value().text(0)};
  return said == "ok" ? "" : "integrity_check says " + said;
}

std::string check_records(engine::Engine& engine, const Promises& promises) {
  auto reader = engine.make_reader();
  if (!reader) return "no reader: " + reader.error().message();
  for (const auto* stream : engine.list(scope, "", 100)) {
    const auto oldest_ms = stream->trim_horizon_ms(engine.now_ms());
    for (const auto& shard : stream->shards) {
      const auto where = stream->row.name + "/" + engine::shard_id(shard->row.number);
      const auto known = promises.records.find({stream->row.id, shard->row.number});
      if (known == promises.records.end() || known->second.empty()) continue;
      auto page = reader.value()->scan(shard->row.key, 0, 1'000'000, 1 << 30);
      if (!page) return where + " cannot be read: " + page.error().message();
      std::map<std::int64_t, std::string_view> found;
      for (const auto& entry : page.value().records.entries) {
        found[entry.index] = page.value().records.data(entry);
      }
      for (const auto& [index, record] : known->second) {
        if (record.time_ms < oldest_ms) continue;
        const auto at = found.find(index);
        const auto name = where + ": record " + std::to_string(index);
        if (at == found.end()) return name + " was acknowledged and is lost";
        if (at->second != record.data) return name + " holds other bytes";
      }
      if (shard->next_index <= known->second.rbegin()->first) {
        return where + ": a sequence number would be given again";
      }
    }
  }
  return "";
}

}  // namespace

std::string verify(store::Store& store, engine::Engine& engine, const Promises& promises,
                   Expected expected) {
  auto wrong = check_state(store, promises, expected);
  if (wrong.empty()) wrong = check_integrity(store);
  if (wrong.empty() && expected.in_use) {
    // After a failed commit the engine reads the disk again here, and makes its streams anew.
    const auto transaction = [&] {
      auto done = engine.begin();
      return done ? engine.commit() : done;
    };
    auto reloaded = transaction();
    // A sync that failed for another handle is told to the engine's as well, once.
    if (!reloaded) reloaded = transaction();
    if (!reloaded) return "no transaction can be begun: " + reloaded.error().message();
  }
  if (wrong.empty() && !expected.forgetful) wrong = check_records(engine, promises);
  if (!wrong.empty()) return wrong;
  for (const auto* stream : engine.list(scope, "", 100)) {
    if (stream->row.transition == "DELETING") continue;
    const engine::NewRecord record{"key", "after the cut", 0};
    std::vector<engine::Appended> out;
    auto status = engine.begin();
    if (status) status = engine.append(*stream, {&record, 1}, out);
    if (status) status = engine.commit();
    if (!status) return "puts do not work any more: " + status.error().message();
  }
  return "";
}

}  // namespace millrace::test
