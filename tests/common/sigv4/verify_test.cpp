#include "common/sigv4/verify.hpp"

#include <doctest/doctest.h>

using namespace millrace;

namespace {

const base::Timestamp now = base::from_epoch_ms(1'700'000'000'000);
const sigv4::Credentials keys{"AKIDEXAMPLE", "secret", ""};
const sigv4::Service kinesis{"us-east-1", "kinesis"};

std::vector<sigv4::Header> signed_headers(const std::string& body) {
  std::vector<sigv4::Header> headers{{"Host", "localhost:4566"},
                                     {"X-Amz-Target", "Kinesis_20131202.ListStreams"}};
  const auto made = sigv4::sign_header({"POST", "/", headers}, body, keys, kinesis, now, {});
  headers.insert(headers.end(), made.added.begin(), made.added.end());
  return headers;
}

std::string failure(const std::vector<sigv4::Header>& headers, const std::string& body,
                    const char* secret, base::Timestamp at) {
  const sigv4::Request request{"POST", "/", headers};
  const auto presented = sigv4::read_signature(request);
  if (!presented) return presented.error().name() + ": " + presented.error().message();
  const auto checked = sigv4::verify(request, body, presented.value(), secret, at);
  return checked ? "" : checked.error().name() + ": " + checked.error().message();
}

}  // namespace

TEST_CASE("SigV4 check: what we sign we accept") {
  CHECK(failure(signed_headers("{}"), "{}", "secret", now).empty());
}

TEST_CASE("SigV4 check: another body, header or secret is refused") {
  const std::string mismatch = "InvalidSignatureException: The request signature we calculated";
  CHECK(failure(signed_headers("{}"), "{ }", "secret", now).starts_with(mismatch));
  CHECK(failure(signed_headers("{}"), "{}", "Secret", now).starts_with(mismatch));
  auto headers = signed_headers("{}");
  headers[1].value = "Kinesis_20131202.DeleteStream";
  CHECK(failure(headers, "{}", "secret", now).starts_with(mismatch));
}

TEST_CASE("SigV4 check: the clocks may differ by fifteen minutes and no more") {
  using std::chrono::minutes;
  const auto headers = signed_headers("{}");
  CHECK(failure(headers, "{}", "secret", now + minutes{15}).empty());
  CHECK(failure(headers, "{}", "secret", now - minutes{15}).empty());
  CHECK(failure(headers, "{}", "secret", now + minutes{16}) ==
        "InvalidSignatureException: Signature expired: 20231114T221320Z is now earlier than "
        "20231114T221420Z (20231114T222920Z - 15 min.)");
  CHECK(
      failure(headers, "{}", "secret", now - minutes{16}) ==
      "InvalidSignatureException: Signature not yet current: 20231114T221320Z is still later than "
      "20231114T221220Z (20231114T215720Z + 15 min.)");
}

TEST_CASE("SigV4 check: a request without a signature is told so") {
  CHECK(failure({{"Host", "x"}}, "", "secret", now) ==
        "MissingAuthenticationTokenException: Missing Authentication Token");
}

TEST_CASE("SigV4 check: each missing part of Authorization is named, in AWS's order") {
  CHECK(failure({{"Authorization", "AWS4-HMAC-SHA256 foo"}}, "", "secret", now) ==
        "IncompleteSignatureException: Authorization header requires 'Credential' parameter. "
        "Authorization header requires 'Signature' parameter. Authorization header requires "
        "'SignedHeaders' parameter. Authorization header requires existence of either a "
        "'X-Amz-Date' or a 'Date' header. Authorization=AWS4-HMAC-SHA256 foo");
  CHECK(failure(
            {{"Authorization", "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=0"},
             {"X-Amz-Date", "20231114T221320Z"}},
            "", "secret", now)
            .starts_with("IncompleteSignatureException: Credential must have at least 5"));
}

TEST_CASE("SigV4 check: a presigned request expires when it says so") {
  const std::vector<sigv4::Header> headers{{"Host", "localhost:4566"}};
  const auto made = sigv4::sign_query({"GET", "/a?b=c d", headers}, "", keys, kinesis, now, 60, {});
  const sigv4::Request request{"GET", made.target, headers};
  const auto presented = sigv4::read_signature(request);
  REQUIRE(presented);
  CHECK(presented.value().expires_s == 60);
  CHECK(sigv4::verify(request, "", presented.value(), "secret", now + std::chrono::seconds{60}));
  CHECK_FALSE(
      sigv4::verify(request, "", presented.value(), "secret", now + std::chrono::seconds{61}));
}

TEST_CASE("SigV4 check: both forms at once, or half a query form, are refused") {
  const std::vector<sigv4::Header> headers{{"Authorization", "AWS4-HMAC-SHA256 x"}};
  const auto both = sigv4::read_signature({"GET", "/?X-Amz-Algorithm=AWS4-HMAC-SHA256", headers});
  REQUIRE_FALSE(both);
  CHECK(both.error().name() == "InvalidSignatureException");
  const auto half = sigv4::read_signature({"GET", "/?X-Amz-Algorithm=AWS4-HMAC-SHA256", {}});
  REQUIRE_FALSE(half);
  CHECK(half.error().message() ==
        "AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string parameters "
        "must include 'X-Amz-Signature'. AWS query-string parameters must include "
        "'X-Amz-SignedHeaders'. AWS query-string parameters must include 'X-Amz-Date'. Re-examine "
        "the query-string parameters.");
}

TEST_CASE("SigV4: malformed percent signs and empty targets do no harm") {
  CHECK(sigv4::uri_decode("%") == "%");
  CHECK(sigv4::uri_decode("%4") == "%4");
  CHECK(sigv4::uri_decode("%41") == "A");
  CHECK(sigv4::uri_decode("a%zz") == "a%zz");
  CHECK(sigv4::canonical_path("", true) == "/");
  CHECK(sigv4::canonical_path("/../..", true) == "/");
  CHECK(sigv4::path_of("?a=b") == "/");
  CHECK(sigv4::canonical_query(sigv4::parse_query("b&a=2&a=1&&=")) == "=&a=1&a=2&b=");
}
