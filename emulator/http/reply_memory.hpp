// How much memory large messages under way may take together. Internal to http/; the I/O thread
// only.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <memory>

#include "emulator/http/nap.hpp"

namespace millrace::http {

// Who makes a large reply reserves what it may take at most, settles for what it has become, and
// lets go of it when the client has taken it. While all is given away others wait, first come first
// served; then those who have held theirs for long are dropped: a client that does not read must
// not keep the others from reading. The same for large requests and clients that do not send.
//
//   auto hold = memory.reserve_now(bytes);
//   if (!hold) hold = co_await memory.reserve(bytes);
//   if (!hold) ... the server stops ...
//   ... make the reply ...
//   hold.settle(reply.size(), [&] { close the connection });
//   ... write it ...                             // hold ends
class ReplyMemory {
 public:
  struct Options {
    std::size_t most;                          // bytes, all together; one alone may take more
    std::chrono::milliseconds patience{2000};  // how long one may hold while others wait
  };

  class Hold {
   public:
    Hold() = default;
    Hold(Hold&& other) noexcept;
    Hold& operator=(Hold&& other) noexcept;
    ~Hold() { release(); }
    // What it has become; small ones (up to 64 KiB) are let go of at once. `drop` ends the reply
    // when it must give way; it may be called as long as this is held.
    void settle(std::size_t bytes, std::function<void()> drop);
    // It is as large as was reserved, and waits for its client from now on.
    void claim(std::function<void()> drop);
    void release();
    explicit operator bool() const { return memory_ != nullptr; }

   private:
    friend class ReplyMemory;
    struct Entry {
      std::size_t bytes;
      std::chrono::steady_clock::time_point since;  // it waits for its client
      std::function<void()> drop;                   // none: it is being made
    };
    Hold(ReplyMemory& memory, std::list<Entry>::iterator at) : memory_(&memory), at_(at) {}
    ReplyMemory* memory_ = nullptr;
    std::list<Entry>::iterator at_;
  };

  // `loop` and `naps` as Nap has them.
  ReplyMemory(boost::asio::io_context& loop, Nap::Set& naps, Options options)
      : loop_(loop), naps_(naps), options_(options) {}

  // Empty: the server stops.
  boost::asio::awaitable<Hold> reserve(std::size_t bytes);
  // The same where nobody needs to wait; else an empty one.
  Hold reserve_now(std::size_t bytes);
  // Nobody waits any longer and nobody gets anything: the server stops. The naps are to be woken.
  void stop() { stopping_ = true; }
  // Now and then: drops who holds others up.
  void sweep(std::chrono::steady_clock::time_point now);
  [[nodiscard]] std::size_t held() const { return held_; }

 private:
  [[nodiscard]] bool fits(std::size_t bytes) const {
    return held_ == 0 || held_ + bytes <= options_.most;
  }
  void wake_next();
  Hold take(std::size_t bytes);

  boost::asio::io_context& loop_;
  Nap::Set& naps_;
  const Options options_;
  bool stopping_ = false;
  std::size_t held_ = 0;
  std::list<Hold::Entry> entries_;  // in the order they were reserved
  struct Waiting {
    std::weak_ptr<Nap> nap;
    std::size_t bytes;
  };
  std::deque<Waiting> waiting_;
};

}  // namespace millrace::http
