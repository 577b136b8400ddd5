#include "emulator/http/server.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <csignal>
#include <thread>

#include "common/base/log.hpp"
#include "emulator/http/io_thread.hpp"

namespace millrace::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using base::Error;
using base::ErrorCode;
using boost::system::error_code;

namespace {
constexpr auto as_awaitable = asio::experimental::as_tuple(asio::use_awaitable);
}

base::Result<Address> parse_address(const std::string& text) {
  const auto colon = text.rfind(':');
  const auto bad = [&](const char* why) {
    return Error{ErrorCode::invalid_argument, "'" + text + "' is not ADDR:PORT: " + why};
  };
  if (colon == std::string::npos) return bad("there is no ':'");
  Address address{text.substr(0, colon), 0};
  if (address.host.size() > 2 && address.host.front() == '[' && address.host.back() == ']') {
    address.host = address.host.substr(1, address.host.size() - 2);
  }
  if (address.host == "localhost") address.host = "127.0.0.1";
  const auto* end = text.data() + text.size();
  const auto [stopped, failed] = std::from_chars(text.data() + colon + 1, end, address.port);
  if (failed != std::errc{} || stopped != end) return bad("the port is no number from 0 to 65535");
  error_code wrong;
  asio::ip::make_address(address.host, wrong);
  if (wrong) return bad("the host is no IP address");
  return address;
}

Limits limits_within(std::uint64_t memory) {
  Limits limits;
  const auto whole = 4 * (limits.page_bytes + limits.push_bytes + limits.all_body_bytes);
  if (memory >= whole) return limits;
  const auto part = static_cast<double>(memory) / static_cast<double>(whole);
  for (auto* bytes : {&limits.page_bytes, &limits.push_bytes, &limits.all_body_bytes}) {
    *bytes = static_cast<std::size_t>(static_cast<double>(*bytes) * part);
  }
  return limits;
}

void IoThread::sweep() {
  const auto now = Steady::now();
  for (auto& connection : connections) {
    if (connection.deadline > now) continue;
    connection.transport.close();
  }
  pages.sweep(now);
  pushes.sweep(now);
  bodies.sweep(now);
}

void IoThread::begin_stop() {
  stopping = true;
  pages.stop();
  pushes.stop();
  bodies.stop();
  for (auto& connection : connections) {
    if (connection.on_stop) {
      connection.on_stop();
    } else if (connection.idle) {
      connection.transport.close();
    }
  }
  for (auto* nap : naps) nap->wake();
}

void IoThread::close_all() {
  for (auto& connection : connections) connection.transport.close();
}

void IoThread::complete(Waiter& waiter) {
  bool first = false;
  {
    const std::lock_guard guard{mutex_};
    first = completed_.empty();
    completed_.push_back(&waiter);
  }
  if (first) asio::post(loop, [this] { resume_completed(); });
}

void IoThread::resume_completed() {
  std::vector<Waiter*> ready;
  {
    const std::lock_guard guard{mutex_};
    ready.swap(completed_);
  }
  for (auto* waiter : ready) waiter->resume();
}

struct Server::Impl {
  Impl(const Parts& from, unsigned count, Limits with)
      : parts(from), limits(with), threads(make_threads(parts, count, with)) {}

  static std::vector<std::unique_ptr<IoThread>> make_threads(const Parts& parts, unsigned count,
                                                             Limits limits) {
    std::vector<std::unique_ptr<IoThread>> made;
    limits.page_bytes /= count;
    limits.push_bytes /= count;
    limits.all_body_bytes /= count;
    for (unsigned i = 0; i < count; ++i) made.push_back(std::make_unique<IoThread>(parts, limits));
    return made;
  }

  asio::awaitable<void> accept(tcp::acceptor& acceptor) {
    for (;;) {
      auto& thread = *threads[next++ % threads.size()];
      auto [failed, socket] = co_await acceptor.async_accept(thread.loop, as_awaitable);
      if (stopping) co_return;
      if (failed) {
        // Out of descriptors, most likely: wait for some to come back instead of spinning.
        if (Steady::now() >= quiet_until_) {
          base::log().warn("a connection could not be accepted: {}", failed.message());
          quiet_until_ = Steady::now() + std::chrono::seconds{10};
        }
        asio::steady_timer pause{co_await asio::this_coro::executor,
                                 std::chrono::milliseconds{100}};
        co_await pause.async_wait(as_awaitable);
        continue;
      }
      asio::post(thread.loop, [&thread, taken = std::move(socket)]() mutable {
        start_session(thread, std::move(taken));
      });
    }
  }

  static asio::awaitable<void> tick(IoThread& thread, std::chrono::milliseconds stop_limit) {
    asio::steady_timer timer{thread.loop};
    std::optional<Steady::time_point> last_moment;
    for (;;) {
      const bool ending = thread.stopping;
      if (ending && thread.connections.empty()) {
        thread.loop.stop();
        co_return;
      }
      if (ending && !last_moment) last_moment = Steady::now() + stop_limit;
      if (last_moment && Steady::now() >= *last_moment) thread.close_all();
      thread.sweep();
      timer.expires_after(ending ? std::chrono::milliseconds{10} : std::chrono::milliseconds{1000});
      thread_timer(thread) = &timer;
      co_await timer.async_wait(as_awaitable);
    }
  }

  // So that begin_stop() can wake the ticker; one timer a loop.
  static asio::steady_timer*& thread_timer(IoThread&) {
    thread_local asio::steady_timer* timer = nullptr;
    return timer;
  }

  void stop() {
    asio::post(threads.front()->loop, [this] {
      if (stopping) return;
      stopping = true;
      for (auto& acceptor : acceptors) {
        error_code ignored;  // it ends either way
        acceptor->close(ignored);
      }
      signals.cancel();
      for (auto& thread : threads) {
        asio::post(thread->loop, [raw = thread.get()] {
          raw->begin_stop();
          if (auto* timer = thread_timer(*raw)) timer->cancel();
        });
      }
    });
  }

  const Parts parts;
  const Limits limits;
  std::vector<std::unique_ptr<IoThread>> threads;
  std::vector<std::unique_ptr<tcp::acceptor>> acceptors;  // on the first loop
  std::size_t next = 0;
  bool stopping = false;              // the first loop's thread
  Steady::time_point quiet_until_{};  // of accept()'s warnings
  asio::io_context& first_loop() { return threads.front()->loop; }
  asio::signal_set signals{threads.front()->loop};
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

base::Result<std::unique_ptr<Server>> Server::open(const Parts& parts,
                                                   const std::vector<Address>& addresses,
                                                   unsigned io_threads, Limits limits) {
  auto impl = std::make_unique<Impl>(parts, io_threads, limits);
  for (const auto& address : addresses) {
    const tcp::endpoint endpoint{asio::ip::make_address(address.host), address.port};
    auto acceptor = std::make_unique<tcp::acceptor>(impl->first_loop());
    error_code failed;
    acceptor->open(endpoint.protocol(), failed);
    if (!failed) acceptor->set_option(tcp::acceptor::reuse_address{true}, failed);
    if (!failed) acceptor->bind(endpoint, failed);
    if (!failed) acceptor->listen(4096, failed);
    if (failed) {
      return Error{ErrorCode::io, "cannot listen on " + address.host + ":" +
                                      std::to_string(address.port) + ": " + failed.message()};
    }
    impl->acceptors.push_back(std::move(acceptor));
  }
  // From here on a signal ends the server in order, also when it comes before run().
  impl->signals.add(SIGINT);
  impl->signals.add(SIGTERM);
  return std::unique_ptr<Server>{new Server{std::move(impl)}};
}

std::vector<Address> Server::addresses() const {
  std::vector<Address> bound;
  for (const auto& acceptor : impl_->acceptors) {
    const auto endpoint = acceptor->local_endpoint();
    const auto host = endpoint.address().to_string();
    bound.push_back({endpoint.address().is_v6() ? "[" + host + "]" : host, endpoint.port()});
  }
  return bound;
}

void Server::run() {
  auto& impl = *impl_;
  impl.signals.async_wait([&impl](error_code failed, int) {
    if (!failed) impl.stop();
  });
  for (auto& acceptor : impl.acceptors) {
    asio::co_spawn(impl.first_loop(), impl.accept(*acceptor), asio::detached);
  }
  for (auto& thread : impl.threads) {
    asio::co_spawn(thread->loop, Impl::tick(*thread, impl.limits.stop), asio::detached);
  }
  std::vector<std::thread> others;
  for (std::size_t i = 1; i < impl.threads.size(); ++i) {
    others.emplace_back([&loop = impl.threads[i]->loop] { loop.run(); });
  }
  impl.first_loop().run();
  for (auto& thread : others) thread.join();
}

void Server::stop() {
  impl_->stop();
}

}  // namespace millrace::http
