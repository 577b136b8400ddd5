// HTTP/2 without sockets: bytes in, requests out; replies in, bytes out. nghttp2 does the protocol.
//
//   session.receive(bytes);                       // as they come
//   for (auto& stream : session.take_requests()) ...
//   session.respond(*stream, std::move(reply), date);
//   session.produce(out, 64 * 1024);              // what is to be written
//   if (session.finished()) ...                   // close
//
// One thread. Nothing here waits; whoever drives it decides when to read and to write.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
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
  [[nodiscard]] std::size_t waiting() const { return out.size() - sent; }
  // The client has reset it, or the connection is gone: nobody will read a reply.
  bool closed = false;
  // Called when all that was waiting has been taken, and when the stream closes.
  std::function<void()> on_change;

  // --- the session's own ---
  std::size_t header_bytes = 0;
  int refused = 0;  // status to answer instead of running it
  bool complete = false;
  bool pushed = false;  // an event stream
  std::string out;
  std::size_t sent = 0;
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

  // The request's body, which the session counts no longer.
  std::string take_body(Http2Stream& stream);
  // A reply with its body. date: as in the header.
  void respond(Http2Stream& stream, protocol::Reply&& reply, const std::string& date);
  // A reply whose body follows piece by piece, until end().
  void begin(Http2Stream& stream, const protocol::Reply& reply, const std::string& date);
  void append(Http2Stream& stream, std::string_view bytes);
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
  void count_body(std::int32_t id, std::size_t size);
  void forget_body(const Http2Stream& stream);
  void complete(Http2Stream& stream);
  [[nodiscard]] bool is_flood();

  const Limits& limits_;
  nghttp2_session* session_ = nullptr;
  std::map<std::int32_t, Stream> streams_;
  std::vector<Stream> requests_;
  std::size_t body_bytes_ = 0;  // of requests that are not answered
  std::size_t owed_bytes_ = 0;  // not given back to the connection's window yet
  StreamOrder order_;
  // Frames that cost us and bring nothing: a bucket of them, refilled with time.
  std::chrono::steady_clock::time_point refilled_ = std::chrono::steady_clock::now();
  double tokens_;
};

}  // namespace millrace::http
