// What an HTTP/2 client sends, against our session over nghttp2.
//
// Input: a byte of choices, then either bytes as they are, or frames whose sizes are put right:
// type, flags, stream, size, payload.
#include <utility>

#include "emulator/http/http2_session.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/target.hpp"

using namespace millrace;

namespace {

constexpr std::string_view preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

std::string frame(unsigned type, unsigned flags, unsigned stream, std::string_view payload) {
  std::string made;
  for (const std::size_t byte : {payload.size() >> 16, payload.size() >> 8, payload.size()}) {
    made += static_cast<char>(byte);
  }
  made += static_cast<char>(type);
  made += static_cast<char>(flags);
  made.append(3, '\0');
  made += static_cast<char>(stream);
  made += payload;
  return made;
}

class Server {
 public:
  explicit Server(unsigned how) : how_(how) {
    limits_.body_bytes = 4096;
    limits_.header_bytes = 2048;
  }

  // False: the connection is over.
  bool receive(std::string_view bytes) {
    if (!good_ || session_.finished()) return false;
    good_ = session_.receive(bytes).has_value();
    for (auto& stream : session_.take_requests()) answer(stream);
    write();
    return good_ && !session_.finished();
  }

  void end() {
    session_.go_away();
    write();
    session_.abandon();
    for (const auto& stream : kept_) FUZZ_CHECK(stream->closed);
  }

 private:
  void answer(const http::Http2Session::Stream& stream) {
    FUZZ_CHECK(stream->body.size() <= limits_.body_bytes);
    std::size_t head = 0;
    for (const auto& [name, value] : stream->headers) head += name.size() + value.size();
    FUZZ_CHECK(head <= limits_.header_bytes);
    protocol::Reply reply;
    reply.content_type = "application/x-amz-json-1.1";
    reply.headers = protocol::request_id_headers();
    reply.body = stream->body;
    const std::string date = "Mon, 23 Nov 2026 01:34:09 GMT";
    kept_.push_back(stream);
    switch (how_ % 3) {
      case 0:
        return session_.respond(*stream, std::move(reply), date);
      case 1:  // pushed, while the client may close it
        session_.begin(*stream, reply, date);
        session_.append(*stream, "event");
        write();
        session_.append(*stream, std::string(300, 'e'));
        return session_.end(*stream);
      default:  // never answered
        return;
    }
  }
  void write() {
    std::string out;
    session_.produce(out, 65536);
    FUZZ_CHECK(out.size() < 1'000'000);
  }

  unsigned how_;
  http::Limits limits_;
  http::Http2Session session_{limits_};
  std::vector<http::Http2Session::Stream> kept_;
  bool good_ = true;
};

}  // namespace

FUZZ_TARGET(http2) {
  fuzz::Input from{input};
  const unsigned choices = from.byte();
  Server server{choices >> 2};
  if ((choices & 1) == 0) {
    if (!from.empty()) server.receive(from.rest());
    return server.end();
  }
  const bool in_pieces = (choices & 2) != 0;
  bool open = server.receive(std::string{preface} + frame(4, 0, 0, ""));
  while (open && !from.empty()) {
    const unsigned type = from.byte() % 11;
    const unsigned flags = from.byte();
    const unsigned stream = from.byte() % 12;
    const auto bytes = frame(type, flags, stream, from.take(from.byte()));
    if (in_pieces) {
      open = server.receive(bytes.substr(0, bytes.size() / 2)) &&
             server.receive(bytes.substr(bytes.size() / 2));
    } else {
      open = server.receive(bytes);
    }
  }
  server.end();
}
