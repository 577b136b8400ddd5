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

// Made, used and destroyed on its loop's thread; what waker() gives may be called on any.
class Nap : public std::enable_shared_from_this<Nap> {
 public:
  using Set = std::set<Nap*>;
  // Listed in `all` while it lives, so that everybody can be woken at the end.
  Nap(boost::asio::io_context& loop, Set& all)
      : bell_(std::make_shared<Bell>(loop)), timer_(loop), all_(all) {
    all_.insert(this);
  }
  ~Nap() { all_.erase(this); }
  Nap(const Nap&) = delete;
  Nap& operator=(const Nap&) = delete;

  // From here on a wake-up counts: the next sleep() returns at once when one came since.
  void begin();
  boost::asio::awaitable<void> sleep(std::chrono::milliseconds at_most);
  [[nodiscard]] bool woken() const { return woken_ || bell_->rung.load(); }
  // On the loop's thread.
  void wake() {
    woken_ = true;
    timer_.cancel();
  }
  // Wakes from any thread; does nothing once the nap is gone. Must not be called when the loop is.
  // Costs the loop something only while somebody sleeps, and then once.
  std::function<void()> waker();

 private:
  // What wakers share. They never hold the nap itself: whoever holds it last destroys it, and that
  // must happen on the loop's thread (the timer and `all` belong to it).
  struct Bell {
    explicit Bell(boost::asio::io_context& of) : loop(of) {}
    boost::asio::io_context& loop;
    std::atomic<bool> rung{false};       // from another thread, since the last begin()
    std::atomic<bool> listening{false};  // somebody sleeps: the loop has to hear of it
  };

  std::shared_ptr<Bell> bell_;
  boost::asio::steady_timer timer_;
  Set& all_;
  bool woken_ = false;
};

}  // namespace millrace::http
