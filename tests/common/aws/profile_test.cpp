#include "common/aws/profile.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "tests/support/temp_dir.hpp"

using namespace millrace;

TEST_CASE("Profiles: sections, comments, nested settings") {
  const auto parsed = aws::parse_ini(
      "# comment\n"
      "[default]\r\n"
      "region = us-east-1 ; here\n"
      "aws_secret_access_key=a#b;c=\n"
      "\n"
      "[services local]\n"
      "kinesis =\n"
      "  endpoint_url = http://localhost:4566\n"
      "s3 =\n"
      "\tendpoint_url = http://localhost:9000\n",
      "config");
  REQUIRE(parsed);
  const auto& sections = parsed.value();
  CHECK(sections.at("default").at("region") == "us-east-1");
  CHECK(sections.at("default").at("aws_secret_access_key") == "a#b;c=");
  CHECK(sections.at("services local").at("kinesis.endpoint_url") == "http://localhost:4566");
  CHECK(sections.at("services local").at("s3.endpoint_url") == "http://localhost:9000");
}

TEST_CASE("Profiles: a malformed line is named by file and line") {
  const auto message = [](const char* text) {
    const auto parsed = aws::parse_ini(text, "/x/config");
    return parsed ? "" : parsed.error().message();
  };
  CHECK(message("[a]\nnothing here\n") == "/x/config:2: expected 'key = value'");
  CHECK(message("a = b\n") == "/x/config:1: a setting outside of any [section]");
  CHECK(message("\n[a\n") == "/x/config:2: the '[' has no ']'");
}

TEST_CASE("Profiles: both files are one, the credentials file wins") {
  const test::TempDir dir;
  std::ofstream{dir.path() + "/config"}
      << "[profile p]\nregion = r1\naws_access_key_id = old\n"
         "services = local\n"
         "[services local]\nkinesis =\n  endpoint_url = http://x\n";
  std::ofstream{dir.path() + "/credentials"} << "[p]\naws_access_key_id = new\n";
  const auto profiles = aws::load_profiles(dir.path() + "/config", dir.path() + "/credentials");
  REQUIRE(profiles);
  const auto& profile = profiles.value().by_name.at("p");
  CHECK(profile.settings.at("region") == "r1");
  CHECK(profile.settings.at("aws_access_key_id") == "new");
  CHECK(profile.services.at("kinesis.endpoint_url") == "http://x");
}

TEST_CASE("Profiles: files that do not exist are empty, a directory is an error") {
  const test::TempDir dir;
  const auto none = aws::load_profiles(dir.path() + "/a", dir.path() + "/b");
  REQUIRE(none);
  CHECK(none.value().by_name.empty());
  CHECK_FALSE(aws::load_profiles(dir.path(), ""));
}

TEST_CASE("Profiles: services that do not exist are told") {
  const test::TempDir dir;
  std::ofstream{dir.path() + "/config"} << "[default]\nservices = nowhere\n";
  const auto profiles = aws::load_profiles(dir.path() + "/config", "");
  REQUIRE_FALSE(profiles);
  CHECK(profiles.error().message() ==
        dir.path() +
            "/config: profile 'default' names services 'nowhere', but "
            "there is no such section");
}
