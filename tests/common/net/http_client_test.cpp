#include "common/net/http_client.hpp"

#include <doctest/doctest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <future>

#include "tests/support/scripted_server.hpp"
#include "tests/support/temp_dir.hpp"

using namespace millrace;
using test::ScriptedServer;

namespace {

std::string ok(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nX-One: 1\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

net::Endpoint at(const ScriptedServer& server, bool tls = false) {
  return {tls, "127.0.0.1", server.port(), ""};
}

// A key and a certificate for 127.0.0.1 that signs itself, made anew for each test.
class Identity {
 public:
  explicit Identity(const char* name) {
    key_ = EVP_EC_gen("P-256");
    certificate_ = X509_new();
    X509_set_version(certificate_, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate_), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate_), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate_), 3600);
    X509_set_pubkey(certificate_, key_);
    X509_NAME* subject = X509_get_subject_name(certificate_);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    X509_set_issuer_name(certificate_, subject);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, name);
    X509_add_ext(certificate_, extension, -1);
    X509_EXTENSION_free(extension);
    X509_sign(certificate_, key_, EVP_sha256());
    context_ = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate(context_, certificate_);
    SSL_CTX_use_PrivateKey(context_, key_);
  }
  ~Identity() {
    SSL_CTX_free(context_);
    X509_free(certificate_);
    EVP_PKEY_free(key_);
  }
  Identity(const Identity&) = delete;
  Identity& operator=(const Identity&) = delete;

  [[nodiscard]] SSL_CTX* context() const { return context_; }
  void write(const std::string& path) const {
    FILE* file = std::fopen(path.c_str(), "w");
    REQUIRE(file != nullptr);
    PEM_write_X509(file, certificate_);
    std::fclose(file);
  }

 private:
  EVP_PKEY* key_ = nullptr;
  X509* certificate_ = nullptr;
  SSL_CTX* context_ = nullptr;
};

}  // namespace

TEST_CASE("HTTP client: the request arrives whole and the answer comes back whole") {
  std::string seen;
  ScriptedServer server{[&](const std::string& request) {
    seen = request;
    return ScriptedServer::Reply{ok("answer")};
  }};
  net::HttpClient client{at(server), {}};
  const auto response = client.send({.target = "/", .headers = {{"X-Two", "2"}}, .body = "{}"});
  REQUIRE(response);
  CHECK(response.value().status == 200);
  CHECK(response.value().body == "answer");
  CHECK(response.value().header("x-one") == "1");
  CHECK_FALSE(response.value().header("x-two"));
  CHECK(seen == "POST / HTTP/1.1\r\nHost: 127.0.0.1:" + server.port() +
                    "\r\nX-Two: 2\r\nContent-Length: 2\r\n\r\n{}");
}

TEST_CASE("HTTP client: calls one after the other share a connection") {
  ScriptedServer server{[](const std::string&) { return ScriptedServer::Reply{ok("x")}; }};
  net::HttpClient client{at(server), {}};
  for (int i = 0; i < 5; ++i) REQUIRE(client.send({}));
  CHECK(server.connections() == 1);
}

TEST_CASE("HTTP client: a kept connection the server has closed is replaced") {
  ScriptedServer server{[](const std::string&) { return ScriptedServer::Reply{ok("x"), true}; }};
  net::HttpClient client{at(server), {}};
  for (int i = 0; i < 3; ++i) REQUIRE(client.send({}));
  CHECK(server.connections() == 3);
}

TEST_CASE("HTTP client: an error status is an answer") {
  ScriptedServer server{[](const std::string&) {
    return ScriptedServer::Reply{"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"};
  }};
  net::HttpClient client{at(server), {}};
  const auto response = client.send({});
  REQUIRE(response);
  CHECK(response.value().status == 503);
}

TEST_CASE("HTTP client: a chunked answer is put together") {
  ScriptedServer server{[](const std::string&) {
    return ScriptedServer::Reply{
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"};
  }};
  net::HttpClient client{at(server), {}};
  const auto response = client.send({});
  REQUIRE(response);
  CHECK(response.value().body == "abcde");
}

TEST_CASE("HTTP client: bad answers are errors that name the endpoint") {
  struct Case {
    const char* bytes;
    base::ErrorCode code;
  };
  for (const auto& item : {
           Case{"", base::ErrorCode::io},
           Case{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", base::ErrorCode::io},
           Case{"SSH-2.0-OpenSSH\r\n\r\n", base::ErrorCode::protocol},
           Case{"HTTP/1.1 200 OK\r\nContent-Length: 4096\r\n\r\n", base::ErrorCode::protocol},
       }) {
    CAPTURE(item.bytes);
    ScriptedServer server{[&](const std::string&) {
      return ScriptedServer::Reply{item.bytes, true};
    }};
    net::HttpClient client{at(server), {.body_limit = 1024}};
    const auto response = client.send({});
    REQUIRE_FALSE(response);
    CHECK(response.error().code() == item.code);
    CHECK(response.error().message().starts_with("http://127.0.0.1:" + server.port() + ": "));
  }
}

TEST_CASE("HTTP client: a server that never answers runs into the deadline") {
  ScriptedServer server{[](const std::string&) { return ScriptedServer::Reply{}; }};
  net::HttpClient client{at(server), {.request_timeout = std::chrono::milliseconds{50}}};
  const auto response = client.send({});
  REQUIRE_FALSE(response);
  CHECK(response.error().code() == base::ErrorCode::timeout);
}

TEST_CASE("HTTP client: nobody listening is an error at once") {
  std::string port;
  {
    ScriptedServer server{[](const std::string&) { return ScriptedServer::Reply{}; }};
    port = server.port();
  }
  net::HttpClient client{{false, "127.0.0.1", port, ""}, {}};
  const auto response = client.send({});
  REQUIRE_FALSE(response);
  CHECK(response.error().code() == base::ErrorCode::io);
  CHECK(response.error().message().find("Connection refused") != std::string::npos);
}

TEST_CASE("HTTP client: cancel ends a waiting call and refuses later ones") {
  std::promise<void> arrived;
  ScriptedServer server{[&](const std::string&) {
    arrived.set_value();
    return ScriptedServer::Reply{};
  }};
  net::HttpClient client{at(server), {}};
  auto waiting = std::async(std::launch::async, [&] { return client.send({}); });
  arrived.get_future().wait();
  client.cancel();
  const auto response = waiting.get();
  REQUIRE_FALSE(response);
  CHECK(response.error().code() == base::ErrorCode::cancelled);
  const auto later = client.send({});
  REQUIRE_FALSE(later);
  CHECK(later.error().code() == base::ErrorCode::cancelled);
}

TEST_CASE("HTTP client: a body of several megabytes goes both ways") {
  ScriptedServer server{[](const std::string& request) {
    return ScriptedServer::Reply{ok(request.substr(request.find("\r\n\r\n") + 4))};
  }};
  net::HttpClient client{at(server), {}};
  const std::string body(5'000'000, 'x');
  const auto response = client.send({.body = body});
  REQUIRE(response);
  CHECK(response.value().body == body);
}

TEST_CASE("HTTP client: TLS is only spoken with a certificate that someone trusted signed") {
  const Identity identity{"IP:127.0.0.1"};
  ScriptedServer server{[](const std::string&) { return ScriptedServer::Reply{ok("secret")}; },
                        identity.context()};
  const test::TempDir dir;
  const std::string ca = dir.path() + "/ca.pem";
  identity.write(ca);

  net::HttpClient trusting{at(server, true), {.ca_file = ca}};
  for (int i = 0; i < 2; ++i) {
    const auto response = trusting.send({});
    REQUIRE_MESSAGE(response, response.error().message());
    CHECK(response.value().body == "secret");
  }
  net::HttpClient strict{at(server, true), {}};
  const auto refused = strict.send({});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message().find("TLS handshake: certificate verify failed") !=
        std::string::npos);
  net::HttpClient careless{at(server, true), {.verify_certificate = false}};
  CHECK(careless.send({}));
  net::HttpClient lost{at(server, true), {.ca_file = dir.path() + "/none.pem"}};
  const auto failed = lost.send({});
  REQUIRE_FALSE(failed);
  CHECK(failed.error().message().find("none.pem") != std::string::npos);
}

TEST_CASE("HTTP client: a certificate for another host is refused") {
  const Identity identity{"DNS:example.com"};
  ScriptedServer server{[](const std::string&) { return ScriptedServer::Reply{ok("secret")}; },
                        identity.context()};
  const test::TempDir dir;
  identity.write(dir.path() + "/ca.pem");
  net::HttpClient client{at(server, true), {.ca_file = dir.path() + "/ca.pem"}};
  CHECK_FALSE(client.send({}));
}

TEST_CASE("HTTP client: a streamed answer comes piece by piece and may be left at any of them") {
  ScriptedServer server{[](const std::string&) {
    return ScriptedServer::Reply{
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"};
  }};
  net::HttpClient client{at(server), {}};
  std::string got;
  for (int i = 0; i < 2; ++i) {
    got.clear();
    const auto response = client.receive({}, {}, [&](std::string_view piece) {
      got += piece;
      return true;
    });
    REQUIRE(response);
    CHECK(got == "abcde");
    CHECK(response.value().body.empty());
  }
  CHECK(server.connections() == 1);
  int pieces = 0;
  REQUIRE(client.receive({}, {}, [&](std::string_view) { return ++pieces < 1; }));
  CHECK(pieces == 1);
  REQUIRE(client.send({}));  // not on the connection that still has the rest to come
  CHECK(server.connections() == 2);
}

TEST_CASE("HTTP client: a streamed call that is refused has its answer's body") {
  ScriptedServer server{[](const std::string&) {
    return ScriptedServer::Reply{"HTTP/1.1 400 No\r\nContent-Length: 3\r\n\r\nwhy"};
  }};
  net::HttpClient client{at(server), {}};
  const auto response = client.receive({}, {}, [](std::string_view) { return true; });
  REQUIRE(response);
  CHECK(response.value().status == 400);
  CHECK(response.value().body == "why");
}

TEST_CASE("HTTP client: a stream that breaks off is an error after its pieces") {
  ScriptedServer server{[](const std::string&) {
    return ScriptedServer::Reply{
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", true};
  }};
  net::HttpClient client{at(server), {}};
  std::string got;
  const auto response = client.receive({}, {}, [&](std::string_view piece) {
    got += piece;
    return true;
  });
  REQUIRE_FALSE(response);
  CHECK(response.error().code() == base::ErrorCode::io);
  CHECK(got == "abc");
}
