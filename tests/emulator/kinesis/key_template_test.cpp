// OutputKeyTemplate: the developer guide's variables, rules and examples.
#include "emulator/kinesis/key_template.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using kinesis::KeyTemplate;

namespace {

constexpr std::int64_t july_ms = 1'784'557'859'999;  // 2026-07-20T14:30:59.999Z

kinesis::KeyFacts facts(std::string_view compression = "GZIP") {
  return {"my-channel", "abc123def456", "my-stream", compression};
}

std::string key(std::string_view text, std::string_view compression = "GZIP") {
  const auto made = KeyTemplate::parse(text, facts(compression));
  REQUIRE_MESSAGE(made.has_value(), made.error().message());
  return made.value().key(july_ms, "~");
}

std::string refused(std::string_view text, std::string_view compression = "GZIP") {
  const auto made = KeyTemplate::parse(text, facts(compression));
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().code() == base::ErrorCode::invalid_argument);
  const auto head = "OutputKeyTemplate '" + std::string{text} + "' is not valid: ";
  REQUIRE(made.error().message().starts_with(head));
  return made.error().message().substr(head.size());
}

}  // namespace

TEST_CASE("the default template says channel, hour and minute") {
  CHECK(key(kinesis::default_key_template) ==
        "kinesis-channel/my-channel/abc123def456/2026/07/20/14/"
        "my-channel-abc123def456-2026-07-20-14-30~.gz");
  CHECK(key(kinesis::default_key_template, "ZSTD").ends_with("-30~.zst"));
  CHECK(key(kinesis::default_key_template, "NONE").ends_with("-30~"));
}

TEST_CASE("every variable of a template stands for what the guide says") {
  CHECK(key("!{channel-name}/!{channel-id}/!{stream-name}", "NONE") ==
        "my-channel/abc123def456/my-stream~");
  CHECK(key("!{yyyy}-!{yy}-!{MM}-!{dd}-!{HH}-!{mm}", "NONE") == "2026-26-07-20-14-30~");
  CHECK(key("data/stream=!{stream-name}/!{yyyy}-!{MM}-!{dd}/!{HH}!{mm}!{extension:.json}") ==
        "data/stream=my-stream/2026-07-20/1430~.json");
  CHECK(key("a!b-_'.*()/=!{extension:.json.gz}") == "a!b-_'.*()/=~.json.gz");
  CHECK(key("!{channel-name}/!{yyyy}/!{MM}/!{dd}/!{HH}/records!{extension}", "ZSTD") ==
        "my-channel/2026/07/20/14/records~.zst");
  CHECK(key("plain", "NONE") == "plain~");
}

TEST_CASE("a template that breaks a rule is refused, with the rule") {
  CHECK(refused("/data/!{channel-name}!{extension}") == "it must not start with a slash");
  CHECK(refused("data/../!{channel-name}!{extension}") ==
        "it must not contain path traversal (..)");
  CHECK(refused("data/./!{channel-name}!{extension}") ==
        "it must not contain a path segment of one period");
  CHECK(refused("data//!{channel-name}!{extension}") == "it must not contain consecutive slashes");
  CHECK(refused("!{channel-name}!{extension}/!{yyyy}") ==
        "the extension placeholder must be at its end");
  CHECK(refused("a!{extension}!{extension}") == "the extension placeholder must be at its end");
  CHECK(refused("data/!{partition-id}!{extension}") ==
        "!{partition-id} is not a supported variable");
  CHECK(refused("!{}!{extension}") == "!{} is not a supported variable");
  CHECK(refused("data/!{channel-name}/!{yyyy") == "the placeholder !{yyyy is not closed");
  CHECK(refused("data/!{channel-name}") ==
        "it must end with an extension placeholder when the compression is GZIP");
  CHECK(refused("out/{yyyy}!{extension}") == "the character '{' may only stand in a placeholder");
  for (const char* bad : {"a!{extension:json}", "a!{extension:.JSON}", "a!{extension:}"}) {
    CHECK(refused(bad) ==
          "a literal extension begins with a period and has lower-case letters and periods only");
  }
}

TEST_CASE("names cannot lead out of the bucket: the rules hold for what a template expands to") {
  const auto made =
      KeyTemplate::parse("!{channel-name}/x", {"..", "abc123def456", "my-stream", "NONE"});
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().message() ==
        "OutputKeyTemplate '!{channel-name}/x' is not valid: it must not contain path traversal "
        "(..)");
  CHECK_FALSE(KeyTemplate::parse("a/!{stream-name}/x", {"c", "id", ".", "NONE"}).has_value());
}

TEST_CASE("an expanded template leaves room for the suffix") {
  CHECK(key(std::string(986, 'a'), "NONE").size() == 987);
  CHECK(refused(std::string(987, 'a'), "NONE") ==
        "it expands to 987 characters, and at most 986 are allowed");
  // The extension counts as well.
  CHECK(refused(std::string(984, 'a') + "!{extension}") ==
        "it expands to 987 characters, and at most 986 are allowed");
}
