// The HTTP server: sockets, limits, deadlines, shutdown. What a request means is protocol/'s
// business.
//
// A fixed number of I/O threads, each with its own event loop; a connection stays on one of them.
// Coroutines stop here.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "emulator/engine/committer.hpp"
#include "emulator/engine/reader_pool.hpp"
#include "emulator/protocol/exchange.hpp"

namespace millrace::http {

class Tls;

struct Address {
  std::string host;
  std::uint16_t port = 0;  // 0: any free one
};

// "127.0.0.1:4566", "[::1]:4566"
base::Result<Address> parse_address(const std::string& text);

struct Limits {
  // The largest request AWS takes is 10 MiB of data and keys (PutRecords); base64 makes 13.4 MiB of
  // it.
  std::size_t body_bytes = 16 * 1024 * 1024;
  std::size_t header_bytes = 32 * 1024;
  std::chrono::seconds idle{300};        // between two requests of a connection
  std::chrono::seconds request{60};      // from the first byte of a request to its last
  std::chrono::seconds reply{60};        // for a client to take its reply
  std::chrono::milliseconds stop{4000};  // for what runs when the server is told to stop
  // Of replies with records that clients have not taken, all together; a page is 14 MiB at most.
  // Who is late is told to wait, who does not read for 2 s meanwhile is dropped.
  std::size_t page_bytes = 192 * 1024 * 1024;
  std::size_t page_reserve = 16 * 1024 * 1024;  // before it is known
  // The same for pieces of event streams, which are about 1.4 MiB.
  std::size_t push_bytes = 128 * 1024 * 1024;
  std::size_t push_reserve = 2 * 1024 * 1024;
  // The same for bodies of requests, while they come and are worked on; of a connection's bodies so
  // much is not counted.
  std::size_t all_body_bytes = 256 * 1024 * 1024;
  std::size_t small_body = 64 * 1024;
};

// Limits whose bounds fit into this much memory together: a quarter of it, where it is little.
Limits limits_within(std::uint64_t memory);

struct Parts {
  const protocol::Settings& settings;
  engine::Engine& engine;
  engine::Committer& committer;
  engine::ReaderPool& readers;
  const Tls* tls = nullptr;  // none: what begins like TLS is no HTTP
};

class Server {
 public:
  // Binds and listens, serves nothing yet. Error: which address, and why.
  static base::Result<std::unique_ptr<Server>> open(const Parts& parts,
                                                    const std::vector<Address>& addresses,
                                                    unsigned io_threads, Limits limits = {});
  ~Server();

  // The addresses as bound, ports filled in.
  [[nodiscard]] std::vector<Address> addresses() const;

  // Serves until SIGTERM or SIGINT, or stop(). Then: no new connections, idle ones are closed,
  // running requests are answered.
  void run();
  // From any thread.
  void stop();

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace millrace::http
