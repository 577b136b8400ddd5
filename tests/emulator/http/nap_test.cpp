#include "emulator/http/nap.hpp"

#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <chrono>
#include <mutex>
#include <thread>

namespace millrace::http {
namespace {

namespace asio = boost::asio;
using std::chrono::hours;

// Runs what is ready; how much that was.
std::size_t poll(asio::io_context& loop) {
  loop.restart();
  return loop.poll();
}

asio::awaitable<void> sleep_once(std::shared_ptr<Nap> nap, int& slept) {
  co_await nap->sleep(hours{1});
  ++slept;
}

TEST_CASE("a nap ends when it is woken, on its thread or from another") {
  Nap::Set all;
  asio::io_context loop{1};
  int slept = 0;
  const auto nap = std::make_shared<Nap>(loop, all);
  asio::co_spawn(loop, sleep_once(nap, slept), asio::detached);
  poll(loop);
  CHECK(slept == 0);
  nap->wake();
  poll(loop);
  CHECK(slept == 1);
  nap->begin();
  asio::co_spawn(loop, sleep_once(nap, slept), asio::detached);
  loop.poll();
  std::thread{nap->waker()}.join();
  poll(loop);
  CHECK(slept == 2);
}

TEST_CASE("a nap that was woken before it began to sleep does not sleep") {
  Nap::Set all;
  asio::io_context loop{1};
  int slept = 0;
  const auto nap = std::make_shared<Nap>(loop, all);
  nap->begin();
  nap->waker()();
  poll(loop);
  CHECK(nap->woken());
  asio::co_spawn(loop, sleep_once(nap, slept), asio::detached);
  poll(loop);
  CHECK(slept == 1);
}

TEST_CASE("a waker outlives its nap and then does nothing") {
  Nap::Set all;
  asio::io_context loop{1};
  auto nap = std::make_shared<Nap>(loop, all);
  const auto wake = nap->waker();
  wake();
  nap.reset();
  CHECK(all.empty());
  wake();
  CHECK(poll(loop) == 0);
}

TEST_CASE("the loop hears only of the first wake-up, and only while somebody sleeps") {
  Nap::Set all;
  asio::io_context loop{1};
  int slept = 0;
  const auto nap = std::make_shared<Nap>(loop, all);
  const auto wake = nap->waker();
  nap->begin();
  for (int i = 0; i < 100; ++i) wake();
  CHECK(poll(loop) == 0);
  CHECK(nap->woken());
  nap->begin();
  CHECK(!nap->woken());
  asio::co_spawn(loop, sleep_once(nap, slept), asio::detached);
  poll(loop);
  CHECK(slept == 0);
  for (int i = 0; i < 100; ++i) wake();
  CHECK(poll(loop) <= 3);  // the wake-up, the timer, the coroutine
  CHECK(slept == 1);
}

// Whoever wakes must never be the one to destroy the nap: that would race with the loop's thread.
TEST_CASE("naps that end while another thread wakes them are destroyed by their loop's thread") {
  Nap::Set all;
  asio::io_context loop{1};
  std::mutex mutex;  // guards wake and done
  std::function<void()> wake;
  bool done = false;
  std::thread other{[&] {
    for (;;) {
      std::function<void()> now;
      {
        const std::lock_guard guard{mutex};
        if (done) return;
        now = wake;
      }
      if (now) now();
    }
  }};
  constexpr int turns = 20'000;
  for (int turn = 0; turn < turns; ++turn) {
    const auto nap = std::make_shared<Nap>(loop, all);
    {
      const std::lock_guard guard{mutex};
      wake = nap->waker();
    }
    if (turn % 16 == 0) poll(loop);
    if (all.size() != 1) break;
  }
  CHECK(all.empty());
  {
    const std::lock_guard guard{mutex};
    done = true;
  }
  other.join();
}

}  // namespace
}  // namespace millrace::http
