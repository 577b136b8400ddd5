// HTTP/2 without sockets: bytes in, requests out; replies in, bytes out. nghttp2 does the protocol.
//
//   session.receive(bytes);                       // as they come
//   for (auto& stream : session.take_requests()) ...
//   for (auto& stream : session.take_large()) ... session.allow(*stream) when there is memory for
//   it session.respond(*stream, std::move(reply), date); session.produce(out, 64 * 1024); // what
//   is to be written if (session.finished()) ...                   // close
//
// One thread. Nothing here waits; whoever drives it decides when to read and to write.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/result.hpp"
#include "emulator/http/server.hpp"
#include "emulator/http/stream_order.hpp"

// From nghttp2's own header, which stays in http2_session.cpp.
struct nghttp2_session;

namespace millrace::http {

// One request and its reply. Shared by the session and by whoever works on the request.
struct Http2Stream {
  std::int32_t id = 0;
  std::string method;
  std::string path;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;

  // Part of the reply that the client has not taken yet.
  [[nodiscard]] std::size_t waiting() const { return bytes().size() - sent; }
  // The client has reset it, or the connection is gone: nobody will read a reply.
  bool closed = false;
  // Called when all that was waiting has been taken, and when the stream closes.
  std::function<void()> on_change;

  // What its body may come to, in bytes: as announced, or the limit.
  std::size_t most_body = 0;

  // --- the session's own ---
  std::size_t header_bytes = 0;
  std::optional<std::size_t> announced;  // content-length
  enum class Large { no, asked, allowed } large = Large::no;
  std::size_t loose = 0;        // of the body, counted as the connection's
  std::size_t owed_window = 0;  // not given back to the stream's window yet
  int refused = 0;              // status to answer instead of running it
  bool given_up = false;        // it is being reset
  bool complete = false;
  bool pushed = false;  // an event stream
  std::string out;
  std::shared_ptr<const std::string> shared;  // instead of `out`
  std::size_t sent = 0;                       // of whichever it is
  [[nodiscard]] const std::string& bytes() const { return shared ? *shared : out; }
  bool out_ends = false;
};

class Http2Session {
 public:
  using Stream = std::shared_ptr<Http2Stream>;

  explicit Http2Session(const Limits& limits);
  ~Http2Session();
  Http2Session(const Http2Session&) = delete;
  Http2Session& operator=(const Http2Session&) = delete;

  // Error: protocol; what produce() still gives says so to the client, then the connection ends.
  base::Status receive(std::string_view bytes);
  // Requests that have come whole since the last call. Those too large are answered here.
  std::vector<Stream> take_requests();

  // Requests whose bodies are too large to be held without asking. Until allow() no more comes of
  // them than a little: their windows stay shut.
  std::vector<Stream> take_large();
  void allow(Http2Stream& stream);
  // Ends a request that is not whole: others need what it holds.
  void give_up(Http2Stream& stream);

  // A reply with its body. date: as in the header.
  void respond(Http2Stream& stream, protocol::Reply&& reply, const std::string& date);
  // A reply whose body follows piece by piece, until end().
  void begin(Http2Stream& stream, const protocol::Reply& reply, const std::string& date);
  void append(Http2Stream& stream, std::string_view bytes);
  // The same; not copied where nothing waits.
  void append(Http2Stream& stream, std::shared_ptr<const std::string> bytes);
  void end(Http2Stream& stream);

  // Appends what is to be written now, at least nothing and not much more than `most` bytes.
  void produce(std::string& out, std::size_t most);
  // No new streams; those open are finished.
  void go_away();
  // Nothing is to be read or written any more.
  [[nodiscard]] bool finished() const;
  // All streams are closed to their users; for when the connection is gone.
  void abandon();

  [[nodiscard]] bool idle() const { return streams_.empty(); }
  // The stream of the request that began to come first of those that are not whole; 0: none.
  [[nodiscard]] std::int32_t oldest_incomplete() const;
  // A reply other than an event stream waits for the client to take it.
  [[nodiscard]] bool replying() const;

 private:
  struct Callbacks;
  friend struct Callbacks;
  void submit(Http2Stream& stream, const protocol::Reply& reply, const std::string& date,
              bool sized);
  void ask(Http2Stream& stream);
  bool count_body(Http2Stream& stream, std::size_t size);
  void forget_body(Http2Stream& stream);
  void refuse(Http2Stream& stream, int status);
  void complete(Http2Stream& stream);
  [[nodiscard]] bool is_flood();

  const Limits& limits_;
  nghttp2_session* session_ = nullptr;
  std::map<std::int32_t, Stream> streams_;
  std::vector<Stream> requests_;
  std::vector<Stream> large_;
  std::size_t loose_bytes_ = 0;  // of bodies not answered yet that nobody was asked about
  StreamOrder order_;
  // Frames that cost us and bring nothing: a bucket of them, refilled with time.
  std::chrono::steady_clock::time_point refilled_ = std::chrono::steady_clock::now();
  double tokens_;
};

}  // namespace millrace::http
