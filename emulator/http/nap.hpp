// A sleep that anybody can end. Internal to http/.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <set>

namespace millrace::http {

// Made and used on its loop's thread; waker() may be called from any.
class Nap : public std::enable_shared_from_this<Nap> {
 public:
  using Set = std::set<Nap*>;
  // Listed in `all` while it lives, so that everybody can be woken at the end.
  Nap(boost::asio::io_context& loop, Set& all) : loop_(loop), timer_(loop), all_(all) {
    all_.insert(this);
  }
  ~Nap() { all_.erase(this); }
  Nap(const Nap&) = delete;
  Nap& operator=(const Nap&) = delete;

  // From here on a wake-up counts: the next sleep() returns at once when one came since.
  void begin() { woken_ = false; }
  boost::asio::awaitable<void> sleep(std::chrono::milliseconds at_most);
  [[nodiscard]] bool woken() const { return woken_; }
  // On the loop's thread.
  void wake() {
    woken_ = true;
    timer_.cancel();
  }
  // Wakes from any thread, also when the nap is gone.
  std::function<void()> waker();

 private:
  boost::asio::io_context& loop_;
  boost::asio::steady_timer timer_;
  Set& all_;
  bool woken_ = false;
  std::atomic<bool> on_its_way_{false};  // a wake-up from another thread
};

}  // namespace millrace::http
