// TagResource, UntagResource, ListTagsForResource: types, constraints, behaviour.
#include <doctest/doctest.h>

#include "tests/support/service.hpp"
#include "tests/support/temp_dir.hpp"

using namespace millrace;
using test::Answer;
using test::Service;

namespace {

const std::string prefix = "arn:aws:kinesis:us-east-1:000000000000:";

std::string resource(const std::string& arn) {
  return R"("ResourceARN":")" + arn + "\"";
}

Answer tag(Service& service, const std::string& arn, const std::string& tags) {
  return service.call("TagResource", "{" + resource(arn) + R"(,"Tags":)" + tags + "}");
}

// "a=1 b=2 ", or the exception.
std::string tags_of(Service& service, const std::string& arn) {
  const auto answer = service.call("ListTagsForResource", "{" + resource(arn) + "}");
  if (answer.status != 200) return answer.type;
  std::string text;
  for (const auto& one : answer["Tags"].as_list()) {
    text += std::string{one["Key"].as_text()} + "=" + std::string{one["Value"].as_text()} + " ";
  }
  return text;
}

std::string consumer(Service& service, const std::string& name) {
  const auto answer = service.call("RegisterStreamConsumer",
                                   R"({"StreamARN":")" + prefix + R"(stream/s","ConsumerName":")" +
                                       name + R"(","Tags":{"from":"birth"}})");
  REQUIRE(answer.status == 200);
  return std::string{answer["Consumer"]["ConsumerARN"].as_text()};
}

// Channels and queues as the engine keeps them.
void make(Service& service, const char* kind, const char* name) {
  store::ResourceRow row;
  row.kind = kind;
  row.name = name;
  row.settings = "{}";
  auto& engine = service.engine();
  REQUIRE(engine.begin());
  REQUIRE(engine.create_resource(*engine.find({"000000000000", "us-east-1"}, "s"), row));
  REQUIRE(engine.commit());
}

}  // namespace

TEST_CASE("tags of resources: wrong types") {
  Service service;
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"TagResource", R"({"ResourceARN":1})",
       "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an "
       "String"},
      {"TagResource", R"({"Tags":"a"})", "Expected map or null"},
      {"TagResource", R"({"Tags":{"a":true}})",
       "class java.lang.Boolean can not be converted to an String"},
      {"UntagResource", R"({"TagKeys":"a"})", "Expected list or null"},
      {"UntagResource", R"({"TagKeys":{}})", "Start of structure or map found where not expected."},
      {"ListTagsForResource", R"({"ResourceARN":[]})", "Start of list found where not expected"}};
  for (const auto& [operation, body, message] : cases) {
    CAPTURE(body);
    const auto answer = service.call(operation, body);
    CHECK(answer.type == "SerializationException");
    CHECK(answer.message == message);
  }
}

TEST_CASE("tags of resources: constraints") {
  Service service;
  const auto arn = prefix + "stream/s";
  const auto long_key = std::string(129, 'k');
  const std::tuple<const char*, std::string, std::string> cases[] = {
      {"TagResource", "{}",
       "2 validation errors detected: Value null at 'tags' failed to satisfy constraint: Member "
       "must not be null; Value null at 'resourceARN' failed to satisfy constraint: Member must "
       "not "
       "be null"},
      {"ListTagsForResource", R"({"ResourceARN":"arn:aws:kinesis:r:000000000000:table/t"})",
       "1 validation error detected: Value 'arn:aws:kinesis:r:000000000000:table/t' at "
       "'resourceARN' "
       "failed to satisfy constraint: Member must satisfy regular expression pattern: "
       "arn:aws.*:kinesis:.*:\\d{12}:.*(stream|channel|queue)/\\S+"},
      {"TagResource", "{" + resource(arn) + R"(,"Tags":{}})",
       "1 validation error detected: Value '{}' at 'tags' failed to satisfy constraint: Member "
       "must have length greater than or equal to 1"},
      {"TagResource", "{" + resource(arn) + R"(,"Tags":{")" + long_key + R"(":"v"}})",
       "1 validation error detected: Value '{" + long_key +
           "=v}' at 'tags' failed to satisfy constraint: Map keys must satisfy constraint: [Member "
           "must have length less than or equal to 128, Member must have length greater than or "
           "equal to 1]"},
      {"UntagResource", "{" + resource(arn) + R"(,"TagKeys":[]})",
       "1 validation error detected: Value '[]' at 'tagKeys' failed to satisfy constraint: Member "
       "must have length greater than or equal to 1"},
      {"UntagResource", "{" + resource(arn) + R"(,"TagKeys":["a",""]})",
       "1 validation error detected: Value '[a, ]' at 'tagKeys' failed to satisfy constraint: "
       "Member must satisfy constraint: [Member must have length less than or equal to 128, Member "
       "must have length greater than or equal to 1]"}};
  for (const auto& [operation, body, message] : cases) {
    CAPTURE(body);
    const auto answer = service.call(operation, body);
    CHECK(answer.type == "ValidationException");
    CHECK(answer.message == message);
  }
}

TEST_CASE("streams, consumers, channels and queues have tags") {
  Service service;
  service.create("s");
  const auto reader = consumer(service, "c");
  make(service, "channel", "files");
  make(service, "queue", "work");
  service.clock.advance(base::Millis{500});
  for (const auto& arn :
       {prefix + "stream/s", reader, prefix + "channel/files", prefix + "queue/work"}) {
    CAPTURE(arn);
    const std::string born = arn == reader ? "from=birth " : "";
    CHECK(tags_of(service, arn) == born);
    const auto answer = tag(service, arn, R"({"team":"a","zone":"x"})");
    CHECK(answer.status == 200);
    CHECK(answer.body.empty());
    // A key that is there gets the new value.
    CHECK(tag(service, arn, R"({"team":"b","area":""})").status == 200);
    CHECK(tags_of(service, arn) == "area= " + born + "team=b zone=x ");
    const auto untagged = service.call(
        "UntagResource", "{" + resource(arn) + R"(,"TagKeys":["team","never","from","team"]})");
    CHECK(untagged.status == 200);
    CHECK(untagged.body.empty());
    CHECK(tags_of(service, arn) == "area= zone=x ");
  }
}

TEST_CASE("tags are refused for their characters, their prefix and their number") {
  Service service;
  service.create("s");
  const auto arn = prefix + "stream/s";
  const auto refused = [&](const std::string& tags, const std::string& message) {
    CAPTURE(tags);
    const auto answer = tag(service, arn, tags);
    CHECK(answer.type == "InvalidArgumentException");
    CHECK(answer.message == message);
  };
  const std::string characters =
      "Some tags contain invalid characters. Valid characters: Unicode letters, digits, white "
      "space, _ . / = + - % @.";
  refused(R"({"a;b":"c"})", characters);
  refused(R"({"a":"b*"})", characters);
  refused(R"({"a":"{}"})", characters);
  refused(R"({"a":"\u00ab"})", characters);        // a quotation mark
  refused(R"({"a":"\ud83d\ude00"})", characters);  // an emoji is no letter
  refused(R"({"a":"\u0000"})", characters);
  // As recorded from AWS.
  for (const char* text : {"abc;def", "abc\\tdef", "abc\\ndef", "abc,def"}) {
    refused(R"({")" + std::string{text} + R"(":"1"})", characters);
    refused(R"({"a":")" + std::string{text} + R"("})", characters);
    const auto answer = service.call(
        "UntagResource", "{" + resource(arn) + R"(,"TagKeys":[")" + std::string{text} + "\"]}");
    CHECK(answer.type == "InvalidArgumentException");
    CHECK(answer.message == characters);
  }
  const std::string illegal =
      " stream s under account 000000000000 because some tags contained illegal characters. The "
      "allowed characters are Unicode letters, white-spaces, '_',',','/','=','+','-','@'.";
  refused(R"({"abc%def":"1"})", "Failed to add tags to" + illegal);
  refused(R"({"a":"abc%def"})", "Failed to add tags to" + illegal);
  CHECK(service.call("UntagResource", "{" + resource(arn) + R"(,"TagKeys":["abc%def"]})").message ==
        "Failed to remove tags from" + illegal);
  for (const char* key : {"aws:x", "AWS:x", "Aws:", "aWs:stack"}) {
    refused(R"({")" + std::string{key} + R"(":"1"})",
            "Failed to add tags to stream s under account 000000000000 because the tag key " +
                std::string{key} + " begins with the prefix aws:, which is reserved for AWS.");
  }
  CHECK(tags_of(service, arn).empty());
  CHECK(tag(service, arn, R"({"\u00fc\u65e5\u0661 _./=+-@:":"A-z 0 9","aws":"aws:x","laws:":"1"})")
            .status == 200);
  service.call("UntagResource", "{" + resource(arn) + R"(,"TagKeys":["aws","laws:"]})");

  std::string many = "{";
  for (int i = 0; i < 49; ++i) {
    many += (i == 0 ? "\"" : ",\"") + std::to_string(i) + R"(":"v")";
  }
  CHECK(tag(service, arn, many + "}").status == 200);  // with the one above 50
  refused(R"({"0":"new","50":"v"})",
          "Failed to add tags to stream s under account 000000000000 because a given stream cannot "
          "have more than 50 tags associated with it.");
  CHECK(tags_of(service, arn).find("0=v ") != std::string::npos);  // all or nothing
  CHECK(tag(service, arn, R"({"0":"new"})").status == 200);
}

TEST_CASE("a key twice in one request counts once, with the last value") {
  Service service;
  CHECK(
      service.call("CreateStream", R"({"StreamName":"s","ShardCount":1,"Tags":{"a":"1","a":"2"}})")
          .status == 200);
  CHECK(tags_of(service, prefix + "stream/s") == "a=2 ");
}

TEST_CASE("tags of what is not there") {
  Service service;
  service.create("s");
  const std::pair<std::string, std::string> cases[] = {
      {prefix + "stream/no", "Stream no under account 000000000000 not found."},
      {prefix + "stream/s/consumer/no:1", "Consumer no, account 000000000000 not found."},
      {prefix + "channel/no", "Channel no under account 000000000000 not found."},
      {prefix + "queue/no", "Queue no under account 000000000000 not found."},
      {"arn:aws:kinesis:eu-west-1:111122223333:stream/s",
       "Stream s under account 111122223333 not found."},
      {prefix + "x/stream/s",
       "Resource " + prefix + "x/stream/s under account 000000000000 not found."}};
  for (const auto& [arn, message] : cases) {
    CAPTURE(arn);
    const auto body = "{" + resource(arn) + R"(,"Tags":{"a":"b"},"TagKeys":["a"]})";
    for (const char* operation : {"TagResource", "UntagResource", "ListTagsForResource"}) {
      const auto answer = service.call(operation, body);
      CHECK(answer.type == "ResourceNotFoundException");
      CHECK(answer.message == message);
    }
  }
}

TEST_CASE("tags are read in every state, and changed neither in CREATING nor in DELETING") {
  Service service;
  service.call("CreateStream", R"({"StreamName":"s","ShardCount":1,"Tags":{"a":"1"}})");
  const auto arn = prefix + "stream/s";
  CHECK(tags_of(service, arn) == "a=1 ");
  auto answer = tag(service, arn, R"({"b":"2"})");
  CHECK(answer.type == "ResourceInUseException");
  CHECK(answer.message ==
        "Stream s under account 000000000000 not ACTIVE, instead in state CREATING");
  service.clock.advance(base::Millis{500});
  const auto reader = consumer(service, "c");
  CHECK(tags_of(service, reader) == "from=birth ");
  answer = service.call("UntagResource", "{" + resource(reader) + R"(,"TagKeys":["from"]})");
  CHECK(answer.type == "ResourceInUseException");
  CHECK(answer.message == "Consumer c with creation timestamp " +
                              reader.substr(reader.rfind(':') + 1) +
                              " under stream s and account 000000000000 is not in ACTIVE status.");
  make(service, "queue", "work");
  answer = tag(service, prefix + "queue/work", R"({"b":"2"})");
  CHECK(answer.type == "ResourceInUseException");
  CHECK(answer.message ==
        "Queue work under account 000000000000 not ACTIVE, instead in state CREATING");
  service.clock.advance(base::Millis{500});
  service.call("IncreaseStreamRetentionPeriod", R"({"StreamName":"s","RetentionPeriodHours":48})");
  CHECK(tag(service, arn, R"({"b":"2"})").status == 200);  // UPDATING
}

TEST_CASE("tags outlive a restart") {
  const test::TempDir directory;
  Service service{{}, directory.path()};
  service.create("s");
  const auto reader = consumer(service, "c");
  make(service, "queue", "work");
  service.clock.advance(base::Millis{500});
  CHECK(tag(service, prefix + "stream/s", R"({"b":"2","a":"1"})").status == 200);
  CHECK(tag(service, reader, R"({"b":"2"})").status == 200);
  CHECK(tag(service, prefix + "queue/work", R"({"q":""})").status == 200);
  service.reopen();
  CHECK(tags_of(service, prefix + "stream/s") == "a=1 b=2 ");
  CHECK(tags_of(service, reader) == "b=2 from=birth ");
  CHECK(tags_of(service, prefix + "queue/work") == "q= ");
  service.call("UntagResource", "{" + resource(reader) + R"(,"TagKeys":["from","b"]})");
  service.reopen();
  CHECK(tags_of(service, reader).empty());
}
