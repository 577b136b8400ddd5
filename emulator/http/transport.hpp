// The bytes of one connection, in clear text or in TLS. Internal to http/; the I/O thread only.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string_view>
#include <tuple>

namespace boost::asio::ssl {
class context;
}

namespace millrace::http {

// What was transferred, and why no more was.
using Transferred = std::tuple<boost::system::error_code, std::size_t>;

// May be moved until start_tls(). One read and one write may be under way at a time.
class Transport {
 public:
  explicit Transport(boost::asio::ip::tcp::socket socket);
  Transport(Transport&&) noexcept;
  ~Transport();

  // Speaks TLS from here on; `first` are the bytes read so far. False: it could not be agreed on.
  boost::asio::awaitable<bool> start_tls(boost::asio::ssl::context& context,
                                         std::string_view first);
  [[nodiscard]] bool secure() const { return secure_ != nullptr; }
  // What ALPN has agreed on: "h2", "http/1.1"; empty: nothing.
  [[nodiscard]] std::string_view protocol() const;

  boost::asio::awaitable<Transferred> read_some(boost::asio::mutable_buffer to);
  // All of them; the views must live until it is done.
  boost::asio::awaitable<Transferred> write(std::string_view first, std::string_view second = {},
                                            std::string_view third = {});
  // Whether the other side has ended the connection, or its half of it; what it sent before may be
  // unread still.
  [[nodiscard]] bool gone();
  // The other side reads the end after what was written; then it may close. The caller has set a
  // deadline: with TLS the other side is waited for.
  boost::asio::awaitable<void> end_writing();
  // Ends every read and write under way.
  void close();

 private:
  struct Secure;
  boost::asio::ip::tcp::socket socket_;
  std::unique_ptr<Secure> secure_;
};

}  // namespace millrace::http
