// Pages of our own beside the AWS API: health.
#pragma once

#include <optional>
#include <string_view>

#include "emulator/http/server.hpp"

namespace millrace::http {

// The reply when the path is one of ours; nullopt leaves the request to the AWS API.
std::optional<protocol::Reply> own_page(std::string_view method, std::string_view target,
                                        const Parts& parts);

}  // namespace millrace::http
