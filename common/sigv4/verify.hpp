// AWS Signature Version 4: the receiving side. What a request presents is read first; whoever holds
// the secrets then checks it.
//
//   BOOST_OUTCOME_TRY(auto presented, read_signature(request));
//   const auto* secret = secrets.find(presented.access_key_id);   // none: unknown_key()
//   BOOST_OUTCOME_TRY(verify(request, body, presented, *secret, clock.now()));
//
// Errors are access_denied with AWS's exception name and sentence. Pure functions, any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"
#include "common/sigv4/sign.hpp"

namespace millrace::sigv4 {

// How far the two clocks may differ (AWS: 15 minutes).
constexpr auto max_clock_skew = std::chrono::minutes{15};

struct Presented {
  std::string access_key_id;
  std::string day;  // of the credential scope
  Service service;
  std::string date;  // X-Amz-Date
  std::vector<std::string> signed_names;
  std::string signature;
  std::string session_token;  // empty when none
  bool in_query = false;
  std::int64_t expires_s = 0;  // query form only
};

// Reads Authorization or the X-Amz-* query parameters. Errors: MissingAuthenticationTokenException
// when there is neither, InvalidSignatureException when there are both,
// IncompleteSignatureException naming what is missing or malformed.
base::Result<Presented> read_signature(const Request& request);

// Computes the signature anew. Errors: InvalidSignatureException when it differs, is expired or not
// yet current.
base::Status verify(const Request& request, std::string_view body, const Presented& presented,
                    std::string_view secret_access_key, base::Timestamp now,
                    bool normalize_path = true);

// UnrecognizedClientException: nobody has that access key id.
base::Error unknown_key();

}  // namespace millrace::sigv4
