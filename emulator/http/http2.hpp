// HTTP/2 on one connection. Internal to http/.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string_view>

#include "emulator/http/io_thread.hpp"

namespace millrace::http {

// What an HTTP/2 client sends first (RFC 9113, 3.4).
inline constexpr std::string_view http2_preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

// Serves requests until the connection ends; `first` are the bytes read from it so far.
boost::asio::awaitable<void> serve_http2(IoThread& thread, Connection& connection,
                                         std::string_view first);

}  // namespace millrace::http
