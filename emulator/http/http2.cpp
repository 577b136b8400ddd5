// One connection: a coroutine reads, one writes, and each request has one of its own. All of them
// run on the connection's I/O thread, so the session needs no lock.
#include "emulator/http/http2.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <functional>
#include <map>

#include "common/base/log.hpp"
#include "emulator/http/heads.hpp"
#include "emulator/http/health.hpp"
#include "emulator/http/http2_session.hpp"
#include "emulator/http/push.hpp"
#include "emulator/http/run_exchange.hpp"

namespace millrace::http {
namespace {

namespace asio = boost::asio;
using Stream = Http2Session::Stream;

constexpr std::size_t read_size = 32 * 1024;
constexpr std::size_t write_size = 64 * 1024;
constexpr std::chrono::milliseconds until_woken{3'600'000};
constexpr std::chrono::milliseconds last_moments{500};

// with_headers: signatures are to be checked.
protocol::Request request_of(const Http2Stream& stream, std::string body, bool tls,
                             bool with_headers) {
  const auto field = [&](std::string_view name) -> std::string_view {
    for (const auto& [key, value] : stream.headers) {
      if (key == name) return value;
    }
    return {};
  };
  protocol::Request request;
  request.method = stream.method;
  request.target = stream.path;
  request.content_type = field("content-type");
  request.amz_target = field("x-amz-target");
  request.authorization = field("authorization");
  request.amz_date = field("x-amz-date");
  request.date = field("date");
  request.origin = field("origin");
  request.cors_request_headers = field("access-control-request-headers");
  request.cors_request_method = field("access-control-request-method");
  if (with_headers) {
    for (const auto& [name, value] : stream.headers) request.headers.push_back({name, value});
  }
  request.body = std::move(body);
  request.via = {true, tls};
  return request;
}

class Http2 final : public std::enable_shared_from_this<Http2> {
 public:
  Http2(IoThread& thread, Connection& connection)
      : thread_(thread),
        connection_(connection),
        session_(thread.limits),
        writer_(std::make_shared<Nap>(thread.loop, thread.naps)),
        tasks_(std::make_shared<Nap>(thread.loop, thread.naps)) {}

  asio::awaitable<void> run(std::string_view first) {
    connection_.idle = false;
    connection_.on_stop = [this] { writer_->wake(); };
    spawn(write());
    bool good = take(first);
    while (good) {
      set_deadline();
      const auto [failed, size] = co_await connection_.transport.read_some(asio::buffer(buffer_));
      good = !failed && take({buffer_.data(), size});
    }
    // Whoever works on a request learns that nobody waits for it, and is waited for.
    ended_ = true;
    session_.abandon();
    writer_->wake();
    while (running_ > 0) {
      tasks_->begin();
      co_await tasks_->sleep(until_woken);
    }
    connection_.on_stop = nullptr;
  }

 private:
  // Where the frames of an event stream go.
  class StreamOutlet final : public Outlet {
   public:
    StreamOutlet(Http2& connection, Stream stream)
        : connection_(connection),
          stream_(std::move(stream)),
          taken_(std::make_shared<Nap>(connection.thread_.loop, connection.thread_.naps)) {
      stream_->on_change = [this] {
        taken_->wake();
        if (const auto nap = sleeper.lock(); nap != nullptr && stream_->closed) nap->wake();
      };
    }
    ~StreamOutlet() override { stream_->on_change = nullptr; }
    StreamOutlet(const StreamOutlet&) = delete;
    StreamOutlet& operator=(const StreamOutlet&) = delete;

    asio::awaitable<bool> write(protocol::Events::Frames frames) override {
      connection_.session_.append(*stream_, std::move(frames));
      connection_.writer_->wake();
      while (stream_->waiting() > 0 && !stream_->closed) {
        taken_->begin();
        co_await taken_->sleep(until_woken);
      }
      co_return !stream_->closed;
    }
    void drop() override { connection_.connection_.transport.close(); }
    [[nodiscard]] bool gone() const override { return stream_->closed; }

   private:
    Http2& connection_;
    Stream stream_;
    std::shared_ptr<Nap> taken_;
  };

  void spawn(asio::awaitable<void> task) {
    ++running_;
    asio::co_spawn(thread_.loop, counted(shared_from_this(), std::move(task)), asio::detached);
  }

  static asio::awaitable<void> counted(std::shared_ptr<Http2> self, asio::awaitable<void> task) {
    try {
      co_await std::move(task);
    } catch (const std::exception& error) {
      base::log().error("a request over HTTP/2 failed: {}", error.what());
      self->connection_.transport.close();
    }
    --self->running_;
    self->tasks_->wake();
  }

  bool take(std::string_view bytes) {
    const auto taken = session_.receive(bytes);
    for (auto& stream : session_.take_large()) {
      if (auto hold = thread_.bodies.reserve_now(stream->most_body)) {
        allow(*stream, std::move(hold));
      } else {
        spawn(allow_later(std::move(stream)));
      }
    }
    for (auto& stream : session_.take_requests()) spawn(answer(std::move(stream)));
    writer_->wake();
    return taken.has_value();
  }

  // The stream's body may come: there is memory for it. It gives way while it has not come whole.
  void allow(Http2Stream& stream, ReplyMemory::Hold hold) {
    hold.claim([this, &stream] {
      session_.give_up(stream);
      writer_->wake();
    });
    stream.on_change = [this, id = stream.id] { bodies_.erase(id); };
    bodies_.emplace(stream.id, std::move(hold));
    session_.allow(stream);
    writer_->wake();
  }

  asio::awaitable<void> allow_later(Stream stream) {
    auto hold = co_await thread_.bodies.reserve(stream->most_body);
    // What has come whole meanwhile needs no more.
    if (hold && !stream->closed && !stream->given_up && !stream->complete)
      allow(*stream, std::move(hold));
  }

  // Of a request that has come whole: nobody takes the memory of its body any more.
  ReplyMemory::Hold body_of(Http2Stream& stream) {
    const auto at = bodies_.find(stream.id);
    if (at == bodies_.end()) return {};
    auto hold = std::move(at->second);
    bodies_.erase(at);
    stream.on_change = nullptr;
    hold.claim({});
    return hold;
  }

  // The nearest of: the oldest request is to be whole, the client is to take its replies, the
  // connection has been idle for too long. Event streams may wait for their client.
  void set_deadline() {
    if (closing_) return;
    const auto now = Steady::now();
    auto deadline = Steady::time_point::max();
    if (const auto oldest = session_.oldest_incomplete(); oldest != 0) {
      if (oldest != oldest_incomplete_) incomplete_since_ = now;
      oldest_incomplete_ = oldest;
      deadline = incomplete_since_ + thread_.limits.request;
    }
    if (session_.replying()) {
      deadline = std::min(deadline, progress_ + thread_.limits.reply);
    } else {
      progress_ = now;
    }
    if (session_.idle()) deadline = now + thread_.limits.idle;
    connection_.deadline = deadline;
  }

  // When the server stops: GOAWAY once what runs is done, since some clients take nothing after it;
  // after a while in any case, so that nothing new begins.
  void say_goodbye() {
    if (!thread_.stopping || said_goodbye_) return;
    if (!stop_seen_) stop_seen_ = Steady::now();
    if (!session_.idle() && Steady::now() < *stop_seen_ + last_moments) return;
    said_goodbye_ = true;
    session_.go_away();
  }

  asio::awaitable<void> write() {
    std::string out;
    for (;;) {
      writer_->begin();
      out.clear();
      say_goodbye();
      session_.produce(out, write_size);
      if (out.empty()) {
        if (ended_ || session_.finished()) break;
        set_deadline();
        co_await writer_->sleep(thread_.stopping ? last_moments : until_woken);
        continue;
      }
      const auto [failed, size] = co_await connection_.transport.write(out);
      if (failed) break;
      progress_ = Steady::now();
    }
    // The client has a moment to read what was said last.
    closing_ = true;
    connection_.deadline = Steady::now() + std::chrono::seconds{1};
    co_await connection_.transport.end_writing();
  }

  asio::awaitable<void> answer(Stream stream) {
    protocol::Exchange exchange{thread_.parts.settings, thread_.parts.engine};
    ReplyMemory::Hold hold;
    const auto body_hold = body_of(*stream);
    auto own = own_page(stream->method, stream->path, thread_.parts);
    if (!own) {
      exchange.start(request_of(*stream, std::move(stream->body), connection_.transport.secure(),
                                thread_.parts.settings.secrets != nullptr));
      if (exchange.needs_run()) {
        if (exchange.lane() == kinesis::Lane::read) {
          const auto most = thread_.limits.page_reserve;
          hold = thread_.pages.reserve_now(most);
          if (!hold) hold = co_await thread_.pages.reserve(most);
          if (!hold) co_return;
        }
        const std::function<bool()> gone = [&stream] { return stream->closed; };
        const bool wanted = co_await run_exchange(exchange, thread_, gone);
        if (!wanted) co_return;
      }
    }
    auto& reply = own ? *own : exchange.reply();
    hold.settle(reply.body.size(), [this] { connection_.transport.close(); });
    if (reply.events) {
      co_await stream_events(std::move(stream), reply);
    } else {
      session_.respond(*stream, std::move(reply), date_text());
      writer_->wake();
      if (hold) co_await taken(*stream);
    }
  }

  // Until the client has taken the reply.
  asio::awaitable<void> taken(Http2Stream& stream) {
    const auto nap = std::make_shared<Nap>(thread_.loop, thread_.naps);
    stream.on_change = [raw = nap.get()] { raw->wake(); };
    while (stream.waiting() > 0 && !stream.closed) {
      nap->begin();
      co_await nap->sleep(until_woken);
    }
    stream.on_change = nullptr;
  }

  asio::awaitable<void> stream_events(Stream stream, const protocol::Reply& reply) {
    session_.begin(*stream, reply, date_text());
    session_.append(*stream, protocol::Events::first());
    writer_->wake();
    StreamOutlet outlet{*this, stream};
    co_await push(thread_, *reply.events, outlet);
    session_.end(*stream);
    writer_->wake();
  }

  IoThread& thread_;
  Connection& connection_;
  Http2Session session_;
  std::shared_ptr<Nap> writer_;                       // woken when there may be something to write
  std::shared_ptr<Nap> tasks_;                        // woken when a task ends
  std::map<std::int32_t, ReplyMemory::Hold> bodies_;  // of large requests that are not whole
  int running_ = 0;
  bool ended_ = false;    // nothing is read any more
  bool closing_ = false;  // nothing is written any more
  bool said_goodbye_ = false;
  std::optional<Steady::time_point> stop_seen_;
  std::int32_t oldest_incomplete_ = 0;
  Steady::time_point incomplete_since_{};
  Steady::time_point progress_ = Steady::now();
  std::array<char, read_size> buffer_{};
};

}  // namespace

asio::awaitable<void> serve_http2(IoThread& thread, Connection& connection,
                                  std::string_view first) {
  const auto http = std::make_shared<Http2>(thread, connection);
  co_await http->run(first);
}

}  // namespace millrace::http
