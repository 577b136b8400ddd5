// AWS Signature Version 4: signing. Every intermediate value is in the result, so that tests and
// "why does my signature not match" can compare step by step.
//
//   auto signature = sign_header({"POST", "/", headers}, body, credentials, {"us-east-1",
//   "kinesis"},
//                                now, {});
//   // send headers + signature.added
//
// Pure functions, any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.hpp"
#include "common/sigv4/canonical.hpp"

namespace millrace::sigv4 {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";

struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;  // empty for keys that live long
};

struct Service {
  std::string region;  // "us-east-1"
  std::string name;    // the signing name: "kinesis"
};

struct Options {
  bool normalize_path = true;
  bool content_hash_header = false;  // sends x-amz-content-sha256, too (header form)
  bool sign_session_token = true;    // false: the token travels beside the signature
};

using Key = std::array<std::uint8_t, 32>;

struct Signature {
  std::string canonical_request;
  std::string string_to_sign;
  Key signing_key{};
  std::string signature;  // 64 lower-case hex digits
  // Header form: what must be added to the request, Authorization last.
  std::vector<Header> added;
  // Query form: the whole request target, signature included.
  std::string target;
};

// "20150830T123600Z"
std::string amz_date(base::Timestamp time);
std::string sha256_hex(std::string_view bytes);

// "20150830/us-east-1/kinesis/aws4_request"
std::string credential_scope(std::string_view amz_date, const Service& service);
std::string string_to_sign(std::string_view amz_date, std::string_view scope,
                           std::string_view canonical_request);
// HMAC chain over date, region and service; the same key serves a whole day.
Key signing_key(std::string_view secret_access_key, std::string_view day, const Service& service);
std::string signature_of(const Key& key, std::string_view string_to_sign);

// Signs all headers of the request and those it adds (X-Amz-Date, X-Amz-Security-Token).
Signature sign_header(const Request& request, std::string_view body, const Credentials& credentials,
                      const Service& service, base::Timestamp now, const Options& options);

// The presigned form: everything in the query; valid for `expires_s` seconds.
Signature sign_query(const Request& request, std::string_view body, const Credentials& credentials,
                     const Service& service, base::Timestamp now, std::int64_t expires_s,
                     const Options& options);

}  // namespace millrace::sigv4
