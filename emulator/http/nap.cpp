#include "emulator/http/nap.hpp"

#include <boost/asio/experimental/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace millrace::http {

namespace asio = boost::asio;

asio::awaitable<void> Nap::sleep(std::chrono::milliseconds at_most) {
  if (woken_) co_return;
  timer_.expires_after(at_most);
  co_await timer_.async_wait(asio::experimental::as_tuple(asio::use_awaitable));
}

std::function<void()> Nap::waker() {
  return [weak = weak_from_this()] {
    const auto nap = weak.lock();
    if (nap == nullptr || nap->on_its_way_.exchange(true)) return;
    asio::post(nap->loop_, [weak] {
      const auto sleeper = weak.lock();
      if (sleeper == nullptr) return;
      sleeper->on_its_way_.store(false);
      sleeper->wake();
    });
  };
}

}  // namespace millrace::http
