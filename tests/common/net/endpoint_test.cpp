#include "common/net/endpoint.hpp"

#include <doctest/doctest.h>

using namespace millrace;

TEST_CASE("Endpoint: scheme, host, port and path are read") {
  struct Case {
    const char* url;
    bool tls;
    const char* host;
    const char* port;
    const char* path;
    const char* authority;
  };
  for (const auto& item : {
           Case{"http://127.0.0.1:4566", false, "127.0.0.1", "4566", "", "127.0.0.1:4566"},
           Case{"https://kinesis.eu-west-1.amazonaws.com", true, "kinesis.eu-west-1.amazonaws.com",
                "443", "", "kinesis.eu-west-1.amazonaws.com"},
           Case{"http://emulator/", false, "emulator", "80", "", "emulator"},
           Case{"http://[::1]:4566/a/b/", false, "::1", "4566", "/a/b", "[::1]:4566"},
           Case{"https://x:0443", true, "x", "443", "", "x"},
       }) {
    CAPTURE(item.url);
    const auto endpoint = net::parse_endpoint(item.url);
    REQUIRE(endpoint);
    CHECK(endpoint.value().tls == item.tls);
    CHECK(endpoint.value().host == item.host);
    CHECK(endpoint.value().port == item.port);
    CHECK(endpoint.value().path == item.path);
    CHECK(endpoint.value().authority() == item.authority);
  }
}

TEST_CASE("Endpoint: what is no URL of a server is refused with its reason") {
  for (const char* url : {"", "localhost:4566", "ftp://x", "http://", "http://:80", "http://x:0",
                          "http://x:65536", "http://x:8a", "http://x:", "http://[::1", "http://a b",
                          "http://user@x", "http://[::1]x", "http://x?y", "http://[::1]:"}) {
    CAPTURE(url);
    const auto endpoint = net::parse_endpoint(url);
    REQUIRE_FALSE(endpoint);
    CHECK(endpoint.error().message().starts_with("'" + std::string{url} +
                                                 "' is not an endpoint URL: "));
  }
}
