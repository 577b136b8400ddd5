// The bytes of one connection, in clear text. Internal to http/; the I/O thread only.
#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <string_view>
#include <tuple>

namespace millrace::http {

// What was transferred, and why no more was.
using Transferred = std::tuple<boost::system::error_code, std::size_t>;

class Transport {
 public:
  explicit Transport(boost::asio::ip::tcp::socket socket);
  Transport(Transport&&) noexcept;
  ~Transport();

  boost::asio::awaitable<Transferred> read_some(boost::asio::mutable_buffer to);
  // All of them; the views must live until it is done.
  boost::asio::awaitable<Transferred> write(std::string_view first, std::string_view second = {},
                                            std::string_view third = {});
  // Whether the other side has ended the connection, or its half of it; what it sent before may be
  // unread still.
  [[nodiscard]] bool gone();
  // The other side reads the end after what was written; then it may close.
  void end_writing();
  // Ends every read and write under way.
  void close();

 private:
  boost::asio::ip::tcp::socket socket_;
};

}  // namespace millrace::http
