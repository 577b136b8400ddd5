#include "emulator/http/transport.hpp"

#include <poll.h>

#include <boost/asio/write.hpp>

namespace millrace::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {
constexpr auto as_awaitable = asio::experimental::as_tuple(asio::use_awaitable);
}

Transport::Transport(tcp::socket socket) : socket_(std::move(socket)) {
  error_code ignored;  // the connection works without it, only slower
  socket_.set_option(tcp::no_delay{true}, ignored);
}

Transport::Transport(Transport&&) noexcept = default;
Transport::~Transport() = default;

asio::awaitable<Transferred> Transport::read_some(asio::mutable_buffer to) {
  return socket_.async_read_some(to, as_awaitable);
}

asio::awaitable<Transferred> Transport::write(std::string_view first, std::string_view second,
                                              std::string_view third) {
  const std::array<asio::const_buffer, 3> all = {asio::buffer(first.data(), first.size()),
                                                 asio::buffer(second.data(), second.size()),
                                                 asio::buffer(third.data(), third.size())};
  return asio::async_write(socket_, all, as_awaitable);
}

bool Transport::gone() {
  if (!socket_.is_open()) return true;
  pollfd asked{.fd = socket_.native_handle(), .events = POLLRDHUP, .revents = 0};
  return ::poll(&asked, 1, 0) > 0;
}

void Transport::end_writing() {
  error_code ignored;  // the other side may be gone already
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
}

void Transport::close() {
  error_code ignored;  // closing what is closed already is fine
  socket_.close(ignored);
}

}  // namespace millrace::http
