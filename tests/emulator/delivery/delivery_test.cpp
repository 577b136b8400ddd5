// What is delivered, when, in what order and under which names; failures, crashes, resharding.
#include "tests/emulator/delivery/pipeline.hpp"

#include <algorithm>

#include "tests/support/temp_dir.hpp"

using namespace millrace;
using test::Pipeline;

namespace {

constexpr std::int64_t fresh_ms = 300'000;

// A channel that delivers: ACTIVE and seen.
std::string delivering(Pipeline& pipeline, const std::string& format = "JSON",
                       const std::string& compression = "NONE") {
  pipeline.stream("s");
  auto arn = pipeline.channel("s", format, compression);
  pipeline.advance(500);
  pipeline.step();
  return arn;
}

// Closes shard 0 of the only stream and opens 4 and 5 in its place, in the data file.
void split_first(Pipeline& pipeline) {
  const auto split = [](engine::Engine& engine) -> base::Status {
    const auto& parent = *engine.find({"000000000000", "us-east-1"}, "s")->find(0);
    auto closed = parent.row;
    closed.next_index = parent.next_index;
    closed.last_ms = parent.last_ms;
    closed.closed_ms = engine.now_ms();
    BOOST_OUTCOME_TRY(engine.store().close_shard(closed));
    auto child = parent.row;
    child.parent = 0;
    child.next_index = 1;
    child.number = 4;
    child.hash_end = child.hash_start + 1'000'000;
    BOOST_OUTCOME_TRY(engine.store().insert_shard(child));
    child.number = 5;
    child.hash_start = child.hash_end + 1;
    child.hash_end = parent.row.hash_end;
    return engine.store().insert_shard(child);
  };
  const auto done = delivery::change_and_wait(pipeline.committer(), [&](engine::Engine& engine) {
    return engine.atomically([&] { return split(engine); });
  });
  REQUIRE_MESSAGE(done.has_value(), done.error().message());
  pipeline.restart();
}

std::size_t lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

TEST_CASE("records written after ACTIVE are delivered when the oldest is as old as the freshness") {
  Pipeline pipeline;
  pipeline.stream("s");
  pipeline.put("s", "0");  // before the channel
  pipeline.channel("s");
  pipeline.advance(499);
  pipeline.put("s", "1");  // while it is CREATING
  pipeline.advance(1);
  pipeline.put("s", "2");  // ACTIVE, though nobody has looked yet
  pipeline.advance(1'000);
  pipeline.step();
  pipeline.put("s", "3");
  pipeline.advance(fresh_ms - 1'001);
  pipeline.step();
  CHECK(pipeline.bucket.puts == 0);
  pipeline.put("s", "4");
  pipeline.advance(1);
  pipeline.step();
  REQUIRE(pipeline.bucket.objects.size() == 1);
  CHECK(pipeline.text() == "2\n3\n4\n");
  // The next ones wait again.
  pipeline.put("s", "5");
  pipeline.advance(fresh_ms - 1);
  pipeline.step();
  CHECK(pipeline.bucket.objects.size() == 1);
  pipeline.advance(1);
  pipeline.step();
  CHECK(pipeline.text() == "2\n3\n4\n5\n");
  pipeline.advance(10 * fresh_ms);
  pipeline.step();
  CHECK(pipeline.bucket.puts == 2);  // nothing new, nothing written
}

TEST_CASE("an object says where it goes, what it is and who must own the bucket") {
  Pipeline pipeline;
  pipeline.stream("s");
  pipeline.channel("s", "STRING", "ZSTD", "d/!{yyyy}-!{MM}-!{dd}/!{HH}!{mm}!{extension}");
  pipeline.advance(500);
  pipeline.put("s", "text", 2);  // 2023-11-14T22:13:21Z
  pipeline.put("s", "\xff", 2);
  pipeline.advance(fresh_ms);
  pipeline.step();
  REQUIRE(pipeline.bucket.order.size() == 2);
  const auto& object = pipeline.bucket.objects[pipeline.bucket.order[0]];
  CHECK(object.bucket == "bucket");
  CHECK(object.key.starts_with("d/2023-11-14/2213-000002-0000000001-"));
  CHECK(object.key.ends_with(".zst"));
  CHECK(object.bucket_owner == "111122223333");
  CHECK(object.storage_class == "STANDARD");
  CHECK(object.content_type == "application/zstd");
  CHECK(object.region == "us-east-1");
  const auto& letters = pipeline.bucket.objects[pipeline.bucket.order[1]];
  CHECK(letters.bucket == "dead");
  CHECK(letters.key.starts_with("bad/2023/11/14/22/c-000002-0000000001-"));
  CHECK(letters.bucket_owner == "444455556666");
  CHECK(lines(letters.body) == 1);
  CHECK(letters.body.find(R"("data":"/w==")") != std::string::npos);
}

TEST_CASE("each shard is delivered by itself, in order") {
  Pipeline pipeline;
  delivering(pipeline);
  for (int i = 0; i < 40; ++i) pipeline.put("s", std::to_string(i), i % 4);
  pipeline.advance(fresh_ms);
  pipeline.step();
  REQUIRE(pipeline.bucket.order.size() == 4);
  for (int shard = 0; shard < 4; ++shard) {
    std::string wanted;
    for (int i = shard; i < 40; i += 4) wanted += std::to_string(i) + "\n";
    CHECK(pipeline.bucket.objects[pipeline.bucket.order[static_cast<std::size_t>(shard)]].body ==
          wanted);
  }
}

TEST_CASE("objects end at a number of records or bytes, and very many records do not wait") {
  delivery::Options options;
  options.most_records = 10;
  options.most_bytes = 1000;
  options.page_bytes = 100;
  Pipeline pipeline{{}, options};
  delivering(pipeline, "STRING");
  for (int i = 0; i < 25; ++i) pipeline.put("s", std::to_string(i));
  pipeline.step();  // nothing is old yet
  CHECK(pipeline.bucket.objects.size() == 2);
  CHECK(lines(pipeline.text()) == 20);
  pipeline.advance(fresh_ms);
  pipeline.step();
  CHECK(lines(pipeline.text()) == 25);
  // 400 bytes each: the third reaches the limit.
  for (int i = 0; i < 4; ++i) pipeline.put("s", std::string(400, 'x'), 1);
  pipeline.advance(fresh_ms);
  pipeline.step();
  REQUIRE(pipeline.bucket.order.size() == 5);
  CHECK(lines(pipeline.bucket.objects[pipeline.bucket.order[3]].body) == 3);
  CHECK(lines(pipeline.bucket.objects[pipeline.bucket.order[4]].body) == 1);
}

TEST_CASE("what cannot be delivered is tried again, ever more rarely, and the channel says why") {
  Pipeline pipeline;
  const auto arn = delivering(pipeline);
  pipeline.put("s", "1");
  pipeline.advance(fresh_ms);
  pipeline.bucket.broken = "the disk is full";
  pipeline.step();
  CHECK(pipeline.bucket.puts == 1);
  CHECK(pipeline.reason(arn) == "Delivery failed and is being tried again: the disk is full");
  pipeline.step();
  pipeline.advance(999);
  pipeline.step();
  CHECK(pipeline.bucket.puts == 1);
  pipeline.advance(1);
  pipeline.step();
  CHECK(pipeline.bucket.puts == 2);
  pipeline.advance(1'999);
  pipeline.step();
  CHECK(pipeline.bucket.puts == 2);
  for (int i = 0; i < 20; ++i) {
    pipeline.advance(60'000);
    pipeline.step();
  }
  CHECK(pipeline.bucket.puts == 22);  // never more than a minute between two
  pipeline.put("s", "2");
  pipeline.bucket.broken.clear();
  pipeline.advance(60'000);
  pipeline.step();
  CHECK(pipeline.text() == "1\n2\n");
  CHECK(pipeline.reason(arn) == "");
}

TEST_CASE("an object that was written before a crash is written again under its name, not twice") {
  const test::TempDir directory;
  Pipeline pipeline{directory.path()};
  delivering(pipeline, "JSON", "GZIP");
  pipeline.put("s", "1");
  pipeline.put("s", "{");
  pipeline.put("s", "2");
  pipeline.advance(fresh_ms);
  pipeline.step();
  REQUIRE(pipeline.bucket.objects.size() == 2);
  const auto before = pipeline.bucket.objects;
  // As if the commit of the position had been lost.
  const auto lost = delivery::change_and_wait(pipeline.committer(), [](engine::Engine& engine) {
    return engine.store().writer().run("UPDATE channel_progress SET next_index = 1");
  });
  REQUIRE(lost.has_value());
  pipeline.restart();
  pipeline.put("s", "3");
  pipeline.step();
  REQUIRE(pipeline.bucket.puts == 4);
  REQUIRE(pipeline.bucket.objects.size() == 2);
  for (const auto& [name, object] : before) {
    REQUIRE(pipeline.bucket.objects.contains(name));
    const auto& again = pipeline.bucket.objects[name];
    if (object.bucket == "dead") {
      CHECK(again.body == object.body);
    } else {
      CHECK(again.body != object.body);  // the third record is in it as well
    }
  }
}

TEST_CASE("after a restart delivery goes on where it was") {
  const test::TempDir directory;
  Pipeline pipeline{directory.path()};
  delivering(pipeline);
  pipeline.put("s", "1");
  pipeline.advance(fresh_ms);
  pipeline.step();
  pipeline.put("s", "2");
  pipeline.restart();
  pipeline.put("s", "3");
  pipeline.step();
  CHECK(pipeline.text() == "1\n");
  pipeline.advance(fresh_ms);
  pipeline.step();
  CHECK(pipeline.text() == "1\n2\n3\n");
  CHECK(pipeline.bucket.puts == 2);
}

TEST_CASE("records that came while the emulator was busy with nothing are found after a restart") {
  const test::TempDir directory;
  Pipeline pipeline{directory.path()};
  pipeline.stream("s");
  pipeline.put("s", "0");
  pipeline.channel("s");
  pipeline.advance(500);
  pipeline.put("s", "1");  // ACTIVE, but the delivery never looked
  pipeline.restart();
  pipeline.advance(fresh_ms);
  pipeline.step();
  CHECK(pipeline.text() == "1\n");
}

TEST_CASE("a deleted channel delivers nothing more, and a new one begins anew") {
  Pipeline pipeline;
  const auto arn = delivering(pipeline);
  pipeline.put("s", "1");
  pipeline.call("DeleteChannel", R"({"ChannelARN":")" + arn + "\"}");
  pipeline.advance(fresh_ms);
  pipeline.step();
  CHECK(pipeline.bucket.puts == 0);
  pipeline.channel("s");
  pipeline.advance(500);
  pipeline.put("s", "2");
  pipeline.advance(fresh_ms);
  pipeline.step();
  CHECK(pipeline.text() == "2\n");
}

TEST_CASE("a channel goes on delivering while it is UPDATING, by its new freshness") {
  Pipeline pipeline;
  const auto arn = delivering(pipeline);
  pipeline.call("UpdateChannel", R"({"ChannelARN":")" + arn +
                                     R"(","S3DestinationConfiguration":)"
                                     R"({"DataFreshnessInSeconds":900}})");
  pipeline.put("s", "1");
  pipeline.advance(899'999);
  pipeline.step();
  CHECK(pipeline.bucket.puts == 0);
  pipeline.advance(1);
  pipeline.call("UpdateChannel", R"({"ChannelARN":")" + arn +
                                     R"(","S3DestinationConfiguration":)"
                                     R"({"DataFreshnessInSeconds":300}})");
  pipeline.step();
  CHECK(pipeline.text() == "1\n");
}

TEST_CASE("a stream that is resharded is delivered parents first, children from their beginning") {
  const test::TempDir directory;
  Pipeline pipeline{directory.path()};
  delivering(pipeline);
  pipeline.put("s", "1");
  split_first(pipeline);
  pipeline.put("s", "2");
  // The children's records are due, the parent's cannot be written: nothing overtakes.
  pipeline.advance(fresh_ms);
  pipeline.bucket.broken = "closed";
  pipeline.step();
  pipeline.bucket.broken.clear();
  pipeline.advance(1'000);
  pipeline.step();
  REQUIRE(pipeline.bucket.order.size() == 2);
  CHECK(pipeline.bucket.objects[pipeline.bucket.order[0]].body == "1\n");
  CHECK(pipeline.bucket.objects[pipeline.bucket.order[1]].body == "2\n");
  CHECK(pipeline.bucket.order[1].find("-000004-0000000001-") != std::string::npos);
}

TEST_CASE("records that expired before they could be delivered are passed over") {
  const test::TempDir directory;
  Pipeline pipeline{directory.path()};
  delivering(pipeline);
  for (const char* data : {"1", "2", "3"}) pipeline.put("s", data);
  pipeline.advance(24 * 3'600'000 - 1);
  pipeline.put("s", "4");
  pipeline.advance(2);
  pipeline.step();  // the oldest that is left is young
  CHECK(pipeline.bucket.puts == 0);
  pipeline.advance(fresh_ms);
  pipeline.step();
  CHECK(pipeline.text() == "4\n");
  pipeline.put("s", "5");
  pipeline.advance(25 * 3'600'000);
  pipeline.step();  // all of them are gone
  pipeline.put("s", "6");
  pipeline.advance(fresh_ms);
  pipeline.step();
  CHECK(pipeline.text() == "4\n6\n");
}

TEST_CASE("very many records that expired do not hold a shard up") {
  delivery::Options options;
  options.most_records = 3;
  const test::TempDir directory;
  Pipeline pipeline{directory.path(), options};
  delivering(pipeline);
  for (int i = 0; i < 2; ++i) pipeline.put("s", "1");
  pipeline.advance(23 * 3'600'000);
  for (int i = 0; i < 2; ++i) pipeline.put("s", "2");
  pipeline.advance(25 * 3'600'000);
  pipeline.step();
  CHECK(pipeline.bucket.puts == 0);
  for (int i = 0; i < 3; ++i) pipeline.put("s", "3");
  pipeline.step();
  CHECK(pipeline.text() == "3\n3\n3\n");
}

TEST_CASE("a freshness that the server sets counts more than the channel's") {
  delivery::Options options;
  options.freshness_ms = 0;
  Pipeline pipeline{{}, options};
  delivering(pipeline);
  pipeline.put("s", "1");
  pipeline.step();
  CHECK(pipeline.text() == "1\n");
}

TEST_CASE("an emulator that has no place for objects says so") {
  delivery::NowhereSink sink;
  const auto put = sink.put({});
  REQUIRE_FALSE(put.has_value());
  CHECK(put.error().message().find("--channel-dir") != std::string::npos);
}
