// Who is asking: the credentials of a request, its account and region. Signatures are not verified
// here.
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.hpp"

namespace millrace::protocol {

struct Caller {
  std::string access_key;
  std::string region;
};

// From the Authorization header or the query of a presigned request. A client that forgot to sign,
// or signed incompletely, gets AWS's exception (recorded by kinesalite's tests).
base::Result<Caller> parse_credentials(std::string_view authorization, std::string_view target,
                                       bool has_date);

// A 12-digit access key id names the account; any other key means the default account.
std::string account_of(std::string_view access_key, const std::string& otherwise);

}  // namespace millrace::protocol
