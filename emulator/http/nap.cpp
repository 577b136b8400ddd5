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
  return [bell = bell_, weak = weak_from_this()] {
    if (bell->on_its_way.exchange(true)) return;
    asio::post(bell->loop, [bell, weak] {
      bell->on_its_way.store(false);
      if (const auto nap = weak.lock(); nap != nullptr) nap->wake();
    });
  };
}

}  // namespace millrace::http
