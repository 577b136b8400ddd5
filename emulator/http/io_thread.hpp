// An event loop with the connections it serves, and the way back to it from the engine's threads.
// Internal to http/.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <functional>
#include <list>
#include <mutex>
#include <vector>

#include "emulator/http/nap.hpp"
#include "emulator/http/reply_memory.hpp"
#include "emulator/http/server.hpp"
#include "emulator/http/transport.hpp"

namespace millrace::http {

using Steady = std::chrono::steady_clock;

// What waits for the engine or a reader; resumed on its I/O thread.
class Waiter {
 public:
  virtual ~Waiter() = default;
  // On the I/O thread; destroys the waiter.
  virtual void resume() = 0;
};

// One connection as the sweeper sees it.
struct Connection {
  explicit Connection(Transport from) : transport(std::move(from)) {}
  Transport transport;
  Steady::time_point deadline = Steady::time_point::max();
  bool idle = true;  // between two requests
  // Called when the server is to stop; without it an idle connection is closed.
  std::function<void()> on_stop;
};

class IoThread {
 public:
  // The limits are this thread's: of a server with several each has its part.
  IoThread(const Parts& from, Limits with)
      : parts(from),
        limits(with),
        pages(loop, naps, {.most = with.page_bytes}),
        pushes(loop, naps, {.most = with.push_bytes}),
        bodies(loop, naps, {.most = with.all_body_bytes}) {}

  const Parts& parts;
  const Limits limits;

  // --- the loop's thread only ---
  std::list<Connection> connections;
  bool stopping = false;
  Nap::Set naps;
  // Replies with records, and pieces of event streams; apart, so that readers who poll do not wait
  // for subscribers who do not read.
  ReplyMemory pages;
  ReplyMemory pushes;
  ReplyMemory bodies;  // of large requests
  // After what its coroutines use: those it still holds at its end go with it.
  boost::asio::io_context loop{1};
  // Closes connections whose deadline has passed; once a second.
  void sweep();
  // Closes idle connections and lets the others finish.
  void begin_stop();
  void close_all();

  // --- any thread ---
  // One wake-up of the loop serves all that completed since the last.
  void complete(Waiter& waiter);

 private:
  void resume_completed();
  std::mutex mutex_;  // guards completed_
  std::vector<Waiter*> completed_;
};

// Serves a connection until it ends.
void start_session(IoThread& thread, boost::asio::ip::tcp::socket socket);

}  // namespace millrace::http
