// Objects as files and as S3 requests.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "common/sigv4/verify.hpp"
#include "emulator/delivery/directory_sink.hpp"
#include "emulator/delivery/s3_sink.hpp"
#include "tests/support/fake_aws.hpp"
#include "tests/support/temp_dir.hpp"

using namespace millrace;
using delivery::Object;

namespace {

namespace fs = std::filesystem;

std::string content(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

Object object(const std::string& key, const std::string& body = "text") {
  return {.bucket = "bucket",
          .key = key,
          .body = body,
          .content_type = "text/plain",
          .storage_class = "STANDARD",
          .bucket_owner = "000000000000",
          .kms_key = "",
          .region = "eu-west-1"};
}

// Answers every request alike and keeps it.
class Wire final : public aws::Transport {
 public:
  Wire(std::vector<net::HttpRequest>& sent, std::string body, int status)
      : sent_(sent), body_(std::move(body)), status_(status) {}
  base::Result<net::HttpResponse> send(const net::HttpRequest& request) override {
    sent_.push_back(request);
    return test::answer(body_, status_);
  }

 private:
  std::vector<net::HttpRequest>& sent_;
  std::string body_;
  int status_;
};

std::size_t files(const std::string& directory) {
  std::size_t count = 0;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    count += entry.is_regular_file() ? 1 : 0;
  }
  return count;
}

}  // namespace

TEST_CASE("an object is a file of its name, whole, and replaces the one that was there") {
  const test::TempDir directory;
  delivery::DirectorySink sink{directory.path() + "/made/when/needed"};
  const auto path = directory.path() + "/made/when/needed/bucket/a/b=1/c.json";
  REQUIRE(sink.put(object("a/b=1/c.json", "first")).has_value());
  CHECK(content(path) == "first");
  REQUIRE(sink.put(object("a/b=1/c.json", "second")).has_value());
  CHECK(content(path) == "second");
  REQUIRE(sink.put(object("a/d", std::string(3'000'000, 'x'))).has_value());
  CHECK(content(directory.path() + "/made/when/needed/bucket/a/d").size() == 3'000'000);
  CHECK(files(directory.path()) == 2);  // no parts are left
}

TEST_CASE("what a crash left of an object does not stand in the way") {
  const test::TempDir directory;
  fs::create_directories(directory.path() + "/bucket");
  std::ofstream{directory.path() + "/bucket/.k.part"} << "half of a longer object";
  delivery::DirectorySink sink{directory.path()};
  REQUIRE(sink.put(object("k", "whole")).has_value());
  CHECK(content(directory.path() + "/bucket/k") == "whole");
  CHECK(files(directory.path()) == 1);
}

TEST_CASE("no key leads out of the directory") {
  const test::TempDir directory;
  delivery::DirectorySink sink{directory.path() + "/in"};
  for (const char* key : {"../out", "a/../../out", "/out", "a//out", "./out", "a/", ""}) {
    CAPTURE(key);
    CHECK_FALSE(sink.put(object(key)).has_value());
  }
  CHECK(files(directory.path()) == 0);
}

TEST_CASE("a directory that cannot be written is an error that names the file") {
  const test::TempDir directory;
  std::ofstream{directory.path() + "/file"} << "x";
  delivery::DirectorySink sink{directory.path() + "/file"};
  const auto put = sink.put(object("k"));
  REQUIRE_FALSE(put.has_value());
  CHECK(put.error().message().find(directory.path() + "/file") != std::string::npos);
  // A key under a key.
  delivery::DirectorySink other{directory.path()};
  REQUIRE(other.put(object("a")).has_value());
  CHECK_FALSE(other.put(object("a/b")).has_value());
  CHECK_FALSE(other.put(object(std::string(300, 'n'))).has_value());
}

TEST_CASE("an object is put with a signature that holds, in the channel's region") {
  std::vector<net::HttpRequest> sent;
  auto settings = test::fake_settings();
  settings.endpoint.path = "/prefix";
  const base::ManualClock clock;
  delivery::S3Sink sink{settings, std::make_unique<Wire>(sent, "", 200), clock};
  auto wanted = object("a b/c=1/d'(x)!*.json", "body");
  wanted.kms_key = "alias/mine";
  REQUIRE(sink.put(wanted).has_value());
  REQUIRE(sent.size() == 1);
  const auto& request = sent[0];
  CHECK(request.method == "PUT");
  CHECK(request.target == "/bucket/a%20b/c%3D1/d%27%28x%29%21%2A.json");
  CHECK(request.body == "body");
  std::vector<sigv4::Header> headers{{"Host", "localhost:4566"}};
  const auto value = [&](const std::string& name) {
    for (const auto& [key, text] : request.headers) {
      if (key == name) return text;
    }
    return std::string{};
  };
  for (const auto& [name, text] : request.headers) headers.push_back({name, text});
  CHECK(value("x-amz-storage-class") == "STANDARD");
  CHECK(value("x-amz-expected-bucket-owner") == "000000000000");
  CHECK(value("x-amz-server-side-encryption") == "aws:kms");
  CHECK(value("x-amz-server-side-encryption-aws-kms-key-id") == "alias/mine");
  // The endpoint's path is before the target on the wire.
  const auto target = "/prefix" + request.target;
  const sigv4::Request presented{request.method, target, headers};
  const auto signature = sigv4::read_signature(presented);
  REQUIRE(signature.has_value());
  CHECK(signature.value().service.name == "s3");
  CHECK(signature.value().service.region == "eu-west-1");
  CHECK(sigv4::verify(presented, request.body, signature.value(), "secret", clock.now(), false)
            .has_value());
  CHECK_FALSE(sigv4::verify(presented, "other", signature.value(), "secret", clock.now(), false)
                  .has_value());
}

TEST_CASE("what S3 refuses is an error with its code and message") {
  const base::ManualClock clock;
  const auto refused = [&](const std::string& body, int status) {
    std::vector<net::HttpRequest> sent;
    delivery::S3Sink sink{test::fake_settings(), std::make_unique<Wire>(sent, body, status), clock};
    const auto put = sink.put(object("k"));
    REQUIRE_FALSE(put.has_value());
    return put.error().message();
  };
  CHECK(refused("<?xml version=\"1.0\"?>\n<Error><Code>NoSuchBucket</Code><Message>The specified "
                "bucket does not exist</Message></Error>",
                404) == "HTTP status 404 NoSuchBucket: The specified bucket does not exist");
  CHECK(refused("", 503) == "HTTP status 503");
  CHECK(refused("<Code>broken", 500) == "HTTP status 500: <Code>broken");
}
