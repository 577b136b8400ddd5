// The engine's clock: kept in the data file, and back where it was when a commit fails.
#include <doctest/doctest.h>

#include "emulator/engine/committer.hpp"
#include "tests/support/temp_dir.hpp"

using namespace millrace;
using namespace millrace::engine;

namespace {

const Scope scope{"000000000000", "us-east-1"};

struct Opened {
  explicit Opened(const base::Clock& clock, const std::optional<std::string>& directory = {}) {
    store = store::Store::open(directory, store::Durability::full).value();
    engine = Engine::open(*store, clock, {}).value();
  }
  std::unique_ptr<store::Store> store;
  std::unique_ptr<Engine> engine;
};

// Moves the clock by a job, and keeps what it found when it was answered.
struct Move final : Job {
  explicit Move(std::int64_t by) : offset_ms(by) {}
  void run(Engine& engine) override {
    status = engine.set_clock_offset(offset_ms);
    moved = &engine;
  }
  void finish(const base::Status& committed) override {
    streams_left = moved->list().size();
    done = committed.has_value() && status.has_value();
    done.notify_one();
  }
  std::int64_t offset_ms;
  Engine* moved = nullptr;
  base::Status status = base::success();
  std::size_t streams_left = 0;
  std::atomic<bool> done{false};
};

}  // namespace

TEST_CASE("engine: a moved clock is still moved after a restart") {
  const test::TempDir dir;
  const base::ManualClock clock;
  {
    Opened opened{clock, dir.path()};
    REQUIRE(opened.engine->begin());
    REQUIRE(opened.engine->set_clock_offset(-5));
    REQUIRE(opened.engine->set_clock_offset(3'600'000));
    REQUIRE(opened.engine->commit());
  }
  const Opened again{clock, dir.path()};
  CHECK(again.engine->clock_offset_ms() == 3'600'000);
  CHECK(again.engine->now_ms() == base::to_epoch_ms(clock.now()) + 3'600'000);
}

TEST_CASE("engine: a data file whose clock offset is no number is refused by name") {
  const base::ManualClock clock;
  auto store = store::Store::open(std::nullopt, store::Durability::full).value();
  REQUIRE(store->set_meta("clock_offset_ms", "12x"));
  const auto opened = Engine::open(*store, clock, {});
  REQUIRE_FALSE(opened);
  CHECK(opened.error().message() == "the data file is damaged: its clock offset is '12x'");
}

TEST_CASE("engine: the clock stays where it is when the commit of its move fails") {
  const base::ManualClock clock;
  Opened opened{clock};
  REQUIRE(opened.engine->begin());
  REQUIRE(opened.engine->set_clock_offset(100));
  REQUIRE(opened.engine->commit());
  CHECK(opened.engine->take_clock_moved());
  REQUIRE(opened.engine->begin());
  REQUIRE(opened.engine->set_clock_offset(5000));
  CHECK(opened.engine->clock_offset_ms() == 5000);
  // A row that refers to nothing: SQLite finds it at the commit.
  REQUIRE(opened.store->writer().run("PRAGMA defer_foreign_keys = ON"));
  REQUIRE(opened.store->writer().run("INSERT INTO tag VALUES (999, 'k', 'v')"));
  CHECK_FALSE(opened.engine->commit());
  CHECK(opened.engine->clock_offset_ms() == 100);
  CHECK_FALSE(opened.engine->take_clock_moved());
}

TEST_CASE(
    "engine: a clock that goes back leaves states as they are and what is under way its time") {
  const base::ManualClock clock;
  Opened opened{clock};
  auto& engine = *opened.engine;
  const auto back = [&](std::int64_t by_ms) {
    REQUIRE(engine.begin());
    REQUIRE(engine.set_clock_offset(engine.clock_offset_ms() - by_ms));
    REQUIRE(engine.commit());
  };
  const auto create = [&](const char* name, std::int64_t creating_ms) {
    REQUIRE(engine.begin());
    REQUIRE(engine.create_stream(scope, {.name = name}, creating_ms));
    REQUIRE(engine.commit());
  };
  const auto status = [&](const char* name) {
    const auto* stream = engine.find(scope, name);
    return stream ? stream->status(engine.now_ms()) : StreamStatus::gone;
  };
  create("made", 100);
  create("deleted", 0);
  REQUIRE(engine.begin());
  const auto made = engine.create_resource(*engine.find(scope, "made"),
                                           {.kind = "consumer", .owner = "made", .name = "reader"});
  REQUIRE(made);
  REQUIRE(engine.delete_stream(scope, "deleted"));
  REQUIRE(engine.commit());
  back(-500);  // forward: the transition time
  create("new", 1000);
  CHECK(status("made") == StreamStatus::active);
  CHECK(status("deleted") == StreamStatus::gone);
  back(3'600'000);
  CHECK(status("made") == StreamStatus::active);
  CHECK(made.value()->status(engine.now_ms()) == ResourceStatus::active);
  CHECK(status("deleted") == StreamStatus::gone);
  CHECK(status("new") == StreamStatus::creating);
  back(-999);
  CHECK(status("new") == StreamStatus::creating);
  back(-1);
  CHECK(status("new") == StreamStatus::active);
}

TEST_CASE("engine: a system clock that is set back leaves nothing CREATING or UPDATING for long") {
  base::ManualClock clock;
  Opened opened{clock};
  auto& engine = *opened.engine;
  const auto tidy = [&] {
    REQUIRE(engine.begin());
    REQUIRE(engine.tidy(10));
    REQUIRE(engine.commit());
  };
  const auto status = [&](const char* name) {
    const auto* stream = engine.find(scope, name);
    return stream ? stream->status(engine.now_ms()) : StreamStatus::gone;
  };
  REQUIRE(engine.begin());
  for (const auto* name : {"made", "changed", "deleted"}) {
    REQUIRE(engine.create_stream(scope, {.name = name}));
  }
  REQUIRE(engine.commit());
  clock.advance(base::Millis{500});
  tidy();
  REQUIRE(engine.begin());
  REQUIRE(engine.alter_stream(
      *engine.find(scope, "changed"), [](auto&) {}, 500));
  REQUIRE(engine.delete_stream(scope, "deleted"));
  const auto made = engine.create_resource(*engine.find(scope, "made"),
                                           {.kind = "consumer", .owner = "made", .name = "reader"});
  REQUIRE(made);
  REQUIRE(engine.commit());
  tidy();
  clock.advance(-base::Millis{3'600'000});
  tidy();
  CHECK(engine.take_clock_moved());
  CHECK(status("made") == StreamStatus::active);
  CHECK(status("changed") == StreamStatus::updating);
  CHECK(status("deleted") == StreamStatus::deleting);
  clock.advance(base::Millis{500});
  tidy();
  CHECK(status("changed") == StreamStatus::active);
  CHECK(status("deleted") == StreamStatus::gone);
  CHECK(made.value()->status(engine.now_ms()) == ResourceStatus::active);
  CHECK_FALSE(engine.take_clock_moved());
}

TEST_CASE("engine: a few milliseconds back, as a time server does it, are no jump") {
  base::ManualClock clock;
  Opened opened{clock};
  auto& engine = *opened.engine;
  for (int i = 0; i < 30; ++i) {
    clock.advance(base::Millis{i % 2 == 0 ? 40 : -30});
    REQUIRE(engine.begin());
    REQUIRE(engine.tidy(10));
    REQUIRE(engine.commit());
  }
  CHECK_FALSE(engine.take_clock_moved());
}

TEST_CASE("engine: a system clock that was set back between two runs keeps nothing under way") {
  const test::TempDir dir;
  base::ManualClock clock;
  {
    Opened opened{clock, dir.path()};
    auto& engine = *opened.engine;
    REQUIRE(engine.begin());
    REQUIRE(engine.create_stream(scope, {.name = "s"}));
    REQUIRE(engine.create_resource(*engine.find(scope, "s"),
                                   {.kind = "consumer", .owner = "s", .name = "reader"}));
    REQUIRE(engine.commit());
  }
  clock.advance(-base::Millis{3'600'000});
  const Opened again{clock, dir.path()};
  auto& engine = *again.engine;
  const auto* stream = engine.find(scope, "s");
  REQUIRE(stream != nullptr);
  const auto consumers = engine.resources().all(ResourceKind::consumer, engine.now_ms());
  REQUIRE(consumers.size() == 1);
  CHECK(stream->status(engine.now_ms()) == StreamStatus::creating);
  clock.advance(base::Millis{engine.options().transition_ms});
  CHECK(stream->status(engine.now_ms()) == StreamStatus::active);
  CHECK(consumers.front()->status(engine.now_ms()) == ResourceStatus::active);
}

TEST_CASE("committer: housekeeping has been done when the move of the clock is answered") {
  const base::ManualClock clock;
  Opened opened{clock};
  auto& engine = *opened.engine;
  REQUIRE(engine.begin());
  REQUIRE(engine.create_stream(scope, {.name = "s"}, 0));
  REQUIRE(engine.delete_stream(scope, "s"));
  REQUIRE(engine.commit());
  Move move{engine.options().transition_ms};
  {
    Committer committer{engine};
    committer.submit(move);
    move.done.wait(false);
  }
  CHECK(move.streams_left == 0);
  CHECK(opened.store->load_streams().value().empty());
}
