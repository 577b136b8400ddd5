// One connection: read a request, let it run where it belongs, write the reply, again.
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <ctime>

#include "common/base/log.hpp"
#include "emulator/http/health.hpp"
#include "emulator/http/io_thread.hpp"

namespace millrace::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto as_awaitable = asio::experimental::as_tuple(asio::use_awaitable);

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
}

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

// Carries an exchange to the engine's thread and back.
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

template <class Job, class Submit>
asio::awaitable<void> run_and_wait(Job& job, Submit submit) {
  co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(
      [&job, submit](auto handler) {
        job.waiter = new Resumption<decltype(handler)>(std::move(handler));
        submit();
      },
      asio::use_awaitable);
}

asio::awaitable<void> run_exchange(protocol::Exchange& exchange, IoThread& thread) {
  if (exchange.lane() == kinesis::Lane::read) {
    ExchangeRead job{exchange, thread};
    co_await run_and_wait(job, [&] { thread.parts.readers.submit(job); });
  } else {
    ExchangeJob job{exchange, thread};
    co_await run_and_wait(job, [&] { thread.parts.committer.submit(job); });
  }
}

// "Date: Mon, 23 Nov 2026 01:34:09 GMT", made once a second.
const std::string& date_line() {
  thread_local std::time_t made_at = -1;
  thread_local std::string line;
  const auto now = std::time(nullptr);
  if (now != made_at) {
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    char text[64];
    const auto size =
        std::strftime(text, sizeof text, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
    line.assign(text, size);
    made_at = now;
  }
  return line;
}

std::string_view reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 408:
      return "Request Timeout";
    case 413:
      return "Payload Too Large";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    default:
      return "Status";
  }
}

std::string head_of(const protocol::Reply& reply, unsigned version, bool keep_alive) {
  std::string head;
  head.reserve(384);
  head += version == 10 ? "HTTP/1.0 " : "HTTP/1.1 ";
  head += std::to_string(reply.status);
  head += ' ';
  head += reason(reply.status);
  head += "\r\n";
  head += reply.headers;
  if (!reply.content_type.empty()) {
    head += "Content-Type: ";
    head += reply.content_type;
    head += "\r\n";
  }
  head += date_line();
  head += "Content-Length: ";
  head += std::to_string(reply.body.size());
  // HTTP/1.1 keeps alive by default, 1.0 only when both sides say so.
  if (!keep_alive) {
    head += "\r\nConnection: close";
  } else if (version == 10) {
    head += "\r\nConnection: keep-alive";
  }
  head += "\r\n\r\n";
  return head;
}

using Parser = bhttp::request_parser<bhttp::string_body>;

protocol::Request request_of(Parser& parser) {
  auto& message = parser.get();
  const auto field = [&](auto name) { return view(message[name]); };
  protocol::Request request;
  request.method = view(message.method_string());
  request.target = view(message.target());
  request.content_type = field(bhttp::field::content_type);
  request.amz_target = field("X-Amz-Target");
  request.authorization = field(bhttp::field::authorization);
  request.amz_date = field("X-Amz-Date");
  request.date = field(bhttp::field::date);
  request.origin = field(bhttp::field::origin);
  request.cors_request_headers = field(bhttp::field::access_control_request_headers);
  request.cors_request_method = field(bhttp::field::access_control_request_method);
  request.body = std::move(message.body());
  return request;
}

class Session {
 public:
  Session(IoThread& thread, std::list<Connection>::iterator at) : thread_(thread), at_(at) {}
  ~Session() { thread_.connections.erase(at_); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  asio::awaitable<void> run() {
    for (bool alive = true; alive;) alive = co_await serve_one();
    error_code ignored;  // the other side may be gone already
    socket().shutdown(tcp::socket::shutdown_send, ignored);
  }

 private:
  tcp::socket& socket() { return at_->socket; }
  void set_deadline(std::chrono::seconds from_now) { at_->deadline = Steady::now() + from_now; }

  asio::awaitable<bool> write(const std::string& head, const std::string& body) {
    set_deadline(thread_.limits.reply);
    const std::array<asio::const_buffer, 2> both = {asio::buffer(head), asio::buffer(body)};
    const auto [failed, size] = co_await asio::async_write(socket(), both, as_awaitable);
    co_return !failed;
  }

  // For what is no HTTP or too large; the connection ends, since where the next request would begin
  // is not known.
  asio::awaitable<bool> refuse(int status, std::string text) {
    protocol::Reply reply;
    reply.status = status;
    reply.content_type = "text/plain";
    reply.headers = protocol::request_id_headers();
    reply.body = std::move(text) + "\n";
    co_await write(head_of(reply, 11, false), reply.body);
    co_return false;
  }

  asio::awaitable<bool> refuse(error_code why) {
    if (why == bhttp::error::body_limit) {
      return refuse(413, "The request body is larger than " +
                             std::to_string(thread_.limits.body_bytes) + " bytes.");
    }
    if (why == bhttp::error::header_limit || why == bhttp::error::buffer_overflow) {
      return refuse(431, "The request headers are larger than " +
                             std::to_string(thread_.limits.header_bytes) + " bytes.");
    }
    return refuse(400, "The request is not HTTP/1.1: " + why.message() + ".");
  }

  // False when the connection is to end.
  asio::awaitable<bool> serve_one() {
    Parser parser;
    parser.body_limit(thread_.limits.body_bytes);
    parser.header_limit(static_cast<std::uint32_t>(thread_.limits.header_bytes));
    at_->idle = buffer_.size() == 0;
    if (at_->idle && thread_.stopping) co_return false;
    set_deadline(thread_.limits.idle);
    if (at_->idle) {
      // Wait for the first bytes as an idle connection; from then on the request's deadline counts.
      const auto [failed, size] =
          co_await socket().async_read_some(buffer_.prepare(read_size), as_awaitable);
      if (failed) co_return false;
      buffer_.commit(size);
      at_->idle = false;
    }
    set_deadline(thread_.limits.request);
    auto [failed, size] =
        co_await bhttp::async_read_header(socket(), buffer_, parser, as_awaitable);
    if (!failed && !parser.is_done()) {
      if (beast::iequals(parser.get()[bhttp::field::expect], "100-continue")) {
        if (!co_await write("HTTP/1.1 100 Continue\r\n\r\n", "")) co_return false;
        set_deadline(thread_.limits.request);
      }
      std::tie(failed, size) = co_await bhttp::async_read(socket(), buffer_, parser, as_awaitable);
    }
    if (failed) {
      if (failed.category() != bhttp::make_error_code(bhttp::error::end_of_stream).category() ||
          failed == bhttp::error::end_of_stream || failed == bhttp::error::partial_message) {
        co_return false;  // the connection is gone, there is nobody to tell
      }
      co_return co_await refuse(failed);
    }
    const auto version = parser.get().version();
    const bool keep_alive = parser.keep_alive();
    at_->deadline = Steady::time_point::max();  // the engine always answers
    protocol::Exchange exchange{thread_.parts.settings, thread_.parts.engine};
    auto own =
        own_page(view(parser.get().method_string()), view(parser.get().target()), thread_.parts);
    if (!own) {
      exchange.start(request_of(parser));
      if (exchange.needs_run()) co_await run_exchange(exchange, thread_);
    }
    const auto& reply = own ? *own : exchange.reply();
    const bool go_on = keep_alive && !thread_.stopping;
    co_return co_await write(head_of(reply, version, go_on), reply.body) && go_on;
  }

  static constexpr std::size_t read_size = 16 * 1024;

  IoThread& thread_;
  std::list<Connection>::iterator at_;
  beast::flat_buffer buffer_;
};

asio::awaitable<void> serve(IoThread& thread, std::list<Connection>::iterator at) {
  try {
    Session session{thread, at};
    co_await session.run();
  } catch (const std::exception& error) {
    // The last stop for what a library throws: one connection ends, the server goes on.
    base::log().error("a connection failed: {}", error.what());
  }
}

}  // namespace

void start_session(IoThread& thread, tcp::socket socket) {
  error_code ignored;  // the connection works without it, only slower
  socket.set_option(tcp::no_delay{true}, ignored);
  thread.connections.push_front(Connection{std::move(socket)});
  asio::co_spawn(thread.loop, serve(thread, thread.connections.begin()), asio::detached);
}

}  // namespace millrace::http
