#include "emulator/http/reply_memory.hpp"

#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <optional>
#include <vector>

namespace millrace::http {
namespace {

namespace asio = boost::asio;
using Hold = ReplyMemory::Hold;
constexpr std::size_t mib = 1024 * 1024;

struct World {
  Nap::Set naps;
  ReplyMemory memory{loop, naps, {.most = 4 * mib}};
  std::vector<int> got;  // in what order
  std::vector<Hold> holds;
  asio::io_context loop{1};

  static asio::awaitable<void> wait(World& world, int name) {
    auto hold = co_await world.memory.reserve(2 * mib);
    world.got.push_back(name);
    world.holds.push_back(std::move(hold));
  }
  void queue(int name) {
    asio::co_spawn(loop, wait(*this, name), asio::detached);
    poll();
  }
  void poll() {
    loop.restart();
    loop.poll();
  }
};

TEST_CASE("reply memory: what fits is given at once, the rest waits in order") {
  World world;
  auto first = world.memory.reserve_now(2 * mib);
  auto second = world.memory.reserve_now(2 * mib);
  CHECK(first);
  CHECK(second);
  CHECK(!world.memory.reserve_now(2 * mib));
  world.queue(1);
  world.queue(2);
  world.queue(3);
  CHECK(world.got.empty());
  first.release();
  world.poll();
  CHECK(world.got == std::vector{1});
  CHECK(!world.memory.reserve_now(2 * mib));  // nobody passes those who wait
  second.release();
  world.poll();
  CHECK(world.got == std::vector{1, 2});
  world.holds.clear();
  world.poll();
  CHECK(world.got == std::vector{1, 2, 3});
  world.holds.clear();
  CHECK(world.memory.held() == 0);
}

TEST_CASE("reply memory: a settled reply counts what it is, a small one nothing") {
  World world;
  auto small = world.memory.reserve_now(2 * mib);
  small.settle(1000, [] {});
  CHECK(!small);
  CHECK(world.memory.held() == 0);
  auto large = world.memory.reserve_now(2 * mib);
  large.settle(mib, [] {});
  CHECK(world.memory.held() == mib);
  auto beyond = world.memory.reserve_now(2 * mib);
  beyond.settle(9 * mib, [] {});  // more than was reserved
  CHECK(world.memory.held() == 10 * mib);
  CHECK(!world.memory.reserve_now(2 * mib));
}

TEST_CASE("reply memory: one reply passes even when it alone is more than all") {
  World world;
  ReplyMemory narrow{world.loop, world.naps, {.most = mib}};
  auto hold = narrow.reserve_now(2 * mib);
  CHECK(hold);
  CHECK(!narrow.reserve_now(2 * mib));
}

TEST_CASE("reply memory: who holds for long is dropped when others wait, and only then") {
  World world;
  const auto now = std::chrono::steady_clock::now();
  int dropped = 0;
  auto hold = world.memory.reserve_now(2 * mib);
  hold.settle(3 * mib, [&] { ++dropped; });
  world.memory.sweep(now + std::chrono::hours{1});
  CHECK(dropped == 0);
  world.queue(1);
  world.memory.sweep(now + std::chrono::milliseconds{1000});
  CHECK(dropped == 0);
  world.memory.sweep(now + std::chrono::hours{1});
  CHECK(dropped == 1);
  hold.release();
  world.poll();
  CHECK(world.got == std::vector{1});
}

TEST_CASE("reply memory: a small one waits behind a large one that came before it") {
  World world;
  auto hold = world.memory.reserve_now(3 * mib);
  world.queue(1);
  CHECK(!world.memory.reserve_now(mib));
  hold.release();
  world.poll();
  CHECK(world.got == std::vector{1});
  CHECK(world.memory.reserve_now(mib));
}

TEST_CASE("reply memory: nobody waits and nobody gets anything when the server stops") {
  World world;
  auto hold = world.memory.reserve_now(4 * mib);
  world.queue(1);
  CHECK(world.got.empty());
  world.memory.stop();
  for (auto* nap : world.naps) nap->wake();
  world.poll();
  CHECK(world.got == std::vector{1});
  CHECK(!world.holds.at(0));
  CHECK(!world.memory.reserve_now(mib));
  world.queue(2);
  CHECK(!world.holds.at(1));
}

}  // namespace
}  // namespace millrace::http
