// Who is asking: the credentials of a request, its account and region, and whether it proves that.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "common/base/clock.hpp"
#include "common/base/result.hpp"
#include "common/sigv4/canonical.hpp"

namespace millrace::protocol {

// Access key ids and their secrets.
using Secrets = std::map<std::string, std::string, std::less<>>;

struct Caller {
  std::string access_key;
  std::string region;
};

// From the Authorization header or the query of a presigned request. A client that forgot to sign,
// or signed incompletely, gets AWS's exception (recorded by kinesalite's tests).
base::Result<Caller> parse_credentials(std::string_view authorization, std::string_view target,
                                       bool has_date);

// Whether the request's signature, in its headers or its query, is that of one of the secrets.
// Errors in AWS's words: InvalidSignatureException, UnrecognizedClientException and their kin.
base::Status check_signature(const sigv4::Request& request, std::string_view body,
                             const Secrets& secrets, base::Timestamp now);

// A 12-digit access key id names the account; any other key means the default account.
std::string account_of(std::string_view access_key, const std::string& otherwise);

}  // namespace millrace::protocol
