#include <doctest/doctest.h>

#include "common/json/json.hpp"

using namespace millrace;
using wire::Kind;

TEST_CASE("json: a request becomes a tree") {
  auto parsed = json::parse(R"( {"StreamName":"s","N":-7,"Big":18446744073709551616,"F":1.5,
    "Yes":true,"No":null,"L":[1,[],{"a":"b"}],"Esc":"a\n\u00e9\ud83d\ude00"} )");
  REQUIRE(parsed.has_value());
  const auto& root = parsed.value()->root();
  REQUIRE(root.kind() == Kind::map);
  CHECK(root["StreamName"].as_text() == "s");
  CHECK(root["N"].as_integer() == -7);
  CHECK(root["Big"].kind() == Kind::real);
  CHECK(root["F"].as_real() == 1.5);
  CHECK(root["Yes"].as_boolean());
  CHECK(root["No"].is_null());
  CHECK(root["absent"].is_null());
  REQUIRE(root["L"].as_list().size() == 3);
  CHECK(root["L"].as_list()[1].as_list().empty());
  CHECK(root["L"].as_list()[2]["a"].as_text() == "b");
  CHECK(root["Esc"].as_text() == "a\n\xc3\xa9\xf0\x9f\x98\x80");
}

TEST_CASE("json: half of a surrogate pair is no character, in texts and in names") {
  for (const std::string bad : {R"(["\ude00"])", R"({"a\uDFFFb":1})", R"("\ude00\ud83d")"}) {
    CAPTURE(bad);
    const auto parsed = json::parse(bad);
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().code() == base::ErrorCode::serialization);
  }
  CHECK(json::parse(R"(["\ud7ff\ue000"])").has_value());  // the characters beside them
}

TEST_CASE("json: a text that ends within a character is refused, and nothing behind it is read") {
  const std::string whole = "[\"\xF0\x9F\x98\x80\"]";
  CHECK(json::parse(whole).has_value());
  for (const std::string bad : {"\"\xF0", "\"\xF0\x9F", "\"\xF0\x9F\x98", "\"\xE2\x82", "\"\xF0x",
                                "\"\xE2", "\"\xC3", "\xF4"}) {
    CAPTURE(bad);
    // The sizes at which a byte more is beyond the block.
    for (std::size_t size : {bad.size(), std::size_t{16}, std::size_t{30}, std::size_t{60}}) {
      const auto text = std::string(size - std::min(size, bad.size()), ' ') + bad;
      const auto parsed = json::parse(text);
      REQUIRE_FALSE(parsed.has_value());
      CHECK(parsed.error().code() == base::ErrorCode::serialization);
    }
  }
}

TEST_CASE("json: a number is the one that is written, whatever its exponent") {
  // RapidJSON 1.1 reads the first three as other numbers than zero.
  for (const char* zero : {"0e308", "0e-300", "0.000e200", "-0e20", "0.0", "1e-400"}) {
    CAPTURE(zero);
    CHECK(json::parse(zero).value()->root().as_real() == 0);
  }
  CHECK(json::parse("9223372036854775807").value()->root().as_integer() == INT64_MAX);
  CHECK(json::parse("-9223372036854775808").value()->root().as_integer() == INT64_MIN);
  CHECK(json::parse("9223372036854775808").value()->root().as_real() == 9223372036854775808.0);
  CHECK(json::parse("-9223372036854775809").value()->root().as_real() == -9223372036854775808.0);
  CHECK(json::parse("0.1").value()->root().as_real() == 0.1);
  CHECK(json::parse("4.9E-324").value()->root().as_real() == 4.9e-324);
  CHECK(json::parse("1.7976931348623157e+308").value()->root().as_real() == 1.7976931348623157e308);
  CHECK(json::parse("[1,1e309]").error().message() ==
        "not JSON: Number too big to be stored in double. At offset 3.");
}

TEST_CASE("json: of two equal names the last counts") {
  auto parsed = json::parse(R"({"a":1,"a":2})");
  REQUIRE(parsed.has_value());
  CHECK(parsed.value()->root()["a"].as_integer() == 2);
}

TEST_CASE("json: what is not JSON is refused and says where") {
  const std::string_view bad[] = {
      "",      "{",       "}",           "{\"a\"}",
      "[1,]",  "{'a':1}", "nul",         "01",
      "1.",    "\"\\x\"", "\"\x80\"",    "\"\n\"",
      "[1] 2", "NaN",     "\"\\ud800\"", std::string_view{"{\"a\0\":1}", 9}};
  for (const auto text : bad) {
    CAPTURE(text);
    auto parsed = json::parse(std::string{text});
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().code() == base::ErrorCode::serialization);
    CHECK(parsed.error().message().find("ffset") != std::string::npos);
  }
}

TEST_CASE("json: nesting is bounded, not the stack") {
  CHECK(json::parse(std::string(128, '[') + std::string(128, ']')).has_value());
  CHECK_FALSE(json::parse(std::string(129, '[') + std::string(129, ']')).has_value());
  CHECK_FALSE(json::parse(std::string(5'000'000, '[')).has_value());
}
