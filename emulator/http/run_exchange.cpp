#include "emulator/http/run_exchange.hpp"

#include <algorithm>
#include <boost/asio/async_result.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace millrace::http {

namespace asio = boost::asio;

namespace {

// The rest of a call, kept while the engine works on it.
template <class Handler>
class Resumption final : public Waiter {
 public:
  explicit Resumption(Handler handler) : handler_(std::move(handler)) {}
  void resume() override {
    auto handler = std::move(handler_);
    delete this;
    std::move(handler)();
  }

 private:
  Handler handler_;
};

class ExchangeJob final : public engine::Job {
 public:
  ExchangeJob(protocol::Exchange& exchange, IoThread& thread)
      : exchange_(exchange), thread_(thread) {}
  void run(engine::Engine&) override { exchange_.run(nullptr); }
  void finish(const base::Status& committed) override {
    if (!committed) exchange_.fail({base::ErrorCode::internal, committed.error().message()});
    thread_.complete(*waiter);
  }
  Waiter* waiter = nullptr;

 private:
  protocol::Exchange& exchange_;
  IoThread& thread_;
};

class ExchangeRead final : public engine::ReadJob {
 public:
  ExchangeRead(protocol::Exchange& exchange, IoThread& thread)
      : exchange_(exchange), thread_(thread) {}
  void run(store::Reader& reader) override {
    exchange_.run(&reader);
    // A page takes long to encode: here it holds nobody else up.
    if (!exchange_.wait()) exchange_.reply();
  }
  void finish() override { thread_.complete(*waiter); }
  Waiter* waiter = nullptr;

 private:
  protocol::Exchange& exchange_;
  IoThread& thread_;
};

class ChunkRead final : public engine::ReadJob {
 public:
  ChunkRead(protocol::Events& events, IoThread& thread) : events_(events), thread_(thread) {}
  void run(store::Reader& reader) override { chunk = events_.next(reader); }
  void finish() override { thread_.complete(*waiter); }
  Waiter* waiter = nullptr;
  protocol::Events::Chunk chunk;

 private:
  protocol::Events& events_;
  IoThread& thread_;
};

template <class Job, class Submit>
asio::awaitable<void> run_and_wait(Job& job, Submit submit) {
  co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(
      [&job, submit](auto handler) {
        job.waiter = new Resumption<decltype(handler)>(std::move(handler));
        submit();
      },
      asio::use_awaitable);
}

asio::awaitable<void> run_once(protocol::Exchange& exchange, IoThread& thread) {
  if (exchange.lane() == kinesis::Lane::read) {
    ExchangeRead job{exchange, thread};
    co_await run_and_wait(job, [&] { thread.parts.readers.submit(job); });
  } else {
    ExchangeJob job{exchange, thread};
    co_await run_and_wait(job, [&] { thread.parts.committer.submit(job); });
  }
}

// How often a call that waits looks whether its client is still there.
constexpr std::chrono::milliseconds look_every{500};

using std::chrono::milliseconds;

// How long the call may sleep before it is to run again, or has waited long enough: 0.
milliseconds sleep_of(const kinesis::Wait& wait, std::int64_t now_ms, Steady::time_point end) {
  const auto left = std::chrono::ceil<milliseconds>(end - Steady::now());
  const auto next = milliseconds{wait.next_ms ? *wait.next_ms - now_ms : left.count()};
  return std::max(milliseconds{0}, std::min(left, std::max(next, milliseconds{1})));
}

}  // namespace

asio::awaitable<bool> run_exchange(protocol::Exchange& exchange, IoThread& thread,
                                   const std::function<bool()>& gone) {
  co_await run_once(exchange, thread);
  if (!exchange.wait()) co_return true;
  auto& engine = thread.parts.engine;
  // The clock may be moved meanwhile; nobody waits longer than they said they would.
  const auto end = Steady::now() + milliseconds{std::max<std::int64_t>(
                                       0, exchange.wait()->until_ms - engine.now_ms())};
  const auto nap = std::make_shared<Nap>(thread.loop, thread.naps);
  // Ends before the nap does.
  const auto watching = engine.signals().watch(exchange.wait()->stream_id, nap->waker());
  for (;;) {
    // What was committed since the last run has not woken anybody yet: look again, now watched.
    nap->begin();
    exchange.run_again();
    co_await run_once(exchange, thread);
    for (bool woken = false; !woken;) {
      if (!exchange.wait() || thread.stopping) co_return true;
      if (gone()) co_return false;
      const auto now_ms = engine.now_ms();
      const auto sleep = sleep_of(*exchange.wait(), now_ms, end);
      if (now_ms >= exchange.wait()->until_ms || Steady::now() >= end) co_return true;
      co_await nap->sleep(std::min(sleep, look_every));
      const auto& next_ms = exchange.wait()->next_ms;
      woken = nap->woken() || (next_ms && *next_ms <= engine.now_ms());
    }
    if (gone()) co_return false;  // and takes no record along
  }
}

asio::awaitable<protocol::Events::Chunk> next_chunk(protocol::Events& events, IoThread& thread) {
  ChunkRead job{events, thread};
  co_await run_and_wait(job, [&] { thread.parts.readers.submit(job); });
  co_return std::move(job.chunk);
}

}  // namespace millrace::http
