#include "emulator/transfer/line.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using namespace millrace::transfer;

TEST_CASE("line: a record comes back from its line as it was, text or not") {
  for (const std::string& data :
       {std::string{"plain \"text\" \xc3\xa9\n"}, std::string{"\xff\x00", 2}, std::string{}}) {
    CAPTURE(data);
    const Line line{.time_ms = 1'764'590'000'123,
                    .partition_key = "k\xc3\xa9y",
                    .data = data,
                    .explicit_hash_key = "340282366920938463463374607431768211455",
                    .shard = "shardId-000000000001",
                    .sequence_number = "49"};
    const auto text = to_json(line);
    CHECK(text.find('\n') == std::string::npos);
    const auto again = parse_line(text);
    REQUIRE(again.has_value());
    CHECK(again.value().time_ms == line.time_ms);
    CHECK(again.value().partition_key == line.partition_key);
    CHECK(again.value().data == data);
    CHECK(again.value().explicit_hash_key == line.explicit_hash_key);
  }
}

TEST_CASE("line: data that is no UTF-8 is written as base64, all other as it is") {
  CHECK(to_json({.data = "caf\xc3\xa9"}).find("\"data\":\"caf\xc3\xa9\"") != std::string::npos);
  CHECK(to_json({.data = "\xff"}).find("\"data_base64\":\"/w==\"") != std::string::npos);
}

TEST_CASE("line: what is wrong with a line is said by the member's name") {
  const std::pair<const char*, const char*> cases[] = {
      {"", "no JSON"},
      {"[]", "no JSON object"},
      {R"({"data":"x"})", "partition_key is missing"},
      {R"({"partition_key":7,"data":"x"})", "partition_key is no string"},
      {R"({"partition_key":"k"})", "either data or data_base64"},
      {R"({"partition_key":"k","data":"x","data_base64":"eA=="})", "either data or data_base64"},
      {R"({"partition_key":"k","data_base64":"x"})", "data_base64 is no base64"},
      {R"({"partition_key":"k","data":"x","time_ms":"soon"})", "time_ms is no whole number"},
      {R"({"partition_key":"k","data":"x","explicit_hash_key":1})",
       "explicit_hash_key is no string"},
  };
  for (const auto& [text, expected] : cases) {
    CAPTURE(text);
    const auto line = parse_line(text);
    REQUIRE_FALSE(line.has_value());
    CHECK(line.error().message().find(expected) != std::string::npos);
  }
}
