// The floor of an HTTP benchmark: reads each request whole and answers a constant PutRecord reply.
// One thread, HTTP/1.1, keep-alive. Whatever a real server costs comes on top of this.
//
// Usage: millrace-echo   (listens on a free port of 127.0.0.1 and prints it the way the emulator
// does)
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <cstdint>
#include <exception>
#include <iostream>

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

constexpr auto quiet = asio::as_tuple(asio::use_awaitable);
constexpr std::uint64_t body_limit = 16U << 20U;
constexpr auto reply_body =
    R"({"ShardId":"shardId-000000000000","SequenceNumber":"49680477281864010440542409252960701160047987396421091330"})";

asio::awaitable<void> session(tcp::socket socket) {
  boost::system::error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  boost::beast::flat_buffer buffer;
  for (;;) {
    http::request_parser<http::string_body> parser;
    parser.body_limit(body_limit);
    auto [read_error, read] = co_await http::async_read(socket, buffer, parser, quiet);
    if (read_error) {
      co_return;
    }
    http::response<http::string_body> reply{http::status::ok, 11};
    reply.set(http::field::content_type, "application/x-amz-json-1.1");
    reply.set("x-amzn-RequestId", "00000000-0000-0000-0000-000000000000");
    reply.keep_alive(parser.get().keep_alive());
    reply.body() = reply_body;
    reply.prepare_payload();
    auto [write_error, written] = co_await http::async_write(socket, reply, quiet);
    if (write_error || !reply.keep_alive()) {
      co_return;
    }
  }
}

asio::awaitable<void> listen(tcp::acceptor& acceptor) {
  for (;;) {
    auto [error, socket] = co_await acceptor.async_accept(quiet);
    if (error) {
      co_return;
    }
    asio::co_spawn(acceptor.get_executor(), session(std::move(socket)), asio::detached);
  }
}

}  // namespace

int main() {
  try {
    asio::io_context context(1);
    tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
    asio::signal_set signals(context, SIGINT, SIGTERM);
    signals.async_wait([&context](boost::system::error_code, int) { context.stop(); });
    asio::co_spawn(context, listen(acceptor), asio::detached);
    std::cout << "listening on http://127.0.0.1:" << acceptor.local_endpoint().port() << "\nReady."
              << std::endl;
    context.run();
  } catch (const std::exception& problem) {
    std::cerr << "millrace-echo: " << problem.what() << '\n';
    return 1;
  }
  return 0;
}
