// One connection from its first bytes on: they say what is spoken.
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "common/base/log.hpp"
#include "emulator/http/http1.hpp"
#include "emulator/http/io_thread.hpp"

namespace millrace::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

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

asio::awaitable<void> converse(IoThread& thread, Connection& connection) {
  std::array<char, 4096> first;
  connection.deadline = Steady::now() + thread.limits.idle;
  const auto [failed, size] = co_await connection.transport.read_some(asio::buffer(first));
  if (failed) co_return;
  connection.idle = false;
  co_await serve_http1(thread, connection, {first.data(), size});
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
