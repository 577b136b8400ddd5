#include <doctest/doctest.h>

#include "common/json/json.hpp"

using namespace millrace;

TEST_CASE("json writer: nesting and commas") {
  json::Writer out;
  out.begin_map();
  out.key("a");
  out.begin_list();
  out.integer(1);
  out.begin_map();
  out.end_map();
  out.null();
  out.end_list();
  out.key("b");
  out.boolean(false);
  out.key("c");
  out.bytes("foo");
  out.end_map();
  CHECK(out.str() == R"({"a":[1,{},null],"b":false,"c":"Zm9v"})");
}

TEST_CASE("json writer: texts are escaped, UTF-8 stays") {
  json::Writer out;
  out.text("q\" b\\ n\n z\x01 \xc3\xa9");
  CHECK(out.str() == "\"q\\\" b\\\\ n\\n z\\u0001 \xc3\xa9\"");
}

TEST_CASE("json writer: times are seconds with the milliseconds as fraction") {
  const std::pair<std::int64_t, const char*> cases[] = {{0, "0"},
                                                        {1'700'000'000'000, "1700000000"},
                                                        {1'700'000'000'120, "1700000000.12"},
                                                        {1'700'000'000'005, "1700000000.005"},
                                                        {-500, "-0.5"},
                                                        {-1500, "-1.5"}};
  for (const auto& [ms, text] : cases) {
    CAPTURE(ms);
    json::Writer out;
    out.time(ms);
    CHECK(out.str() == text);
  }
}

TEST_CASE("json writer: what it writes parses back") {
  std::string all;
  for (int c = 1; c < 128; ++c) all += static_cast<char>(c);
  json::Writer out;
  out.text(all);
  auto parsed = json::parse(out.take());
  REQUIRE(parsed.has_value());
  CHECK(parsed.value()->root().as_text() == all);
}

TEST_CASE("json writer: a character that needs an escape is found wherever it stands") {
  for (const std::string around : {"abcdefgh", "caf\u00e9 \u20ac\U0001f600 x"}) {
    for (int c = 0; c < 0x80; ++c) {
      for (std::size_t before = 0; before < 20; ++before) {
        std::string text;
        while (text.size() < before) text += around;
        // Not within a character of several bytes.
        const auto at = before == 0 || around[0] == 'c' ? text.size() : before;
        text.insert(at, 1, static_cast<char>(c));
        text += around;
        millrace::json::Writer writer;
        writer.text(text);
        CAPTURE(text);
        const auto& written = writer.str();
        const bool escaped = c < 0x20 || c == '"' || c == '\\' || c == 0x7f;
        CHECK((written.find('\\') != std::string::npos) == escaped);
        if (c == 0) continue;
        const auto parsed = millrace::json::parse(R"({"t":)" + written + "}");
        REQUIRE(parsed.has_value());
        CHECK(parsed.value()->root()["t"].as_text() == text);
      }
    }
  }
}
