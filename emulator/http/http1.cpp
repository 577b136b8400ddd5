// Read a request, let it run where it belongs, write the reply, again. Beast parses; the reading is
// done here, so that clear text and TLS share one parser.
#include "emulator/http/http1.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <charconv>

#include "emulator/http/heads.hpp"
#include "emulator/http/health.hpp"
#include "emulator/http/push.hpp"
#include "emulator/http/run_exchange.hpp"

namespace millrace::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using boost::system::error_code;

using Parser = bhttp::request_parser<bhttp::string_body>;

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
}

// with_headers: signatures are to be checked.
protocol::Request request_of(Parser& parser, bool tls, bool with_headers) {
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
  if (with_headers) {
    for (const auto& one : message) {
      request.headers.push_back(
          {std::string{view(one.name_string())}, std::string{view(one.value())}});
    }
  }
  request.body = std::move(message.body());
  request.via.tls = tls;
  return request;
}

// Beast takes some heads that another server could understand differently; what is wrong with this
// one, or nothing. Strict where RFC 9112 leaves a choice: such a message comes from no SDK.
std::string_view fault_of(const Parser& parser) {
  using bhttp::field;
  const auto& message = parser.get();
  const bool http_1_0 = message.version() == 10;
  const auto hosts = message.count(field::host);
  if (hosts > 1 || (hosts == 0 && !http_1_0)) return "it needs one Host";
  // RFC 9112 6.1: a coding we do not know leaves the body's end unknown; HTTP/1.0 has no codings.
  if (const auto codings = message.count(field::transfer_encoding); codings > 0) {
    if (http_1_0) return "HTTP/1.0 has no Transfer-Encoding";
    if (codings > 1 || !beast::iequals(message[field::transfer_encoding], "chunked")) {
      return "the only Transfer-Encoding served is chunked";
    }
  }
  if (message[field::content_length].find(',') != beast::string_view::npos) {
    return "Content-Length is one number";
  }
  return {};
}

// Looks for a folded field (a line that begins with a blank) in a head that comes in pieces. Beast
// unfolds them (RFC 9112 5.2 allows to refuse them).
class Folds {
 public:
  void add(std::string_view piece) {
    for (std::size_t at = 0; at < piece.size();) {
      if (line_begins_ && (piece[at] == ' ' || piece[at] == '\t')) found_ = true;
      const auto end = piece.find('\n', at);
      line_begins_ = end != std::string_view::npos;
      at = line_begins_ ? end + 1 : piece.size();
    }
  }
  [[nodiscard]] bool found() const { return found_; }

 private:
  bool line_begins_ = false;
  bool found_ = false;
};

// "1f4\r\n"
std::string chunk_head(std::size_t size) {
  std::array<char, 20> text{};
  auto* end = std::to_chars(text.data(), text.data() + text.size(), size, 16).ptr;
  return std::string{text.data(), end} + "\r\n";
}

class Http1 final : public Outlet {
 public:
  Http1(IoThread& thread, Connection& connection, std::string_view first)
      : thread_(thread), connection_(connection) {
    keep(
        asio::buffer_copy(buffer_.prepare(first.size()), asio::buffer(first.data(), first.size())));
  }

  asio::awaitable<void> run() {
    for (bool alive = true; alive;) alive = co_await serve_one();
    set_deadline(std::chrono::seconds{1});
    co_await connection_.transport.end_writing();
  }

 private:
  void keep(std::size_t size) { buffer_.commit(size); }
  void set_deadline(std::chrono::seconds from_now) {
    connection_.deadline = Steady::now() + from_now;
  }

  asio::awaitable<bool> write_all(std::string_view head, std::string_view body = {},
                                  std::string_view end = {}) {
    set_deadline(thread_.limits.reply);
    const auto [failed, size] = co_await connection_.transport.write(head, body, end);
    co_return !failed;
  }

  void drop() override { connection_.transport.close(); }

  // A piece of an event stream.
  asio::awaitable<bool> write(protocol::Events::Frames frames) override {
    const auto head = chunked_ ? chunk_head(frames->size()) : std::string{};
    const bool sent = co_await write_all(head, *frames, chunked_ ? "\r\n" : "");
    connection_.deadline = Steady::time_point::max();  // until there is more
    co_return sent;
  }

  asio::awaitable<bool> stream(const protocol::Reply& reply, unsigned version, bool keep_alive) {
    chunked_ = version == 11;
    const bool go_on = keep_alive && chunked_;
    auto head = head_of(reply, version, go_on, chunked_ ? Body::chunked : Body::until_close);
    if (parser_->get()[bhttp::field::user_agent].contains(early_closer)) co_await pause();
    const auto& first = protocol::Events::first();
    if (chunked_) head += chunk_head(first.size());
    if (!co_await write_all(head, first, chunked_ ? "\r\n" : "")) co_return false;
    connection_.deadline = Steady::time_point::max();
    co_await push(thread_, *reply.events, *this);
    co_return (!chunked_ || co_await write_all("0\r\n\r\n")) && go_on && !thread_.stopping;
  }

  // The AWS SDK for Go (smithy-go 1.28) closes a request's body as soon as the reply begins. Where
  // net/http has sent the body but not yet looked for its end, it takes that for an error and
  // closes the connection. So a stream for it does not begin within the same moment.
  asio::awaitable<void> pause() {
    const auto nap = std::make_shared<Nap>(thread_.loop, thread_.naps);
    co_await nap->sleep(std::chrono::milliseconds{50});
  }

  // For what is no HTTP or too large; the connection ends, since where the next request would begin
  // is not known.
  asio::awaitable<bool> refuse(int status, std::string text) {
    protocol::Reply reply;
    reply.status = status;
    reply.content_type = "text/plain";
    reply.headers = protocol::request_id_headers();
    reply.body = std::move(text) + "\n";
    co_await write_all(head_of(reply, 11, false), reply.body);
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

  asio::awaitable<bool> read_more() {
    const auto [failed, size] =
        co_await connection_.transport.read_some(buffer_.prepare(read_size));
    buffer_.commit(size);
    co_return !failed;
  }

  // Some clients end a body with one line end too many (RFC 9112 2.2).
  void skip_empty_line() {
    const std::string_view got{static_cast<const char*>(buffer_.data().data()), buffer_.size()};
    if (got.starts_with("\r\n")) buffer_.consume(2);
  }

  // GCC 12 lays out the frame of a coroutine wrongly, and it crashes, when a loop holds an `if`
  // that awaits in its condition. Hence `fed`.

  // Reads up to the end of the header, or of the request if that is nearer. False: the connection
  // has ended and there is nobody to tell, or `failed_` says what is wrong with the request.
  asio::awaitable<bool> read_header() {
    parser_->eager(false);
    while (!parser_->is_header_done()) {
      const bool fed = co_await feed();  // see above
      if (!fed) co_return false;
    }
    co_return true;
  }

  // The same up to the end of the request.
  asio::awaitable<bool> read_body() {
    parser_->eager(true);
    while (!parser_->is_done()) {
      const bool fed = co_await feed();  // see above
      if (!fed) co_return false;
    }
    co_return true;
  }

  // Gives the parser what has been read; reads more when that takes it no further.
  asio::awaitable<bool> feed() {
    if (buffer_.size() > 0) {
      const bool head = !parser_->is_header_done();
      const auto used = parser_->put(buffer_.data(), failed_);
      if (head) folds_.add({static_cast<const char*>(buffer_.data().data()), used});
      buffer_.consume(used);
      if (!failed_) co_return true;
      if (failed_ != bhttp::error::need_more) co_return false;
      failed_ = {};
    }
    co_return co_await read_more();
  }

  // False when the connection is to end.
  asio::awaitable<bool> serve_one() {
    auto& parser = parser_.emplace();
    parser.body_limit(thread_.limits.body_bytes);
    parser.header_limit(static_cast<std::uint32_t>(thread_.limits.header_bytes));
    connection_.idle = buffer_.size() == 0;
    if (connection_.idle) {
      if (thread_.stopping) co_return false;
      // Wait for the first bytes as an idle connection; from then on the request's deadline counts.
      set_deadline(thread_.limits.idle);
      if (!co_await read_more()) co_return false;
      connection_.idle = false;
    }
    set_deadline(thread_.limits.request);
    failed_ = {};
    folds_ = {};
    skip_empty_line();
    bool got = co_await read_header();
    if (got) {
      const auto fault = folds_.found() ? std::string_view{"a field is folded"} : fault_of(parser);
      if (!fault.empty())
        co_return co_await refuse(400, "The request is refused: " + std::string{fault} + ".");
    }
    ReplyMemory::Hold body_hold;
    if (got && !parser.is_done()) {
      // As announced; chunks announce nothing.
      const auto most = std::min<std::uint64_t>(
          parser.content_length().value_or(thread_.limits.body_bytes), thread_.limits.body_bytes);
      if (most > thread_.limits.small_body) {
        connection_.deadline = Steady::time_point::max();
        body_hold = thread_.bodies.reserve_now(most);
        if (!body_hold) body_hold = co_await thread_.bodies.reserve(most);
        if (!body_hold) co_return false;
        body_hold.claim([this] { connection_.transport.close(); });
        set_deadline(thread_.limits.request);
      }
      if (beast::iequals(parser.get()[bhttp::field::expect], "100-continue")) {
        if (!co_await write_all("HTTP/1.1 100 Continue\r\n\r\n")) co_return false;
        set_deadline(thread_.limits.request);
      }
      got = co_await read_body();
      body_hold.claim({});  // it has come: nobody takes its memory any more
    }
    if (failed_) co_return co_await refuse(failed_);
    if (!got) co_return false;
    const auto version = parser.get().version();
    const bool keep_alive = parser.keep_alive();
    connection_.deadline = Steady::time_point::max();  // the engine always answers
    protocol::Exchange exchange{thread_.parts.settings, thread_.parts.engine};
    ReplyMemory::Hold hold;
    auto own =
        own_page(view(parser.get().method_string()), view(parser.get().target()), thread_.parts);
    if (!own) {
      exchange.start(request_of(parser, connection_.transport.secure(),
                                thread_.parts.settings.secrets != nullptr));
      if (exchange.needs_run()) {
        if (exchange.lane() == kinesis::Lane::read) {
          const auto most = thread_.limits.page_reserve;
          hold = thread_.pages.reserve_now(most);
          if (!hold) hold = co_await thread_.pages.reserve(most);
          if (!hold) co_return false;
        }
        const std::function<bool()> gone = [this] { return connection_.transport.gone(); };
        const bool wanted = co_await run_exchange(exchange, thread_, gone);
        if (!wanted) co_return false;
      }
    }
    const auto& reply = own ? *own : exchange.reply();
    hold.settle(reply.body.size(), [this] { connection_.transport.close(); });
    const bool go_on = keep_alive && !thread_.stopping;
    if (reply.events) co_return co_await stream(reply, version, go_on);
    co_return co_await write_all(head_of(reply, version, go_on), reply.body) && go_on;
  }

  static constexpr const char* early_closer = "aws-sdk-go-v2/";
  static constexpr std::size_t read_size = 16 * 1024;

  IoThread& thread_;
  Connection& connection_;
  beast::flat_buffer buffer_;
  // Of the request being read.
  std::optional<Parser> parser_;
  error_code failed_;
  Folds folds_;
  bool chunked_ = false;  // of the reply being streamed
};

}  // namespace

asio::awaitable<void> serve_http1(IoThread& thread, Connection& connection,
                                  std::string_view first) {
  Http1 http{thread, connection, first};
  co_await http.run();
}

}  // namespace millrace::http
