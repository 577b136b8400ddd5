#include "emulator/http/push.hpp"

#include "emulator/http/run_exchange.hpp"

namespace millrace::http {

namespace asio = boost::asio;

asio::awaitable<void> push(IoThread& thread, protocol::Events& events, Outlet& outlet) {
  const auto nap = std::make_shared<Nap>(thread.loop, thread.naps);
  outlet.sleeper = nap;
  // Goes on when push() has returned, until the events die: then it wakes nobody.
  events.watch(nap->waker());
  while (!thread.stopping && !outlet.gone()) {
    nap->begin();
    const auto due = events.due();
    if (due.count() > 0) {
      co_await nap->sleep(due);
      continue;
    }
    const auto most = thread.limits.push_reserve;
    auto hold = thread.pushes.reserve_now(most);
    if (!hold) hold = co_await thread.pushes.reserve(most);
    if (!hold) co_return;
    auto chunk = co_await next_chunk(events, thread);
    if (chunk.frames != nullptr) {
      // Counted whole, also where several are sent the same: the last of them may hold it alone.
      hold.settle(chunk.frames->size(), [&outlet] { outlet.drop(); });
      const bool sent = co_await outlet.write(std::move(chunk.frames));
      if (!sent) co_return;
    }
    if (chunk.last) co_return;
  }
}

}  // namespace millrace::http
