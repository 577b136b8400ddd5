#include "emulator/http/nap.hpp"

#include <boost/asio/experimental/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace millrace::http {

namespace asio = boost::asio;

void Nap::begin() {
  woken_ = false;
  bell_->rung.exchange(false);  // and what was done before it rang is seen
}

asio::awaitable<void> Nap::sleep(std::chrono::milliseconds at_most) {
  // Either the waker sees that we listen, or we see that it has rung.
  bell_->listening.store(true);
  if (!woken()) {
    timer_.expires_after(at_most);
    co_await timer_.async_wait(asio::experimental::as_tuple(asio::use_awaitable));
  }
  bell_->listening.store(false);
}

std::function<void()> Nap::waker() {
  return [bell = bell_, weak = weak_from_this()] {
    bell->rung.store(true);
    if (!bell->listening.exchange(false)) return;
    asio::post(bell->loop, [weak] {
      if (const auto nap = weak.lock(); nap != nullptr) nap->wake();
    });
  };
}

}  // namespace millrace::http
