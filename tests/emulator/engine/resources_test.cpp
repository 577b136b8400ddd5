#include "emulator/engine/resources.hpp"

#include <doctest/doctest.h>

#include "emulator/engine/engine.hpp"
#include "tests/support/temp_dir.hpp"

using namespace millrace;
using namespace millrace::engine;

namespace {

const Scope scope{"000000000000", "us-east-1"};

struct Fixture {
  explicit Fixture(std::optional<std::string> directory = std::nullopt)
      : directory_(std::move(directory)) {
    open();
  }
  void open() {
    engine.reset();
    store.reset();
    store = store::Store::open(directory_, store::Durability::full).value();
    engine = Engine::open(*store, clock, {}).value();
  }
  template <class F>
  void change(F&& what) {
    REQUIRE(engine->begin());
    const base::Status done = what();
    REQUIRE(done);
    REQUIRE(engine->commit());
  }
  void create_stream(const char* name) {
    NewStream wanted;
    wanted.name = name;
    change([&] { return engine->create_stream(scope, wanted); });
    clock.advance(base::Millis{500});
  }
  void create(const char* stream, const char* kind, const char* name) {
    store::ResourceRow row;
    row.kind = kind;
    row.owner = row.kind == "consumer" ? stream : "";
    row.name = name;
    row.tags = {{"team", "a"}};
    change([&]() -> base::Status {
      BOOST_OUTCOME_TRY(engine->create_resource(*engine->find(scope, stream), row));
      return base::success();
    });
  }
  const Resource* find(const std::string& arn) {
    const auto parsed = parse_arn(arn);
    REQUIRE(parsed);
    return engine->resources().find(*parsed, engine->now_ms());
  }
  void tidy() {
    change([&]() -> base::Status {
      BOOST_OUTCOME_TRY(engine->tidy(100));
      return base::success();
    });
  }

  std::optional<std::string> directory_;
  base::ManualClock clock;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<Engine> engine;
};

const std::string queue_arn = "arn:aws:kinesis:us-east-1:000000000000:queue/q";

}  // namespace

TEST_CASE("a resource is CREATING, ACTIVE, UPDATING, DELETING and gone") {
  Fixture at;
  at.create_stream("s");
  at.create("s", "queue", "q");
  REQUIRE(at.find(queue_arn) != nullptr);
  CHECK(at.find(queue_arn)->arn() == queue_arn);
  const auto status = [&] { return at.find(queue_arn)->status(at.engine->now_ms()); };
  CHECK(status() == ResourceStatus::creating);
  at.clock.advance(base::Millis{500});
  CHECK(status() == ResourceStatus::active);
  at.change([&] {
    return at.engine->alter_resource(
        *at.find(queue_arn), [](store::ResourceRow& row) { row.settings = "{}"; }, 300);
  });
  CHECK(status() == ResourceStatus::updating);
  at.clock.advance(base::Millis{300});
  CHECK(status() == ResourceStatus::active);
  at.change([&] { return at.engine->delete_resource(*at.find(queue_arn)); });
  CHECK(status() == ResourceStatus::deleting);
  at.clock.advance(base::Millis{500});
  CHECK(at.find(queue_arn) == nullptr);
  at.create("s", "queue", "q");  // the name is free before housekeeping came by
  at.tidy();
  CHECK(at.find(queue_arn) != nullptr);
}

TEST_CASE("a consumer is found by its name and creation time, and goes with its stream") {
  Fixture at;
  at.create_stream("s");
  at.create("s", "consumer", "c");
  const std::string base = "arn:aws:kinesis:us-east-1:000000000000:stream/s/consumer/c:";
  const auto created = at.engine->now_ms() / 1000;
  CHECK(at.find(base + std::to_string(created)) != nullptr);
  CHECK(at.find(base + std::to_string(created + 1)) == nullptr);
  CHECK(at.engine->resources()
            .list(scope, ResourceKind::consumer, "s", "", 10, at.engine->now_ms())
            .size() == 1);
  at.change([&] { return at.engine->delete_stream(scope, "s"); });
  at.clock.advance(base::Millis{500});
  at.tidy();
  CHECK(at.find(base + std::to_string(created)) == nullptr);
}

TEST_CASE("resources, tags, settings and counted calls outlive a restart") {
  test::TempDir directory;
  Fixture at{directory.path()};
  at.create_stream("s");
  at.create("s", "queue", "q");
  at.change([&]() -> base::Status {
    const auto& stream = *at.engine->find(scope, "s");
    BOOST_OUTCOME_TRY(at.engine->set_account(scope, "commitment", "ENABLED"));
    BOOST_OUTCOME_TRY(at.engine->add_event(stream, "UpdateShardCount"));
    BOOST_OUTCOME_TRY(at.engine->set_tags(stream, {{"b", "2"}, {"a", "1"}}));
    return at.engine->alter_stream(stream, [](store::StreamRow& row) {
      row.metrics = "IncomingBytes";
      row.policy = "{}";
    });
  });
  at.open();
  CHECK(at.engine->account_setting(scope, "commitment") == "ENABLED");
  const auto* stream = at.engine->find(scope, "s");
  CHECK(stream->row.metrics == "IncomingBytes");
  CHECK(stream->row.policy == "{}");
  CHECK(stream->row.tags.front() == std::pair<std::string, std::string>{"a", "1"});
  CHECK(at.engine->events_today(*stream, "UpdateShardCount").value() == 1);
  REQUIRE(at.find(queue_arn) != nullptr);
  CHECK(at.find(queue_arn)->row.tags.size() == 1);
  at.clock.advance(std::chrono::hours{25});
  CHECK(at.engine->events_today(*stream, "UpdateShardCount").value() == 0);
}

TEST_CASE("what is no ARN of ours is not taken for one") {
  for (const char* text :
       {"", "arn:aws:kinesis:us-east-1:000000000000",
        "arn:aws:kinesis:us-east-1:000000000000:", "arn:aws:kinesis:us-east-1:000000000000:table/x",
        "arn:aws:kinesis:us-east-1:000000000000:stream/",
        "arn:aws:s3:us-east-1:000000000000:stream/x",
        "arn:aws:kinesis:us-east-1:000000000000:stream/x/consumer/c",
        "arn:aws:kinesis:us-east-1:000000000000:stream/x/consumer/c:12x",
        "arn:aws:kinesis:us-east-1:000000000000:stream/x/other/c:1"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_arn(text).has_value());
  }
}
