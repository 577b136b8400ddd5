#include "emulator/http/certificates.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/temp_dir.hpp"

using namespace millrace;

namespace {

std::string content(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream{path}.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("certificates: an authority signs a server's certificate, and both come as PEM") {
  const auto authority = http::make_authority();
  REQUIRE(authority.has_value());
  CHECK(authority.value().certificate.starts_with("-----BEGIN CERTIFICATE-----"));
  CHECK(authority.value().key.starts_with("-----BEGIN PRIVATE KEY-----"));
  const auto server = http::make_server(authority.value(), {"localhost", "127.0.0.1", "::1"});
  REQUIRE(server.has_value());
  CHECK(server.value().certificate.ends_with(authority.value().certificate));  // a chain
  CHECK(server.value().key != authority.value().key);
}

TEST_CASE("certificates: names that are none are refused") {
  const auto authority = http::make_authority().value();
  for (const char* name : {"", "a b", "a,DNS:b", "*", "a*.b", "1.2.3.4.5/6", "::zz"}) {
    CAPTURE(name);
    const auto server = http::make_server(authority, {name});
    REQUIRE_FALSE(server.has_value());
    CHECK(server.error().code() == base::ErrorCode::invalid_argument);
  }
  CHECK(http::make_server(authority, {"*.localhost", "my_service", "a-b.c"}).has_value());
}

TEST_CASE("certificates: the authority is made once and kept, its key for its owner alone") {
  const test::TempDir folder;
  const auto path = std::filesystem::path{folder.path()} / "tls";
  const auto first = http::keep_authority(path);
  REQUIRE(first.has_value());
  CHECK(content(path / "ca.pem") == first.value().certificate);
  struct stat facts {};
  REQUIRE(::stat((path / "ca-key.pem").c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777) == 0600);
  CHECK(http::keep_authority(path).value().certificate == first.value().certificate);
}

TEST_CASE("certificates: damaged, missing and foreign files are named") {
  const test::TempDir folder;
  const std::filesystem::path path{folder.path()};
  const auto said = [&] {
    const auto kept = http::keep_authority(path);
    return kept ? std::string{} : kept.error().message();
  };
  std::ofstream{path / "ca.pem"} << http::make_authority().value().certificate;
  CHECK(said().find("ca-key.pem is missing") != std::string::npos);
  std::ofstream{path / "ca-key.pem"} << "nothing";
  CHECK(said().find("ca-key.pem holds no private key") != std::string::npos);
  std::ofstream{path / "ca-key.pem"} << http::make_authority().value().key;
  CHECK(said().find("is not that of the certificate") != std::string::npos);
  std::ofstream{path / "ca.pem"} << "nothing";
  CHECK(said().find("ca.pem holds no certificate") != std::string::npos);
}
