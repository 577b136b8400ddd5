#include "runtime/expr/json_path.hpp"

#include <doctest/doctest.h>

using namespace millrace::expr;

namespace {

// What a path reads, as JSON, with spaces between; "-" when it leads nowhere, "!" when malformed,
// "?" when it is not served.
std::string read(const char* json, const char* path) {
  bool served = false;
  const auto compiled = JsonPath::compile(path, served);
  if (!compiled) return served ? "!" : "?";
  const auto root = parse_json(json);
  REQUIRE(root);
  bool found = false;
  std::string out;
  for (const Json* one : compiled->read(*root, found)) {
    if (!out.empty()) out += ' ';
    append_json(out, *one);
  }
  return found ? out : "-";
}

}  // namespace

TEST_CASE("json path: members, elements, wildcards, descent") {
  const char* json = R"({"a":{"b":[10,20,{"c":1}]},"x y":2,"c":{"c":3}})";
  CHECK(read(json, "$") == R"({"a":{"b":[10,20,{"c":1}]},"x y":2,"c":{"c":3}})");
  CHECK(read(json, "$.a.b[1]") == "20");
  CHECK(read(json, "$.a.b[-1].c") == "1");
  CHECK(read(json, "$['x y']") == "2");
  CHECK(read(json, "$.[\"x y\"]") == "2");
  CHECK(read(json, "$.a.b[*]") == R"(10 20 {"c":1})");
  CHECK(read(json, "$.a.b[0,1]") == "10 20");
  CHECK(read(json, "$.a.b[1:]") == R"(20 {"c":1})");
  CHECK(read(json, "$.a.b[:-1]") == "10 20");
  CHECK(read(json, "$..c") == R"({"c":3} 1 3)");
  CHECK(read(json, "a.b[0]") == "10");
  CHECK(read(json, "$.nope") == "-");
  CHECK(read(json, "$.a.b[7]") == "-");
  CHECK(read(json, "$.a.b[*].nope").empty());
}

TEST_CASE("json path: malformed and unserved ones are told apart") {
  CHECK(read("1", "$.") == "!");
  CHECK(read("1", "$[") == "!");
  CHECK(read("1", "$['a") == "!");
  CHECK(read("1", "$[a]") == "!");
  CHECK(read("1", "$x") == "!");
  CHECK(read("1", "$[?(@.a > 1)]") == "?");
  CHECK(read("1", "$.a.length()") == "?");
}

TEST_CASE("json: what is none is refused, what follows a value is ignored") {
  for (const char* bad : {"", "abc", "{", "[1,]", "{\"a\"}", "\"open", "01", "-", "1.", "\"\\x\"",
                          "tru", "\"\\ud800\\u0041\""}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_json(bad));
  }
  CHECK(parse_json("1 x"));
  CHECK_FALSE(parse_json(std::string(5000, '[')));
}

TEST_CASE("json: numbers are texts as BigDecimal writes them") {
  const auto number = [](const char* text) { return parse_json(text)->text; };
  CHECK(number("1.50") == "1.50");
  CHECK(number("1e5") == "1E+5");
  CHECK(number("-12.5E-9") == "-1.25E-8");
  CHECK(number("0.00000012") == "1.2E-7");
  CHECK(number("0.000001") == "0.000001");
  CHECK(number("120e-1") == "12.0");
  CHECK(number("12345678901234567890123") == "12345678901234567890123");
}
