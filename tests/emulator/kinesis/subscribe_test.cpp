// SubscribeToShard, from its checks to the last event; no sockets, and nobody waits.
#include <doctest/doctest.h>

#include "common/eventstream/frame.hpp"
#include "tests/support/service.hpp"

using namespace millrace;
using test::Service;

namespace {

// One frame of a stream, opened.
struct Event {
  std::string kind;  // event type, or the exception's name
  bool exception = false;
  bool last = false;
  std::unique_ptr<wire::Document> payload;
  const wire::Value& operator[](std::string_view name) const { return payload->root()[name]; }
  std::string data() const {
    std::string all;
    for (const auto& record : (*this)["Records"].as_list()) all += record["Data"].as_text();
    return all;
  }
};

struct World : Service {
  explicit World(int shards = 1, engine::Options options = {}) : Service(options) {
    create("s", shards);
    arn = register_consumer("c");
  }

  std::string register_consumer(const std::string& name) {
    const auto answer = call("RegisterStreamConsumer",
                             R"({"StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/s",)"
                             R"("ConsumerName":")" +
                                 name + R"("})");
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    clock.advance(base::Millis{500});
    return std::string{answer["Consumer"]["ConsumerARN"].as_text()};
  }

  test::Answer subscribe(const std::string& position, const std::string& more = "", int shard = 0) {
    return call("SubscribeToShard",
                R"({"ConsumerARN":")" + arn + R"(","ShardId":"shardId-00000000000)" +
                    std::to_string(shard) + R"(","StartingPosition":)" + position + more + "}");
  }
  std::unique_ptr<protocol::Events> subscribed(const std::string& position) {
    auto answer = subscribe(position);
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    REQUIRE(answer.events != nullptr);
    return std::move(answer.events);
  }

  // Data and what was answered.
  std::string put(const std::string& data) {
    const auto answer =
        call("PutRecord", R"({"StreamName":"s","PartitionKey":"k","Data":")" + data + "\"}");
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    return std::string{answer["SequenceNumber"].as_text()};
  }

  // The next event; it must be due.
  Event next(protocol::Events& events) {
    REQUIRE(events.due().count() == 0);
    const auto chunk = events.next(reader());
    Event event;
    event.last = chunk.last;
    if (chunk.frames == nullptr) return event;
    const auto decoded = eventstream::decode(*chunk.frames);
    REQUIRE(decoded.has_value());
    REQUIRE(decoded.value().has_value());
    REQUIRE(decoded.value()->size == chunk.frames->size());
    const auto& message = decoded.value()->message;
    event.exception = message.text(":message-type") == "exception";
    event.kind = message.text(event.exception ? ":exception-type" : ":event-type");
    event.payload = json::parse(message.payload).value();
    return event;
  }

  std::string arn;
};

const std::string horizon = R"({"Type":"TRIM_HORIZON"})";
const std::string latest = R"({"Type":"LATEST"})";

std::string at(const std::string& type, const std::string& number) {
  return R"({"Type":")" + type + R"(","SequenceNumber":")" + number + "\"}";
}

}  // namespace

TEST_CASE("SubscribeToShard: what is refused before anything is streamed") {
  World world;
  const auto refused = [&](const test::Answer& answer, std::string_view type,
                           std::string_view message) {
    CAPTURE(answer.message);
    CHECK(answer.status == 400);
    CHECK(answer.events == nullptr);
    CHECK(answer.type == type);
    CHECK(answer.message.find(message) != std::string::npos);
  };
  refused(world.call("SubscribeToShard", "{}"), "ValidationException",
          "Value null at 'startingPosition' failed to satisfy constraint: Member must not be null");
  refused(world.subscribe("{}"), "ValidationException", "Value null at 'startingPosition.type'");
  refused(world.subscribe(R"({"Type":"x"})"), "ValidationException",
          "at 'startingPosition.type' failed to satisfy constraint: Member must satisfy enum");
  refused(world.subscribe("[]"), "SerializationException", "Start of list found");
  refused(world.subscribe(horizon, "", 3), "ResourceNotFoundException",
          "Shard shardId-000000000003 in stream s under account 000000000000 does not exist");
  refused(world.subscribe(R"({"Type":"LATEST","SequenceNumber":"1"})"), "InvalidArgumentException",
          "Request specified LATEST and also a StartingSequenceNumber.");
  refused(world.subscribe(R"({"Type":"AT_SEQUENCE_NUMBER"})"), "InvalidArgumentException",
          "AT_SEQUENCE_NUMBER and no StartingSequenceNumber");
  refused(world.subscribe(at("AT_SEQUENCE_NUMBER", "49999")), "InvalidArgumentException",
          "Invalid StartingSequenceNumber. It encodes shardId-000000049999");
  refused(world.subscribe(R"({"Type":"AT_TIMESTAMP"})"), "InvalidArgumentException",
          "no timestamp parameter");
  refused(world.subscribe(horizon, R"(,"DryRun":true)"), "DryRunOperationException",
          "would have succeeded");
  // None of them counts as a subscription.
  CHECK(world.subscribe(horizon).status == 200);

  world.arn = "arn:aws:kinesis:us-east-1:000000000000:stream/s/consumer/nobody:1";
  refused(world.subscribe(horizon), "ResourceNotFoundException",
          "Consumer nobody, account 000000000000 not found.");
  const auto creating = world.call(
      "RegisterStreamConsumer",
      R"({"StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/s","ConsumerName":"d"})");
  world.arn = creating["Consumer"]["ConsumerARN"].as_text();
  refused(world.subscribe(horizon), "ResourceInUseException", "is not in ACTIVE status.");
}

TEST_CASE("SubscribeToShard: events carry the records, and each goes on where the last ended") {
  World world;
  const auto first = world.put("MDE=");
  const auto second = world.put("MDI=");
  const auto events = world.subscribed(horizon);
  CHECK(protocol::Events::first().size() == 104);
  auto event = world.next(*events);
  CHECK(event.kind == "SubscribeToShardEvent");
  CHECK(event.data() == "MDE=MDI=");
  CHECK(event["Records"].as_list()[0]["SequenceNumber"].as_text() == first);
  CHECK(event["Records"].as_list()[0]["PartitionKey"].as_text() == "k");
  CHECK(event["ContinuationSequenceNumber"].as_text() == second);
  CHECK(event["MillisBehindLatest"].as_integer() == 0);
  CHECK(event["ChildShards"].is_null());
  CHECK_FALSE(event.last);
  CHECK(events->due().count() > 0);
  world.put("MDM=");
  CHECK(world.next(*events).data() == "MDM=");
}

TEST_CASE("SubscribeToShard: every starting position") {
  World world;
  world.put("MDE=");
  world.clock.advance(base::Millis{10'000});
  const auto between = base::to_epoch_ms(world.clock.now()) - 5'000;
  const auto second = world.put("MDI=");
  world.put("MDM=");
  const auto seen = [&](const std::string& position) {
    world.clock.advance(base::Millis{5'000});
    const auto events = world.subscribed(position);
    return world.next(*events).data();
  };
  CHECK(seen(horizon) == "MDE=MDI=MDM=");
  CHECK(seen(at("AT_SEQUENCE_NUMBER", second)) == "MDI=MDM=");
  CHECK(seen(at("AFTER_SEQUENCE_NUMBER", second)) == "MDM=");
  CHECK(seen(R"({"Type":"AT_TIMESTAMP","Timestamp":)" + std::to_string(between / 1000) + "}") ==
        "MDI=MDM=");
  CHECK(seen(latest).empty());
}

TEST_CASE("SubscribeToShard: the continuation of an idle shard leads to the next record") {
  for (const auto& position : {horizon, latest}) {
    World world;
    if (position == latest) world.put("MDE=");
    auto events = world.subscribed(position);
    auto event = world.next(*events);
    CHECK(event["Records"].as_list().empty());
    const std::string before{event["ContinuationSequenceNumber"].as_text()};
    world.clock.advance(base::Millis{5'000});
    event = world.next(*events);
    const std::string idle{event["ContinuationSequenceNumber"].as_text()};
    CHECK(idle > before);  // it moves with the clock
    const auto put = world.put("MDI=");
    CHECK(put > idle);
    events = world.subscribed(at("AFTER_SEQUENCE_NUMBER", idle));
    CHECK(world.next(*events).data() == "MDI=");
  }
}

TEST_CASE(
    "SubscribeToShard: large backlogs come in bounded events that say how far behind they are") {
  World world;
  const std::string large(400'000, 'A');  // 300,000 bytes
  for (int i = 0; i < 8; ++i) world.put(large);
  world.clock.advance(base::Millis{7'000});
  const auto events = world.subscribed(horizon);
  std::size_t records = 0;
  for (int i = 0; i < 3; ++i) {
    const auto event = world.next(*events);
    records += event["Records"].as_list().size();
    CHECK(event["MillisBehindLatest"].as_integer() == (records < 8 ? 7'000 : 0));
    CHECK(event.data().size() <= 4 * 400'000);
  }
  CHECK(records == 8);
}

TEST_CASE("SubscribeToShard: where limits hold a subscription gets 2 MiB a second") {
  engine::Options options;
  options.aws_limits = true;
  World world{1, options};
  for (int i = 0; i < 4; ++i) {
    world.put(std::string(1'200'000, 'A'));  // 900,000 bytes
    world.clock.advance(base::Millis{1'000});
  }
  const auto events = world.subscribed(horizon);
  // 2 MiB are there at first: the third event exceeds them and is waited for before the fourth.
  for (int i = 0; i < 3; ++i) CHECK(world.next(*events)["Records"].as_list().size() == 1);
  const auto missing = 3 * 900'001 - 2 * 1'048'576;
  CHECK(events->due().count() == missing * 1000 / (2 * 1'048'576) + 1);
  world.clock.advance(events->due());
  CHECK(world.next(*events)["Records"].as_list().size() == 1);
}

TEST_CASE("SubscribeToShard: an idle subscription hears a heartbeat every two seconds") {
  World world;
  const auto events = world.subscribed(latest);
  CHECK(world.next(*events)["Records"].as_list().empty());
  CHECK(events->due().count() == 2'000);
  world.clock.advance(base::Millis{1'500});
  CHECK(events->due().count() == 500);
  world.clock.advance(base::Millis{500});
  const auto event = world.next(*events);
  CHECK(event["Records"].as_list().empty());
  CHECK(event["MillisBehindLatest"].as_integer() == 0);
}

TEST_CASE("SubscribeToShard: a put wakes who waits, and nobody else") {
  World world;
  world.create("other");
  const auto events = world.subscribed(latest);
  int woken = 0;
  events->watch([&] { ++woken; });
  world.call("PutRecord", R"({"StreamName":"other","PartitionKey":"k","Data":""})");
  CHECK(woken == 0);
  world.put("MDE=");
  CHECK(woken == 1);
}

TEST_CASE("SubscribeToShard: a subscription ends after five minutes") {
  World world;
  const auto events = world.subscribed(latest);
  world.next(*events);
  world.clock.advance(base::Millis{299'999});
  CHECK(world.next(*events).kind == "SubscribeToShardEvent");
  CHECK(events->due().count() == 1);
  world.clock.advance(base::Millis{1});
  const auto end = world.next(*events);
  CHECK(end.last);
  CHECK(end.kind.empty());  // closed in order: no frame
}

TEST_CASE(
    "SubscribeToShard: one subscription a consumer and shard; after five seconds the new one "
    "wins") {
  World world{2};
  const auto old = world.subscribed(latest);
  auto answer = world.subscribe(latest);
  CHECK(answer.type == "ResourceInUseException");
  CHECK(answer.message ==
        "Another active subscription exists for this consumer: "
        "000000000000:s:shardId-000000000000:c");
  CHECK(world.subscribe(latest, "", 1).status == 200);
  world.next(*old);
  int woken = 0;
  old->watch([&] { ++woken; });
  world.clock.advance(base::Millis{5'000});
  const auto fresh = world.subscribed(latest);
  CHECK(woken == 1);
  const auto end = world.next(*old);
  CHECK(end.exception);
  CHECK(end.last);
  CHECK(end.kind == "ResourceInUseException");
  CHECK(end["message"].as_text() == answer.message);
  CHECK(world.next(*fresh).kind == "SubscribeToShardEvent");
}

TEST_CASE("SubscribeToShard: a consumer or stream that is deleted ends the subscription") {
  for (const bool whole_stream : {false, true}) {
    CAPTURE(whole_stream);
    World world;
    const auto events = world.subscribed(latest);
    world.next(*events);
    int woken = 0;
    events->watch([&] { ++woken; });
    const auto deleted =
        whole_stream
            ? world.call("DeleteStream", R"({"StreamName":"s","EnforceConsumerDeletion":true})")
            : world.call("DeregisterStreamConsumer", R"({"ConsumerARN":")" + world.arn + "\"}");
    REQUIRE_MESSAGE(deleted.status == 200, deleted.body);
    CHECK(woken > 0);
    const auto end = world.next(*events);
    CHECK(end.exception);
    CHECK(end.last);
    CHECK(end.kind == "ResourceNotFoundException");
    CHECK(end["message"].as_text() == (whole_stream
                                           ? "Stream s under account 000000000000 not found."
                                           : "Consumer c, account 000000000000 not found."));
  }
}

TEST_CASE("SubscribeToShard: records that expire while nobody reads are skipped, not waited for") {
  World world;
  world.put("MDE=");
  const auto events = world.subscribed(horizon);
  world.clock.advance(base::Millis{250'000});
  const auto event = world.next(*events);
  CHECK(event.data() == "MDE=");
  // And a subscription that begins before the oldest record does not spin.
  World other;
  other.put("MDE=");
  other.clock.advance(base::Millis{25 * 3'600'000});
  const auto late = other.subscribed(horizon);
  CHECK(other.next(*late)["Records"].as_list().empty());
  CHECK(late->due().count() > 0);
}

TEST_CASE("SubscribeToShard: consumers that have read up to the end are sent the same bytes") {
  World world;
  const auto first = world.subscribed(latest);
  world.arn = world.register_consumer("d");
  const auto second = world.subscribed(latest);
  world.arn = world.register_consumer("e");
  world.put("MDE=");
  const auto third = world.subscribed(horizon);
  const auto taken = [&](protocol::Events& events) {
    auto chunk = events.next(world.reader());
    REQUIRE(chunk.frames != nullptr);
    return chunk.frames;
  };
  const auto one = taken(*first);
  CHECK(taken(*second) == one);  // not only equal: the same
  // Who begins elsewhere is sent its own, and after it the same as the others.
  CHECK(world.next(*third).data() == "MDE=");
  world.put("MDI=");
  const auto two = taken(*third);
  CHECK(taken(*first) == two);
  // Who comes when there is more gets all of it, and the distance to the end is true.
  world.put("MDM=");
  CHECK(world.next(*second).data() == "MDI=MDM=");
  const auto three = world.next(*first);
  CHECK(three.data() == "MDM=");
  CHECK(three["MillisBehindLatest"].as_integer() == 0);
}

TEST_CASE("SubscribeToShard: what has expired is not sent because somebody was sent it before") {
  World world;
  const auto other = world.register_consumer("d");
  world.put("MDE=");
  world.clock.advance(base::Millis{24 * 3'600'000 - 10'000});
  const auto first = world.subscribed(horizon);
  world.arn = other;
  const auto second = world.subscribed(horizon);
  CHECK(world.next(*first).data() == "MDE=");
  world.clock.advance(base::Millis{20'000});
  CHECK(world.next(*second).data().empty());
}
