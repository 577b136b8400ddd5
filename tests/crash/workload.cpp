#include "tests/crash/workload.hpp"

#include <algorithm>

namespace millrace::test {
namespace {

const engine::Scope scope{"000000000000", "us-east-1"};

}  // namespace

base::Status Workload::transaction(const std::function<base::Status()>& change) {
  auto begun = engine_.begin();
  if (!begun) return begun;
  auto done = change();
  auto committed = engine_.commit();
  return done ? committed : done;
}

base::Status Workload::create(const std::string& name) {
  promises_.unknown_stream = name;
  engine::NewStream wanted;
  wanted.name = name;
  wanted.shards = 1 + static_cast<std::uint32_t>(random_() % 3);
  BOOST_OUTCOME_TRY(transaction([&] { return engine_.create_stream(scope, wanted, 0); }));
  promises_.unknown_stream.reset();
  promises_.streams[name] = engine_.find(scope, name)->row.id;
  return base::success();
}

base::Status Workload::remove(const std::string& name) {
  promises_.unknown_stream = name;
  BOOST_OUTCOME_TRY(transaction([&] { return engine_.delete_stream(scope, name); }));
  promises_.streams.erase(name);
  clock_.advance(base::Millis{engine_.options().transition_ms});
  return base::success();
}

base::Status Workload::trim() {
  clock_.advance(std::chrono::hours{1 + random_() % 9});
  return transaction([&]() -> base::Status {
    BOOST_OUTCOME_TRY(engine_.tidy(1 + static_cast<std::int64_t>(random_() % 40)));
    return base::success();
  });
}

base::Status Workload::checkpoint() {
  return store_.writer().run(random_() % 2 ? "PRAGMA wal_checkpoint(PASSIVE)"
                                           : "PRAGMA wal_checkpoint(TRUNCATE)");
}

base::Status Workload::put() {
  const auto& [name, id] = *std::next(promises_.streams.begin(),
                                      static_cast<long>(random_() % promises_.streams.size()));
  std::vector<std::string> texts(1 + random_() % 12);
  std::vector<engine::NewRecord> records;
  for (auto& text : texts) {
    text.assign(random_() % 10 == 0 ? 6000 : 20 + random_() % 200, static_cast<char>(random_()));
    const auto mark = std::to_string(random_());
    text.replace(0, mark.size(), mark);
    const auto hash = base::Uint128{random_()} << 64 | random_();
    records.push_back({"key", text, hash});
  }
  promises_.unknown_records.clear();
  std::vector<engine::Appended> out;
  std::vector<PutRecord> put;
  BOOST_OUTCOME_TRY(transaction([&]() -> base::Status {
    const auto* stream = engine_.find(scope, name);
    if (stream == nullptr) {
      return base::Error{base::ErrorCode::internal, "the engine has lost stream " + name};
    }
    BOOST_OUTCOME_TRY(engine_.append(*stream, records, out));
    for (std::size_t i = 0; i < out.size(); ++i) {
      const auto& sequence = out[i].sequence;
      promises_.unknown_records.push_back({id, sequence.shard,
                                           static_cast<std::int64_t>(sequence.index),
                                           engine_.now_ms(), texts[i]});
    }
    return base::success();
  }));
  for (auto& record : promises_.unknown_records) {
    promises_.records[{record.stream_id, record.shard}][record.index] = record;
  }
  promises_.unknown_records.clear();
  return base::success();
}

base::Status Workload::step() {
  promises_.unknown_records.clear();
  if (promises_.unknown_stream) {
    // It failed: what became of it is what the engine says, once it has read the disk again.
    BOOST_OUTCOME_TRY(transaction([]() -> base::Status { return base::success(); }));
    const auto* stream = engine_.find(scope, *promises_.unknown_stream);
    if (stream == nullptr || stream->row.transition == "DELETING") {
      promises_.streams.erase(*promises_.unknown_stream);
    } else {
      promises_.streams[*promises_.unknown_stream] = stream->row.id;
    }
    promises_.unknown_stream.reset();
  }
  clock_.advance(base::Millis{random_() % 100});
  const auto dice = random_() % 100;
  if (promises_.streams.empty() || (dice < 4 && promises_.streams.size() < 3)) {
    for (const char* name : {"a", "b", "c"}) {
      if (engine_.find(scope, name) == nullptr) return create(name);
    }
  }
  if (dice < 8) return trim();
  if (dice < 13) return checkpoint();
  if (dice < 15 && !promises_.streams.empty()) return remove(promises_.streams.begin()->first);
  if (promises_.streams.empty()) return trim();
  return put();
}

std::string verify(store::Store& store, engine::Engine& engine, const Promises& promises) {
  // After a failed commit the engine reads the disk again when the next transaction begins.
  auto status = engine.begin();
  if (status) status = engine.commit();
  if (!status) return "no transaction can be begun: " + status.error().message();
  {
    auto check = store.writer().prepare("PRAGMA integrity_check");
    if (!check) return "integrity_check cannot be run: " + check.error().message();
    auto row = check.value().step();
    if (!row) return "integrity_check failed: " + row.error().message();
    if (check.value().text(0) != "ok")
      return "integrity_check says " + std::string{check.value().text(0)};
  }
  for (const auto& [name, id] : promises.streams) {
    if (name == promises.unknown_stream) continue;
    const auto* stream = engine.find(scope, name);
    if (stream == nullptr || stream->row.id != id) return "stream " + name + " is lost";
  }
  auto reader = engine.make_reader();
  if (!reader) return "no reader: " + reader.error().message();
  const auto oldest_ms = engine.now_ms() - 24 * 3'600'000LL;
  std::size_t unknown_found = 0;
  for (const auto* stream : engine.list(scope, "", 100)) {
    const auto& name = stream->row.name;
    if (!promises.streams.contains(name) && promises.unknown_stream != name) {
      return "stream " + name + " is there again";
    }
    for (const auto& shard : stream->shards) {
      const auto where = name + "/" + engine::shard_id(shard->row.number);
      auto page = reader.value()->scan(shard->row.key, 0, 1'000'000, 1 << 30);
      if (!page) return where + " cannot be read: " + page.error().message();
      const auto known = promises.records.find({stream->row.id, shard->row.number});
      std::map<std::int64_t, PutRecord> expected;
      if (known != promises.records.end()) expected = known->second;
      std::int64_t last = 0;
      for (const auto& entry : page.value().records.entries) {
        const auto data = page.value().records.data(entry);
        if (entry.index <= last) return where + ": indexes do not rise";
        last = entry.index;
        const auto at = expected.find(entry.index);
        if (at != expected.end()) {
          if (data != at->second.data) return where + ": a record holds other bytes";
          expected.erase(at);
          continue;
        }
        const auto& unknown = promises.unknown_records;
        const auto found = std::find_if(unknown.begin(), unknown.end(), [&](const PutRecord& one) {
          return one.stream_id == stream->row.id && one.shard == shard->row.number &&
                 one.index == entry.index && one.data == data;
        });
        if (found == unknown.end()) return where + ": a record that nobody was promised";
        ++unknown_found;
      }
      for (const auto& [index, record] : expected) {
        if (record.time_ms >= oldest_ms && stream->row.id == record.stream_id) {
          return where + ": record " + std::to_string(index) + " was acknowledged and is lost";
        }
      }
      const auto highest = known == promises.records.end() || known->second.empty()
                               ? 0
                               : known->second.rbegin()->first;
      if (shard->next_index <= highest) return where + ": a sequence number would be given again";
    }
  }
  if (unknown_found != 0 && unknown_found != promises.unknown_records.size()) {
    return "a transaction is there in part";
  }
  for (const auto* stream : engine.list(scope, "", 100)) {
    const engine::NewRecord record{"key", "after the cut", 0};
    std::vector<engine::Appended> out;
    status = engine.begin();
    if (status) status = engine.append(*stream, {&record, 1}, out);
    if (status) status = engine.commit();
    if (!status) return "puts do not work any more: " + status.error().message();
  }
  return "";
}

}  // namespace millrace::test
