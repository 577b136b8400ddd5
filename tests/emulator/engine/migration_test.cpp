// Data files of older versions: opened, read whole, and gone on with.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "emulator/engine/engine.hpp"
#include "tests/support/temp_dir.hpp"

using namespace millrace;
using namespace millrace::engine;

namespace {

const Scope scope{"000000000000", "us-east-1"};
constexpr std::int64_t made_ms = 1'795'413'713'017;

// Schema 1 is kept as a file, the others as SQL: what `.dump` wrote.
void put_file(int schema, const std::string& directory) {
  const auto source = "data/store/schema-" + std::to_string(schema);
  const auto path = directory + "/millrace.db";
  if (schema == 1) {
    std::filesystem::copy_file(source + ".db", path);
    return;
  }
  std::ifstream file{source + ".sql"};
  std::stringstream sql;
  sql << file.rdbuf();
  REQUIRE(sql.str().size() > 1000);
  auto made = store::Connection::open(path, store::Connection::Access::read_write);
  REQUIRE(made);
  REQUIRE(made.value().run(sql.str().c_str()));
}

struct Opened {
  Opened(const base::Clock& clock, const std::string& directory) {
    auto opened = store::Store::open(directory, store::Durability::full);
    REQUIRE_MESSAGE(opened.has_value(), (opened ? "" : opened.error().message()));
    store = std::move(opened).value();
    engine = Engine::open(*store, clock, {}).value();
    reader = engine->make_reader().value();
  }
  // Every record of a stream that has not expired: "shard/sequence number/key/data".
  std::vector<std::string> records(const char* name) {
    std::vector<std::string> found;
    const auto* stream = engine->find(scope, name);
    REQUIRE(stream != nullptr);
    for (const auto& shard : stream->shards) {
      const auto read =
          engine->read(*reader, engine->plan(*stream, *shard, 0), 1000, 1 << 20).value();
      for (const auto& entry : read.records.entries) {
        found.push_back(std::to_string(shard->row.number) + "/" +
                        SequenceText{shard->sequence(entry.index, entry.time_ms)}.str() + "/" +
                        (entry.has_key ? std::string{read.records.key(entry)} : "-") + "/" +
                        std::string{read.records.data(entry)});
      }
    }
    return found;
  }
  std::string text(const char* sql) const {
    auto row = store->writer().prepare(sql).value();
    REQUIRE(row.step().value());
    return std::string{row.text(0)};
  }
  SequenceNumber put(const char* name) const {
    const NewRecord record{"key", "new", 0};
    std::vector<Appended> out;
    REQUIRE(engine->begin());
    REQUIRE(engine->append(*engine->find(scope, name), {&record, 1}, out));
    REQUIRE(engine->commit());
    return out.at(0).sequence;
  }
  std::unique_ptr<store::Store> store;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<store::Reader> reader;
};

}  // namespace

TEST_CASE("migration: a data file of any older schema is read whole and gone on with") {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<char>(i));
  for (const int schema : {1, 2, 3}) {
    CAPTURE(schema);
    const test::TempDir dir;
    put_file(schema, dir.path());
    base::ManualClock clock{made_ms + 60'000};
    // The numbers are those that the old program's view showed.
    const std::vector<std::string> old = {
        "1/49680482326850092978132629446879776315744155409416454162/0/record 0",
        "1/49680482326850092978132629446880985241563770038591160338/1/record 1",
        "1/49680482326850092978132629446882194167383384736485343250/2/record 2",
        "1/49680482326850092978132629446883403093202999365660049426/3/record 3",
        "1/49680482326850092978132629446884612019022613994834755602/4/record 4"};
    const std::vector<std::string> second = {
        "0/49680482326827792232934098823745494152389194754239234050/a/seven",
        "0/49680482326827792232934098823746703078208809383413940226/schl\u00fcssel/",
        "2/49680482329726889108743079832137883972915794387285311522/-/no key",
        "2/49680482329726889108743079832139092898735409016460017698/k/" + bytes,
        "2/49680482329726889108743079832140301824555023645634723874/long/" +
            std::string(5000, 'z')};
    {
      Opened opened{clock, dir.path()};
      CHECK(opened.text("PRAGMA user_version") == "4");
      CHECK(opened.records("old") == old);
      CHECK(opened.put("old").index == 1);  // of shard 0, which was empty
      if (schema > 1) {
        CHECK(opened.records("second") == second);
        CHECK(opened.put("second").index == 4);
      }
    }
    Opened again{clock, dir.path()};
    CHECK(again.text("PRAGMA integrity_check") == "ok");
    CHECK(again.records("old").size() == old.size() + 1);
    if (schema > 1) CHECK(again.records("second").size() == second.size() + 1);
  }
}

TEST_CASE("migration: what schemas 2 and 3 keep beside records is there") {
  for (const int schema : {2, 3}) {
    CAPTURE(schema);
    const test::TempDir dir;
    put_file(schema, dir.path());
    const base::ManualClock clock{made_ms + 60'000};
    const Opened opened{clock, dir.path()};
    const auto& row = opened.engine->find(scope, "second")->row;
    CHECK(row.mode == "ON_DEMAND");
    CHECK(row.distribution == "AUTO");
    CHECK(row.retention_hours == 48);
    CHECK(row.max_record_kib == 2048);
    CHECK(row.metrics == "IncomingBytes");
    CHECK(row.limits == "off");
    CHECK(row.warm_mibps == 5);
    CHECK(row.tags == store::Tags{{"team", "blue"}});
    CHECK(row.trim_floor_ms == (schema == 3 ? made_ms - 1 : 0));
    CHECK(row.encrypted.empty() == (schema == 2));
    const auto& shards = opened.engine->find(scope, "second")->shards;
    REQUIRE(shards.size() == 3);
    CHECK(shards[0]->row.closed_ms == made_ms + 5000);
    CHECK(shards[2]->row.parent == 0);
    CHECK(shards[2]->row.adjacent_parent == 1);
    const auto consumers = opened.engine->resources().all(ResourceKind::consumer, made_ms);
    REQUIRE(consumers.size() == 1);
    CHECK(consumers[0]->row.name == "reader");
    CHECK(consumers[0]->row.tags == store::Tags{{"k", "v"}});
    CHECK(opened.engine->resources().all(ResourceKind::queue, made_ms).size() == 1);
    CHECK(opened.engine->account_setting(scope, "billing") == "committed");
    CHECK(opened.text("SELECT next_index FROM queue_shard") == "3");
    CHECK(opened.text("SELECT visible_ms FROM queue_record") == std::to_string(made_ms + 30'000));
    CHECK(opened.store->count_events(2, "scale", made_ms).value() == 1);
    // Records of a stream that was deleted are erased still.
    CHECK(opened.text("SELECT count(*) FROM chunk WHERE id >> 40 = 6") == "1");
    REQUIRE(opened.engine->begin());
    while (opened.engine->tidy(100).value()) {
    }
    REQUIRE(opened.engine->commit());
    CHECK(opened.text("SELECT count(*) FROM chunk WHERE id >> 40 = 6") == "0");
    CHECK(opened.text("SELECT count(*) FROM doomed_shard") == "0");
  }
}
