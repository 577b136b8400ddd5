// One connection from its first bytes on: they say what is spoken.
#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "common/base/log.hpp"
#include "emulator/http/http1.hpp"
#include "emulator/http/http2.hpp"
#include "emulator/http/io_thread.hpp"
#include "emulator/http/tls.hpp"

namespace millrace::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// The first byte of a TLS connection (a handshake record); no method of HTTP begins with it.
constexpr char tls_hello = 0x16;

// Takes the connection off its thread's list, however its coroutine ends.
class Listed {
 public:
  Listed(IoThread& thread, std::list<Connection>::iterator at) : thread_(thread), at_(at) {}
  ~Listed() { thread_.connections.erase(at_); }
  Listed(const Listed&) = delete;
  Listed& operator=(const Listed&) = delete;

 private:
  IoThread& thread_;
  std::list<Connection>::iterator at_;
};

// The first bytes of a connection, enough of them to tell HTTP/2 from HTTP/1.
struct First {
  std::array<char, 4096> bytes;
  std::size_t size = 0;
  [[nodiscard]] std::string_view view() const { return {bytes.data(), size}; }
  // Could still become either.
  [[nodiscard]] bool undecided() const {
    return size < http2_preface.size() && http2_preface.starts_with(view());
  }
};

// The first line is none of HTTP/1's: no version in it, and no method of HTTP before it; or it has
// PRI, which is kept for HTTP/2. Such a client is taken for one that got HTTP/2's preface wrong and
// is told so in HTTP/2 (RFC 9113 3.4).
bool is_bad_preface(std::string_view bytes) {
  const auto line = bytes.substr(0, bytes.find("\r\n"));
  // Not whole: HTTP/1 waits for the rest. Empty: HTTP/1 passes it over.
  if (line.size() == bytes.size() || line.empty()) return false;
  const auto word = line.substr(0, line.find(' '));
  if (word == "PRI") return true;
  constexpr std::string_view methods[] = {"GET",     "HEAD",    "POST",  "PUT",  "DELETE",
                                          "CONNECT", "OPTIONS", "TRACE", "PATCH"};
  return line.find("HTTP/") == std::string_view::npos &&
         std::find(std::begin(methods), std::end(methods), word) == std::end(methods);
}

// False: the connection ended before they came.
asio::awaitable<bool> read_first(IoThread& thread, Connection& connection, First& first) {
  connection.deadline = Steady::now() + thread.limits.idle;
  first.size = 0;
  while (first.undecided()) {
    const auto [failed, size] = co_await connection.transport.read_some(
        asio::buffer(first.bytes.data() + first.size, first.bytes.size() - first.size));
    if (failed) co_return false;
    if (connection.idle) connection.deadline = Steady::now() + thread.limits.request;
    connection.idle = false;
    first.size += size;
  }
  co_return true;
}

asio::awaitable<void> converse(IoThread& thread, Connection& connection) {
  First first;
  bool read = co_await read_first(thread, connection, first);
  if (!read) co_return;
  const auto* tls = thread.parts.tls;
  if (tls != nullptr && first.bytes[0] == tls_hello) {
    connection.deadline = Steady::now() + thread.limits.request;
    const bool agreed = co_await connection.transport.start_tls(tls->context(), first.view());
    if (!agreed) co_return;
    if (connection.transport.protocol() == "h2") {
      co_await serve_http2(thread, connection, {});
      co_return;
    }
    connection.idle = true;
    read = co_await read_first(thread, connection, first);
    if (!read) co_return;
  }
  if (first.view().starts_with(http2_preface) || is_bad_preface(first.view())) {
    co_await serve_http2(thread, connection, first.view());
  } else {
    co_await serve_http1(thread, connection, first.view());
  }
}

asio::awaitable<void> serve(IoThread& thread, std::list<Connection>::iterator at) {
  const Listed listed{thread, at};
  try {
    co_await converse(thread, *at);
  } catch (const std::exception& error) {
    // The last stop for what a library throws: one connection ends, the server goes on.
    base::log().error("a connection failed: {}", error.what());
  }
}

}  // namespace

void start_session(IoThread& thread, tcp::socket socket) {
  thread.connections.emplace_front(Transport{std::move(socket)});
  asio::co_spawn(thread.loop, serve(thread, thread.connections.begin()), asio::detached);
}

}  // namespace millrace::http
