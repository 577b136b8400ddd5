#include "common/wire/members.hpp"

#include <doctest/doctest.h>

#include <memory>

using namespace millrace;
using namespace millrace::wire;

namespace {

const Pattern name_pattern{"[a-zA-Z0-9_.-]+"};
constexpr std::string_view colours[] = {"RED", "GREEN"};

struct Entry {
  Text key;
  Blob data;
  static void members(auto& visit, auto& self) {
    visit("Key", self.key, Rules{.required = true, .min = 1, .max = 3});
    visit("Data", self.data, Rules{.required = true, .max = 4});
  }
};

struct Sample {
  Text name;
  Text colour;
  Integer count;
  Boolean flag;
  Time when;
  std::optional<std::vector<Entry>> entries;
  TextMap tags;
  static void members(auto& visit, auto& self) {
    static const Rules key_rules{.min = 1, .max = 2};
    static const Rules value_rules{.min = 0, .max = 3};
    visit("Name", self.name, Rules{.required = true, .min = 1, .max = 5, .pattern = &name_pattern});
    visit("Colour", self.colour, Rules{.values = colours});
    visit("Count", self.count, Rules{.min = 1, .max = 10});
    visit("Flag", self.flag);
    visit("When", self.when);
    visit("Entries", self.entries, Rules{.min = 1, .max = 2, .element_text = "Entry@1"});
    visit("Tags", self.tags, Rules{.min = 1, .elements = &value_rules, .keys = &key_rules});
  }
};

Value text(const char* value) {
  return Value::text(value);
}

// One member of the wrong type; the sentence it gets.
std::string type_error(const char* name, Value value) {
  Document document{""};
  const Member member{name, value};
  Sample sample;
  const auto status = read(Value::map(document.keep(std::span{&member, 1})), sample);
  return status ? "" : status.error().message();
}

}  // namespace

TEST_CASE("members: every wrong type gets AWS's sentence") {
  CHECK(type_error("Name", Value::boolean(true)) ==
        "class java.lang.Boolean can not be converted to an String");
  CHECK(type_error("Name", Value::integer(23)) ==
        "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an "
        "String");
  CHECK(type_error("Name", Value::list({})) == "Start of list found where not expected");
  CHECK(type_error("Name", Value::map({})) ==
        "Start of structure or map found where not expected.");
  CHECK(type_error("Count", text("1")) ==
        "class java.lang.String can not be converted to an Integer");
  CHECK(type_error("Flag", text("hello")) == "'HELLO' can not be converted to an Boolean");
  CHECK(type_error("When", text("now")) ==
        "class java.lang.String can not be converted to milliseconds since epoch");
  CHECK(type_error("Entries", text("a")) == "Expected list or null");
  CHECK(type_error("Entries", Value::map({})) ==
        "Start of structure or map found where not expected.");
  CHECK(type_error("Tags", text("a")) == "Expected map or null");
  CHECK(type_error("Tags", Value::list({})) == "Start of list found where not expected");
  const Value scalar = Value::integer(1);
  CHECK(type_error("Entries", Value::list({&scalar, 1})) == "Expected null");
}

TEST_CASE("members: base64 that is none says what is wrong with it") {
  const auto blob_error = [](std::string value) {
    Document document{value};
    const Member data{"Data", Value::text(document.body())};
    Entry entry;
    const auto status = read(Value::map({&data, 1}), entry);
    return status ? std::string{} : status.error().message();
  };
  CHECK(blob_error("23456") ==
        "'23456' can not be converted to a Blob: Base64 encoded length is expected a multiple of 4 "
        "bytes but found: 5");
  CHECK(blob_error("=+/=") ==
        "'=+/=' can not be converted to a Blob: Invalid Base64 character: '='");
  CHECK(blob_error("+/+=") ==
        "'+/+=' can not be converted to a Blob: Invalid last non-pad Base64 character dectected");
  CHECK(blob_error("Zm9v") == "");
}

TEST_CASE("members: numbers are clamped and floored, nulls and unknown members ignored") {
  const Member members[] = {{"Count", Value::integer(99'999'999'999)},
                            {"When", Value::real(1.2345)},
                            {"Name", Value{}},
                            {"Unknown", Value::boolean(true)}};
  Sample sample;
  REQUIRE(read(Value::map(members), sample));
  CHECK(sample.count == 2147483647);
  CHECK(sample.when->ms == 1235);
  CHECK_FALSE(sample.name.has_value());
  const Member fraction{"Count", Value::real(-1.5)};
  Sample floored;
  REQUIRE(read(Value::map({&fraction, 1}), floored));
  CHECK(floored.count == -2);
}

TEST_CASE("members: violations are counted and listed in AWS's grammar") {
  Sample sample;
  sample.name = "a b";
  sample.colour = "BLUE";
  sample.count = 11;
  CHECK(check(sample).error().message() ==
        "3 validation errors detected: Value 'a b' at 'name' failed to satisfy constraint: Member "
        "must "
        "satisfy regular expression pattern: [a-zA-Z0-9_.-]+; Value 'BLUE' at 'colour' failed to "
        "satisfy "
        "constraint: Member must satisfy enum value set: [RED, GREEN]; Value '11' at 'count' "
        "failed to "
        "satisfy constraint: Member must have value less than or equal to 10");
  Sample absent;
  CHECK(check(absent).error().message() ==
        "1 validation error detected: Value null at 'name' failed to satisfy constraint: Member "
        "must not "
        "be null");
}

TEST_CASE("members: elements of lists and maps have their path") {
  Sample sample;
  sample.name = "ok";
  sample.entries.emplace();
  sample.entries->push_back({"abcd", BlobView{"12345"}});
  CHECK(check(sample).error().message() ==
        "2 validation errors detected: Value 'abcd' at 'entries.1.member.key' failed to satisfy "
        "constraint: Member must have length less than or equal to 3; Value "
        "'java.nio.HeapByteBuffer[pos=0 lim=5 cap=5]' at 'entries.1.member.data' failed to satisfy "
        "constraint: Member must have length less than or equal to 4");
  sample.entries->clear();
  CHECK(check(sample).error().message() ==
        "1 validation error detected: Value '[]' at 'entries' failed to satisfy constraint: Member "
        "must "
        "have length greater than or equal to 1");
  sample.entries.reset();
  sample.tags = TextEntries{{"abc", "v"}};
  CHECK(
      check(sample).error().message() ==
      "1 validation error detected: Value '{abc=v}' at 'tags' failed to satisfy constraint: Map "
      "keys "
      "must satisfy constraint: [Member must have length less than or equal to 2, Member must have "
      "length greater than or equal to 1]");
}

TEST_CASE("members: ten violations at most") {
  Sample sample;
  sample.name = "ok";
  sample.entries.emplace(20);
  CHECK(check(sample).error().message().rfind("10 validation errors detected: ", 0) == 0);
}

TEST_CASE("members: lengths are counted in UTF-16 units") {
  CHECK(utf16_length("abc") == 3);
  CHECK(utf16_length("\xc3\xa9") == 1);
  CHECK(utf16_length("\xf0\x9f\x98\x80") == 2);
}
