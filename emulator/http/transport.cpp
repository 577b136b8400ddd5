#include "emulator/http/transport.hpp"

#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/experimental/as_tuple.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <string>

namespace millrace::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {
constexpr auto as_transferred = asio::experimental::as_tuple(asio::use_awaitable);
// What the kernel takes from us beyond what the client's side has room for, in bytes.
constexpr int most_unsent = 128 * 1024;
}  // namespace

struct Transport::Secure {
  Secure(tcp::socket& socket, asio::ssl::context& context) : stream(socket, context) {}
  asio::ssl::stream<tcp::socket&> stream;

  // In one piece: each piece would be a record of its own.
  asio::awaitable<Transferred> write(std::string_view first, std::string_view second,
                                     std::string_view third) {
    std::string joined;
    joined.reserve(first.size() + second.size() + third.size());
    joined.append(first).append(second).append(third);
    co_return co_await asio::async_write(stream, asio::buffer(joined), as_transferred);
  }
};

Transport::Transport(tcp::socket socket) : socket_(std::move(socket)) {
  error_code ignored;  // the connection works without it, only slower
  socket_.set_option(tcp::no_delay{true}, ignored);
  // On loopback the kernel would take 2.5 MB for a client that reads nothing, for each of them.
  const int unsent = most_unsent;
  (void)::setsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent,
                     sizeof unsent);
}

Transport::Transport(Transport&&) noexcept = default;
Transport::~Transport() = default;

asio::awaitable<bool> Transport::start_tls(asio::ssl::context& context, std::string_view first) {
  secure_ = std::make_unique<Secure>(socket_, context);
  const auto [failed, used] = co_await secure_->stream.async_handshake(
      asio::ssl::stream_base::server, asio::buffer(first.data(), first.size()), as_transferred);
  co_return !failed;
}

std::string_view Transport::protocol() const {
  if (!secure_) return {};
  const unsigned char* name = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(secure_->stream.native_handle(), &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

asio::awaitable<Transferred> Transport::read_some(asio::mutable_buffer to) {
  return secure_ ? secure_->stream.async_read_some(to, as_transferred)
                 : socket_.async_read_some(to, as_transferred);
}

asio::awaitable<Transferred> Transport::write(std::string_view first, std::string_view second,
                                              std::string_view third) {
  if (secure_) return secure_->write(first, second, third);
  const std::array<asio::const_buffer, 3> all = {asio::buffer(first.data(), first.size()),
                                                 asio::buffer(second.data(), second.size()),
                                                 asio::buffer(third.data(), third.size())};
  return asio::async_write(socket_, all, as_transferred);
}

bool Transport::gone() {
  if (!socket_.is_open()) return true;
  pollfd asked{.fd = socket_.native_handle(), .events = POLLRDHUP, .revents = 0};
  return ::poll(&asked, 1, 0) > 0;
}

asio::awaitable<void> Transport::end_writing() {
  if (secure_) (void)co_await secure_->stream.async_shutdown(as_transferred);
  error_code ignored;  // the other side may be gone already
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
}

void Transport::close() {
  error_code ignored;  // closing what is closed already is fine
  socket_.close(ignored);
}

}  // namespace millrace::http
