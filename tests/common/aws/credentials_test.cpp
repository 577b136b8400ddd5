#include "common/aws/credentials.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "tests/support/scripted_server.hpp"
#include "tests/support/temp_dir.hpp"

using namespace millrace;

TEST_CASE("Credentials: the JSON of a process is read, expiration included") {
  const auto keys = aws::parse_credentials_json(
      R"({"Version":1,"AccessKeyId":"a","SecretAccessKey":"b","SessionToken":"c",)"
      R"("Expiration":"2026-11-23T00:00:00Z"})",
      "x");
  REQUIRE(keys);
  CHECK(keys.value().keys.session_token == "c");
  CHECK(base::to_epoch_ms(keys.value().expires) == 1'795'392'000'000);
}

TEST_CASE("Credentials: JSON that is none is an error") {
  for (const char* text : {"", "[]", "{}", R"({"AccessKeyId":1,"SecretAccessKey":2})",
                           R"({"AccessKeyId":"a","SecretAccessKey":"b","Expiration":"soon"})"}) {
    CAPTURE(text);
    CHECK_FALSE(aws::parse_credentials_json(text, "x"));
  }
}

TEST_CASE("Credentials: a process is run again five minutes before its keys expire") {
  const test::TempDir dir;
  const auto file = dir.path() + "/keys.json";
  const auto write = [&](const char* id) {
    std::ofstream{file} << R"({"AccessKeyId":")" << id
                        << R"(","SecretAccessKey":"s","Expiration":"2026-11-23T00:00:00Z"})";
  };
  const auto expires = base::from_epoch_ms(1'795'392'000'000);
  const auto provider = aws::process_credentials("cat '" + file + "'");
  const auto id_at = [&](base::Timestamp time) {
    const auto keys = provider->get(time);
    return keys ? keys.value().access_key_id : keys.error().message();
  };
  write("one");
  CHECK(id_at(expires - std::chrono::hours{1}) == "one");
  write("two");
  CHECK(id_at(expires - std::chrono::minutes{6}) == "one");
  CHECK(id_at(expires - std::chrono::minutes{4}) == "two");
}

TEST_CASE("Credentials: a process that fails is an error with its status") {
  const auto keys = aws::process_credentials("exit 3")->get(base::from_epoch_ms(0));
  REQUIRE_FALSE(keys);
  CHECK(keys.error().message() == "credential_process 'exit 3': ended with status 3");
}

TEST_CASE("Credentials: the container endpoint is asked with its token") {
  std::string seen;
  test::ScriptedServer server{[&](const std::string& request) {
    seen = request;
    const std::string body = R"({"AccessKeyId":"a","SecretAccessKey":"b","Token":"t"})";
    return test::ScriptedServer::Reply{
        "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body};
  }};
  const auto keys =
      aws::container_credentials("http://127.0.0.1:" + server.port() + "/creds", "secret-token")
          ->get(base::from_epoch_ms(0));
  REQUIRE_MESSAGE(keys, keys.error().message());
  CHECK(keys.value().session_token == "t");
  CHECK(seen.starts_with("GET /creds HTTP/1.1\r\n"));
  CHECK(seen.find("Authorization: secret-token\r\n") != std::string::npos);
}

TEST_CASE("Credentials: plain http to another host is refused") {
  const auto keys =
      aws::container_credentials("http://example.com/creds", "")->get(base::from_epoch_ms(0));
  REQUIRE_FALSE(keys);
  CHECK(keys.error().code() == base::ErrorCode::validation);
}
