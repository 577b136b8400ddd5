#include "emulator/http/run_exchange.hpp"

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
  void run(store::Reader& reader) override { exchange_.run(&reader); }
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

}  // namespace

asio::awaitable<void> run_exchange(protocol::Exchange& exchange, IoThread& thread) {
  if (exchange.lane() == kinesis::Lane::read) {
    ExchangeRead job{exchange, thread};
    co_await run_and_wait(job, [&] { thread.parts.readers.submit(job); });
  } else {
    ExchangeJob job{exchange, thread};
    co_await run_and_wait(job, [&] { thread.parts.committer.submit(job); });
  }
}

asio::awaitable<protocol::Events::Chunk> next_chunk(protocol::Events& events, IoThread& thread) {
  ChunkRead job{events, thread};
  co_await run_and_wait(job, [&] { thread.parts.readers.submit(job); });
  co_return std::move(job.chunk);
}

}  // namespace millrace::http
