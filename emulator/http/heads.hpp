// Heads of HTTP/1 replies. Internal to http/.
#pragma once

#include <string>

#include "emulator/protocol/exchange.hpp"

namespace millrace::http {

// "Mon, 23 Nov 2026 01:34:09 GMT", made once a second.
const std::string& date_text();

// How the body's end is found.
enum class Body { sized, chunked, until_close };

// From the status line to the empty line. version: 10 or 11.
std::string head_of(const protocol::Reply& reply, unsigned version, bool keep_alive,
                    Body body = Body::sized);

}  // namespace millrace::http
