// How much memory large replies under way may take together. Internal to http/; the I/O thread
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
// served; then those who have held theirs for long are dropped, longest first: a client that does
// not read must not keep the others from reading.
//
//   auto hold = memory.reserve_now();
//   if (!hold) hold = co_await memory.reserve();
//   ... make the reply ...
//   hold.settle(reply.size(), [&] { close the connection });
//   ... write it ...                             // hold ends
class ReplyMemory {
 public:
  struct Options {
    std::size_t most;                          // bytes, all together
    std::size_t reserve;                       // bytes, what one takes before it is known
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

  boost::asio::awaitable<Hold> reserve();
  // The same where nobody needs to wait; else an empty one.
  Hold reserve_now();
  // Nobody waits any longer: the server stops.
  void stop() { stopping_ = true; }
  // Now and then: drops who holds others up.
  void sweep(std::chrono::steady_clock::time_point now);
  [[nodiscard]] std::size_t held() const { return held_; }

 private:
  [[nodiscard]] bool fits() const {
    return held_ == 0 || held_ + options_.reserve <= options_.most;
  }
  void wake_next();
  Hold take();

  boost::asio::io_context& loop_;
  Nap::Set& naps_;
  const Options options_;
  bool stopping_ = false;
  std::size_t held_ = 0;
  std::list<Hold::Entry> entries_;  // in the order they were reserved
  std::deque<std::weak_ptr<Nap>> waiting_;
};

}  // namespace millrace::http
