// Page tokens of listings: made, opened, and refused in AWS's terms.
#pragma once

#include <string>

#include "emulator/kinesis/operation.hpp"

namespace millrace::kinesis {

// Fills in the operation, which alone takes the token back, and the time of issue.
std::string make_token(const Context& context, std::string_view operation, engine::PageToken token);
// Error: ExpiredNextTokenException after 300 s; InvalidArgumentException for what is no token of
// this operation.
base::Result<engine::PageToken> open_token(const Context& context, std::string_view operation,
                                           std::string_view text);
base::Error invalid_token();

// "Thu Jan 22 01:22:02 UTC 2015", as AWS writes times into messages.
std::string message_time(std::int64_t epoch_ms);

}  // namespace millrace::kinesis
