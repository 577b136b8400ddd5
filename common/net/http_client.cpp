#include "common/net/http_client.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <cerrno>
#include <mutex>
#include <set>

namespace millrace::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;

using RequestMessage = http::request<http::span_body<const char>>;
using ResponseParser = http::response_parser<http::string_body>;

constexpr std::size_t read_bytes = 64 * 1024;

constexpr std::size_t most_idle = 64;

// One TCP (and TLS) connection with its own event loop, which only runs while a call waits on it:
// Beast's deadlines exist for asynchronous operations only.
class Connection {
 public:
  Connection(asio::ssl::context* tls, const Endpoint& endpoint, const HttpOptions& options)
      : endpoint_(endpoint), options_(options) {
    if (tls) {
      secure_.emplace(loop_, *tls);
    } else {
      plain_.emplace(loop_);
    }
  }

  // `what` says which step failed.
  error_code connect(const std::atomic<bool>& cancelled, const char*& what) {
    error_code error;
    what = "resolving the host";
    tcp::resolver resolver{loop_};
    const auto addresses = resolver.resolve(endpoint_.host, endpoint_.port, error);
    if (error) return error;
    what = "connecting";
    lowest().expires_after(options_.connect_timeout);
    lowest().async_connect(addresses,
                           [&](error_code result, const tcp::endpoint&) { error = result; });
    run(cancelled);
    if (error) return error;
    lowest().socket().set_option(tcp::no_delay{true}, error);
    if (error || !secure_) return error;
    what = "TLS handshake";
    // Servers with several names choose the certificate by this one.
    if (SSL_set_tlsext_host_name(secure_->native_handle(), endpoint_.host.c_str()) != 1) {
      return asio::error::invalid_argument;
    }
    if (options_.verify_certificate) {
      secure_->set_verify_callback(asio::ssl::host_name_verification{endpoint_.host});
    }
    lowest().expires_after(options_.connect_timeout);
    secure_->async_handshake(asio::ssl::stream_base::client,
                             [&](error_code result) { error = result; });
    run(cancelled);
    return error;
  }

  error_code exchange(RequestMessage& request, ResponseParser& parser,
                      const std::atomic<bool>& cancelled) {
    return secure_ ? exchange_on(*secure_, request, parser, cancelled)
                   : exchange_on(*plain_, request, parser, cancelled);
  }

  using OnData = std::function<bool(std::string_view)>;

  // `whole`: the answer was read to its end.
  error_code receive(RequestMessage& request, ResponseParser& parser,
                     const StreamTimeouts& timeouts, const OnData& on_data,
                     const std::atomic<bool>& cancelled, bool& whole) {
    return secure_ ? receive_on(*secure_, request, parser, timeouts, on_data, cancelled, whole)
                   : receive_on(*plain_, request, parser, timeouts, on_data, cancelled, whole);
  }

  // Whether the other side has closed an idle connection (or sent what nobody asked for).
  bool is_stale() {
    char byte = 0;
    const auto got = ::recv(lowest().socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (got > 0) return !secure_;  // TLS may have session tickets waiting
    return got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
  }

  // From another thread, while the connection is registered.
  void cancel() {
    asio::post(loop_, [this] { lowest().close(); });
  }

 private:
  beast::tcp_stream& lowest() { return secure_ ? beast::get_lowest_layer(*secure_) : *plain_; }

  void run(const std::atomic<bool>& cancelled) {
    if (cancelled) lowest().close();
    loop_.restart();
    loop_.run();
  }

  template <class Stream>
  error_code exchange_on(Stream& stream, RequestMessage& request, ResponseParser& parser,
                         const std::atomic<bool>& cancelled) {
    error_code error;
    // Beast asks the socket for as much as there is room: without this, for 512 bytes at a time.
    buffer_.reserve(read_bytes);
    lowest().expires_after(options_.request_timeout);
    http::async_write(stream, request, [&](error_code result, std::size_t) {
      error = result;
      if (error) return;
      http::async_read(stream, buffer_, parser,
                       [&](error_code read, std::size_t) { error = read; });
    });
    run(cancelled);
    lowest().expires_never();
    return error;
  }

  template <class Stream>
  error_code receive_on(Stream& stream, RequestMessage& request, ResponseParser& parser,
                        const StreamTimeouts& timeouts, const OnData& on_data,
                        const std::atomic<bool>& cancelled, bool& whole) {
    error_code error;
    const auto keep_error = [&error](error_code result, std::size_t) { error = result; };
    buffer_.reserve(read_bytes);
    lowest().expires_after(timeouts.head);
    http::async_write(stream, request, [&](error_code result, std::size_t) {
      error = result;
      if (!error) http::async_read_header(stream, buffer_, parser, keep_error);
    });
    run(cancelled);
    if (error) return error;
    const bool streamed = parser.get().result_int() == 200;
    if (streamed) parser.body_limit(boost::none);
    std::string& body = parser.get().body();
    while (!parser.is_done()) {
      lowest().expires_after(timeouts.idle);
      http::async_read_some(stream, buffer_, parser, keep_error);
      run(cancelled);
      if (error) return error;
      if (!streamed || body.empty()) continue;
      if (!on_data(body)) return error;
      body.clear();  // its room is kept for the next piece
    }
    whole = true;
    lowest().expires_never();
    return error;
  }

  const Endpoint& endpoint_;
  const HttpOptions& options_;
  asio::io_context loop_{1};
  std::optional<beast::tcp_stream> plain_;
  std::optional<beast::ssl_stream<beast::tcp_stream>> secure_;
  beast::flat_buffer buffer_;
};

}  // namespace

std::optional<std::string_view> HttpResponse::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (beast::iequals(beast::string_view{key.data(), key.size()},
                       beast::string_view{name.data(), name.size()})) {
      return value;
    }
  }
  return std::nullopt;
}

class HttpClient::Pool {
 public:
  struct Streamed {
    const StreamTimeouts& timeouts;
    const Connection::OnData& on_data;
  };

  Pool(Endpoint endpoint, HttpOptions options)
      : endpoint_(std::move(endpoint)), options_(std::move(options)) {
    if (endpoint_.tls) prepare_tls();
  }

  // streamed: where the body goes piece by piece, or null.
  base::Result<HttpResponse> send(const HttpRequest& request, const Streamed* streamed) {
    if (!tls_failure_.empty()) return fail(base::ErrorCode::io, tls_failure_);
    if (cancelled_) return cancelled();
    auto connection = take_idle();
    const bool kept = connection != nullptr;
    auto outcome = attempt(request, std::move(connection), streamed);
    if (!outcome.stale || !kept) return std::move(outcome.result);
    return std::move(attempt(request, nullptr, streamed).result);
  }

  void cancel() {
    cancelled_ = true;
    const std::lock_guard lock{mutex_};
    for (auto* connection : busy_) connection->cancel();
  }

  [[nodiscard]] const Endpoint& endpoint() const { return endpoint_; }

 private:
  struct Outcome {
    base::Result<HttpResponse> result;
    bool stale = false;  // the connection was gone before a byte of the answer came
  };

  void prepare_tls() {
    tls_.emplace(asio::ssl::context::tls_client);
    error_code error;
    tls_->set_verify_mode(
        options_.verify_certificate ? asio::ssl::verify_peer : asio::ssl::verify_none, error);
    if (!options_.verify_certificate) return;
    if (options_.ca_file.empty()) {
      tls_->set_default_verify_paths(error);
      if (error) tls_failure_ = "loading the system's certificate authorities: " + error.message();
    } else {
      tls_->load_verify_file(options_.ca_file, error);
      if (error) {
        tls_failure_ =
            "loading certificate authorities from '" + options_.ca_file + "': " + error.message();
      }
    }
  }

  base::Error fail(base::ErrorCode code, const std::string& message) const {
    return {code, endpoint_.url() + ": " + message};
  }
  base::Error cancelled() const { return fail(base::ErrorCode::cancelled, "cancelled"); }

  base::Error classify(const error_code& error, const char* what) const {
    if (cancelled_) return cancelled();
    if (error == beast::error::timeout) {
      return fail(base::ErrorCode::timeout, std::string{what} + ": no answer in time");
    }
    if (error == http::error::end_of_stream || error == asio::error::eof ||
        error == http::error::partial_message || error == asio::ssl::error::stream_truncated) {
      return fail(base::ErrorCode::io, "connection closed by the other side");
    }
    const bool not_http = error.category() == make_error_code(http::error::bad_version).category();
    return fail(not_http ? base::ErrorCode::protocol : base::ErrorCode::io,
                std::string{what} + ": " + error.message());
  }

  // Makes the connection known to cancel() for as long as it lives.
  class Busy {
   public:
    Busy(Pool& pool, Connection& connection) : pool_(pool), connection_(connection) {
      const std::lock_guard lock{pool_.mutex_};
      pool_.busy_.insert(&connection_);
    }
    ~Busy() {
      const std::lock_guard lock{pool_.mutex_};
      pool_.busy_.erase(&connection_);
    }
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;

   private:
    Pool& pool_;
    Connection& connection_;
  };

  Outcome attempt(const HttpRequest& request, std::unique_ptr<Connection> connection,
                  const Streamed* streamed) {
    RequestMessage message;
    message.version(11);
    message.method_string(request.method);
    message.target(endpoint_.path + request.target);
    message.set(http::field::host, endpoint_.authority());
    for (const auto& [name, value] : request.headers) message.insert(name, value);
    message.body() = {request.body.data(), request.body.size()};
    message.prepare_payload();
    ResponseParser parser;
    parser.body_limit(options_.body_limit);
    parser.header_limit(64 * 1024);

    const bool is_new = connection == nullptr;
    bool whole = streamed == nullptr;
    if (is_new) {
      connection = std::make_unique<Connection>(tls_ ? &*tls_ : nullptr, endpoint_, options_);
    }
    {
      const Busy busy{*this, *connection};
      const char* what = "";
      if (is_new) {
        if (const auto error = connection->connect(cancelled_, what)) {
          return {classify(error, what)};
        }
      }
      const auto error = streamed == nullptr
                             ? connection->exchange(message, parser, cancelled_)
                             : connection->receive(message, parser, streamed->timeouts,
                                                   streamed->on_data, cancelled_, whole);
      if (error) {
        const bool stale = !cancelled_ && error != beast::error::timeout && !parser.got_some();
        return {classify(error, "waiting for the answer"), stale};
      }
    }
    HttpResponse response;
    response.status = static_cast<int>(parser.get().result_int());
    for (const auto& field : parser.get()) {
      response.headers.emplace_back(field.name_string(), field.value());
    }
    const bool keep = whole && parser.keep_alive();
    if (whole) response.body = std::move(parser.get().body());
    if (keep) give_back(std::move(connection));
    return {std::move(response)};
  }

  std::unique_ptr<Connection> take_idle() {
    const std::lock_guard lock{mutex_};
    while (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      if (!connection->is_stale()) return connection;
    }
    return nullptr;
  }

  void give_back(std::unique_ptr<Connection> connection) {
    const std::lock_guard lock{mutex_};
    if (idle_.size() < most_idle) idle_.push_back(std::move(connection));
  }

  const Endpoint endpoint_;
  const HttpOptions options_;
  std::optional<asio::ssl::context> tls_;
  std::string tls_failure_;
  std::atomic<bool> cancelled_{false};
  std::mutex mutex_;  // guards idle_ and busy_
  std::vector<std::unique_ptr<Connection>> idle_;
  std::set<Connection*> busy_;
};

HttpClient::HttpClient(Endpoint endpoint, HttpOptions options)
    : pool_(std::make_unique<Pool>(std::move(endpoint), std::move(options))) {}
HttpClient::~HttpClient() = default;

base::Result<HttpResponse> HttpClient::send(const HttpRequest& request) {
  try {
    return pool_->send(request, nullptr);
  } catch (const std::exception& error) {  // Asio throws where the system runs out of something
    return base::Error{base::ErrorCode::io, endpoint().url() + ": " + error.what()};
  }
}

base::Result<HttpResponse> HttpClient::receive(
    const HttpRequest& request, const StreamTimeouts& timeouts,
    const std::function<bool(std::string_view)>& on_data) {
  try {
    const Pool::Streamed streamed{timeouts, on_data};
    return pool_->send(request, &streamed);
  } catch (const std::exception& error) {
    return base::Error{base::ErrorCode::io, endpoint().url() + ": " + error.what()};
  }
}

void HttpClient::cancel() {
  pool_->cancel();
}
const Endpoint& HttpClient::endpoint() const {
  return pool_->endpoint();
}

}  // namespace millrace::net
