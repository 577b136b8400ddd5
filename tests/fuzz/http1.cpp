// A connection as the server reads it: what is spoken is told from the first bytes, the head is
// parsed, the request runs, the reply is written. All of it but TLS.
//
// Input: a byte that says in pieces of what size the rest arrives, then what the client sends.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/executor_work_guard.hpp>

#include "common/base/log.hpp"
#include "emulator/http/io_thread.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/target.hpp"

using namespace millrace;
namespace asio = boost::asio;

namespace {

// One server for all inputs; it lives as long as the process.
struct World {
  base::ManualClock clock;
  protocol::Settings settings;
  std::unique_ptr<store::Store> store =
      store::Store::open(std::nullopt, store::Durability::off).value();
  std::unique_ptr<engine::Engine> engine = engine::Engine::open(*store, clock, {}).value();
  engine::Committer committer{*engine};
  std::unique_ptr<engine::ReaderPool> readers =
      engine::ReaderPool::open(*engine, committer, 1).value();
  http::Parts parts{settings, *engine, committer, *readers};
  http::IoThread thread{parts, limits()};
  asio::executor_work_guard<asio::io_context::executor_type> work{thread.loop.get_executor()};

  // Small enough that inputs reach them.
  static http::Limits limits() {
    http::Limits limits;
    limits.body_bytes = 4096;
    limits.header_bytes = 2048;
    return limits;
  }
};

// Discards what the server has answered, so that it need not wait.
void drain(int client) {
  std::array<char, 65536> bytes{};
  while (::recv(client, bytes.data(), bytes.size(), MSG_DONTWAIT) > 0) {
  }
}

}  // namespace

FUZZ_TARGET(http1) {
  static World& world = *new World;
  (void)base::set_log_level("off");
  fuzz::Input from{input};
  const auto piece = std::size_t{1} << (from.byte() % 12);
  std::array<int, 2> ends{};
  FUZZ_CHECK(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
  const auto [client, server] = ends;
  asio::ip::tcp::socket socket{world.thread.loop};
  socket.assign(asio::ip::tcp::v4(), server);
  http::start_session(world.thread, std::move(socket));
  for (std::size_t pieces = 0; !from.empty(); ++pieces) {
    // A long input in single bytes would only take time.
    const auto part = from.take(pieces < 256 ? piece : 4096);
    if (::send(client, part.data(), part.size(), MSG_NOSIGNAL | MSG_DONTWAIT) < 0) break;
    world.thread.loop.poll();
    drain(client);
  }
  ::shutdown(client, SHUT_WR);
  while (!world.thread.connections.empty()) {
    world.thread.loop.run_one();
    drain(client);
  }
  world.thread.loop.poll();
  ::close(client);
}
