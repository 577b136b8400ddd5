// Sends a reply's event stream as it grows, no faster than the client takes it. Internal to http/.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "emulator/http/io_thread.hpp"

namespace millrace::http {

// Where the frames go: chunks of HTTP/1.1, DATA of HTTP/2.
class Outlet {
 public:
  virtual ~Outlet() = default;
  // Returns when the client's side has taken enough of it that more may be made. False: the client
  // is gone.
  virtual boost::asio::awaitable<bool> write(protocol::Events::Frames frames) = 0;
  // Ends the write under way: others need what it holds.
  virtual void drop() = 0;
  // Known to be gone without writing.
  [[nodiscard]] virtual bool gone() const { return false; }

  // What push() sleeps in while there is nothing to write; whoever learns that the client is gone
  // wakes it.
  std::weak_ptr<Nap> sleeper;
};

// After the initial response. Returns when the stream has ended, the client is gone or the server
// stops; what tells the client so is the caller's business.
boost::asio::awaitable<void> push(IoThread& thread, protocol::Events& events, Outlet& outlet);

}  // namespace millrace::http
