// HTTP/1.0 and 1.1 on one connection. Internal to http/.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string_view>

#include "emulator/http/io_thread.hpp"

namespace millrace::http {

// Serves requests until the connection ends; `first` are the bytes read from it so far, one at
// least.
boost::asio::awaitable<void> serve_http1(IoThread& thread, Connection& connection,
                                         std::string_view first);

}  // namespace millrace::http
