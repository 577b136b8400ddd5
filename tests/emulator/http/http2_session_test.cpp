// HTTP/2 in memory: nghttp2's client against our side, byte by byte where that matters.
#include "emulator/http/http2_session.hpp"

#include <doctest/doctest.h>
#include <nghttp2/nghttp2.h>

#include <cstring>
#include <map>

using namespace millrace;
using http::Http2Session;

namespace {

struct Reply {
  int status = 0;
  std::string body;
  bool ended = false;
  bool reset = false;
};

// A client that notes what it hears.
struct Client {
  Client() {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(
        callbacks,
        [](nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t size,
           const std::uint8_t* value, std::size_t, std::uint8_t, void* self) {
          if (std::string_view{reinterpret_cast<const char*>(name), size} == ":status") {
            static_cast<Client*>(self)->replies[frame->hd.stream_id].status =
                std::atoi(reinterpret_cast<const char*>(value));
          }
          return 0;
        });
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(
        callbacks, [](nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* data,
                      std::size_t size, void* self) {
          static_cast<Client*>(self)->replies[id].body.append(reinterpret_cast<const char*>(data),
                                                              size);
          return 0;
        });
    nghttp2_session_callbacks_set_on_frame_recv_callback(
        callbacks, [](nghttp2_session*, const nghttp2_frame* frame, void* self) {
          auto& client = *static_cast<Client*>(self);
          if (frame->hd.type == NGHTTP2_GOAWAY) client.goaway = frame->goaway.error_code;
          if (frame->hd.type == NGHTTP2_RST_STREAM)
            client.replies[frame->hd.stream_id].reset = true;
          const bool carries = frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS;
          if (carries && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
            client.replies[frame->hd.stream_id].ended = true;
          }
          return 0;
        });
    nghttp2_session_client_new(&session, callbacks, this);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, nullptr, 0);
  }
  ~Client() { nghttp2_session_del(session); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  std::int32_t ask(std::string body, const std::string& more = "") {
    const auto field = [](std::string_view name, std::string_view value) {
      const auto bytes = [](std::string_view text) {
        return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
      };
      return nghttp2_nv{bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
    };
    const nghttp2_nv head[] = {field(":method", "POST"), field(":path", "/p?q"),
                               field(":scheme", "http"), field(":authority", "here:1"),
                               field("x-more", more)};
    bodies.push_back(std::move(body));
    nghttp2_data_provider data{};
    data.source.ptr = &bodies.back();
    data.read_callback = [](nghttp2_session*, std::int32_t, std::uint8_t* to, std::size_t size,
                            std::uint32_t* flags, nghttp2_data_source* source, void*) -> ssize_t {
      auto& left = *static_cast<std::string*>(source->ptr);
      const auto count = std::min(size, left.size());
      std::memcpy(to, left.data(), count);
      left.erase(0, count);
      if (left.empty()) *flags |= NGHTTP2_DATA_FLAG_EOF;
      return static_cast<ssize_t>(count);
    };
    return nghttp2_submit_request(session, nullptr, head, std::size(head), &data, nullptr);
  }

  std::string produce() {
    std::string out;
    const std::uint8_t* bytes = nullptr;
    for (;;) {
      const auto size = nghttp2_session_mem_send(session, &bytes);
      if (size <= 0) return out;
      out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    }
  }
  void receive(std::string_view bytes) {
    (void)nghttp2_session_mem_recv(session, reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                   bytes.size());
  }

  nghttp2_session* session = nullptr;
  std::map<std::int32_t, Reply> replies;
  std::deque<std::string> bodies;
  std::optional<std::uint32_t> goaway;
};

struct World {
  http::Limits limits;
  Http2Session server{limits};
  Client client;
  std::vector<Http2Session::Stream> requests;
  std::vector<Http2Session::Stream> large;
  bool generous = true;  // there is memory for every body
  bool good = true;

  // Until nobody has anything to say.
  void talk() {
    for (bool more = true; more;) {
      const auto asked = client.produce();
      // As a socket gives them.
      for (std::size_t at = 0; at < std::max<std::size_t>(asked.size(), 1); at += 32 * 1024) {
        if (good) good = server.receive(asked.substr(at, 32 * 1024)).has_value();
        for (auto& stream : server.take_large()) {
          if (generous) server.allow(*stream);
          large.push_back(std::move(stream));
        }
      }
      for (auto& stream : server.take_requests()) requests.push_back(std::move(stream));
      std::string said;
      server.produce(said, 1'000'000'000);
      client.receive(said);
      more = !asked.empty() || !said.empty();
      if (!good) return;
    }
  }

  // Sends raw bytes behind the client's back.
  void inject(const std::string& bytes) {
    if (good) good = server.receive(bytes).has_value();
    std::string said;
    server.produce(said, 1'000'000'000);
    for (std::size_t at = 0; at + 9 <= said.size();) {
      const auto byte = [&](std::size_t i) {
        return std::size_t{static_cast<unsigned char>(said[at + i])};
      };
      if (byte(3) == 7) goaway = static_cast<std::uint32_t>(byte(16));
      at += 9 + (byte(0) << 16 | byte(1) << 8 | byte(2));
    }
  }
  std::optional<std::uint32_t> goaway;  // seen by inject(): the last byte of its error code
  [[nodiscard]] bool over() const { return !good || server.finished(); }
};

std::string frame(int type, int flags, std::uint32_t stream, const std::string& payload) {
  std::string made;
  const auto size = payload.size();
  for (const std::size_t byte : {size >> 16, size >> 8, size}) made += static_cast<char>(byte);
  made += static_cast<char>(type);
  made += static_cast<char>(flags);
  for (int shift = 24; shift >= 0; shift -= 8) made += static_cast<char>(stream >> shift);
  return made + payload;
}

}  // namespace

TEST_CASE("http2: a request comes whole, its reply goes back") {
  World world;
  const auto id = world.client.ask("the body", "x");
  world.talk();
  REQUIRE(world.requests.size() == 1);
  auto& stream = *world.requests[0];
  CHECK(stream.method == "POST");
  CHECK(stream.path == "/p?q");
  CHECK(stream.headers.at(0) == std::pair<std::string, std::string>{"host", "here:1"});
  CHECK(stream.headers.at(1) == std::pair<std::string, std::string>{"x-more", "x"});
  CHECK(stream.body == "the body");
  protocol::Reply reply;
  reply.status = 418;
  reply.headers = "X-One: 1\r\nX-Two: 2\r\n";
  reply.content_type = "text/plain";
  reply.body = std::string(100'000, 'r');
  world.server.respond(stream, std::move(reply), "today");
  world.talk();
  CHECK(world.client.replies[id].status == 418);
  CHECK(world.client.replies[id].body == std::string(100'000, 'r'));
  CHECK(world.client.replies[id].ended);
  CHECK(stream.closed);
  CHECK(world.server.idle());
}

TEST_CASE("http2: large bodies pass through windows that are smaller") {
  World world;
  for (int i = 0; i < 5; ++i) world.client.ask(std::string(9'000'000, 'b'));
  world.talk();
  REQUIRE(world.requests.size() == 5);
  for (auto& stream : world.requests) {
    CHECK(stream->body.size() == 9'000'000);
  }
}

TEST_CASE("http2: of a body that is not allowed to be large little comes") {
  World world;
  world.generous = false;
  for (int i = 0; i < 2; ++i) world.client.ask(std::string(1'000'000, 'b'));
  world.talk();
  REQUIRE(world.large.size() == 2);
  for (const auto& stream : world.large) {
    CHECK(stream->most_body == world.limits.body_bytes);  // nothing was announced
    CHECK(stream->body.size() == 2 * world.limits.small_body);
  }
  CHECK(world.requests.empty());
  // One that is allowed comes whole, past the others.
  world.server.allow(*world.large[1]);
  world.talk();
  REQUIRE(world.requests.size() == 1);
  CHECK(world.requests[0]->body.size() == 1'000'000);
  // One that has to give way is ended, and others may come.
  world.server.give_up(*world.large[0]);
  world.server.allow(*world.large[0]);  // too late
  world.generous = true;
  world.client.ask(std::string(1'000'000, 'b'));
  world.talk();
  CHECK(world.large[0]->closed);
  CHECK(world.large[0]->body.empty());
  CHECK(world.requests.size() == 2);
}

TEST_CASE("http2: many bodies on one connection are bounded together, and none is lost quietly") {
  World world;
  world.generous = false;
  std::vector<std::int32_t> asked;
  for (int i = 0; i < 100; ++i) asked.push_back(world.client.ask(std::string(10'000, 'b')));
  world.talk();
  // Nobody answers: what has come is bounded, the rest is told to come again.
  std::size_t refused = 0;
  for (const auto id : asked) refused += world.client.replies[id].reset ? 1 : 0;
  CHECK(world.requests.size() + refused == 100);
  CHECK(world.requests.size() * 10'000 <= 4 * world.limits.small_body);
  CHECK(world.requests.size() * 10'000 >= 3 * world.limits.small_body);
  for (auto& stream : world.requests) world.server.respond(*stream, {}, "today");
  world.talk();
  // What is answered counts no longer; with memory for it all of it comes.
  world.requests.clear();
  world.generous = true;
  for (int i = 0; i < 100; ++i) world.client.ask(std::string(10'000, 'b'));
  world.talk();
  CHECK(world.requests.size() == 100);
}

TEST_CASE("http2: bodies and headers beyond the limits are answered without being kept") {
  World world;
  world.limits.body_bytes = 1000;
  world.limits.header_bytes = 2000;
  const auto large = world.client.ask(std::string(50'000, 'b'));
  const auto wide = world.client.ask("", std::string(3000, 'h'));
  world.talk();
  CHECK(world.requests.empty());
  CHECK(world.client.replies[large].status == 413);
  CHECK(world.client.replies[wide].status == 431);
}

TEST_CASE("http2: an event stream goes on piece by piece, and tells when it was taken") {
  World world;
  const auto id = world.client.ask("");
  world.talk();
  auto& stream = *world.requests.at(0);
  int changes = 0;
  stream.on_change = [&] { ++changes; };
  world.server.begin(stream, {}, "today");
  world.server.append(stream, "one");
  CHECK(stream.waiting() == 3);
  world.talk();
  CHECK(stream.waiting() == 0);
  CHECK(changes == 1);
  CHECK(world.client.replies[id].body == "one");
  CHECK_FALSE(world.client.replies[id].ended);
  // More than the client's window: the rest waits until the client has room.
  world.server.append(stream, std::string(70'000, 'x'));
  world.talk();
  CHECK(world.client.replies[id].body.size() == 70'003);
  // What others are sent too is held, not copied, until it is taken; behind what waits it is.
  const auto shared = std::make_shared<std::string>("shared");
  world.server.append(stream, shared);
  CHECK(shared.use_count() == 2);
  CHECK(stream.waiting() == 6);
  world.server.append(stream, shared);
  world.server.append(stream, "!");
  CHECK(shared.use_count() == 1);
  CHECK(stream.waiting() == 13);
  world.talk();
  CHECK(world.client.replies[id].body.ends_with("xsharedshared!"));
  world.server.end(stream);
  world.talk();
  CHECK(world.client.replies[id].ended);
  CHECK(stream.closed);
}

TEST_CASE("http2: a client that resets its stream is heard") {
  World world;
  const auto id = world.client.ask("");
  world.talk();
  auto& stream = *world.requests.at(0);
  bool told = false;
  stream.on_change = [&] { told = true; };
  world.server.begin(stream, {}, "today");
  world.talk();
  nghttp2_submit_rst_stream(world.client.session, NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL);
  world.talk();
  CHECK(stream.closed);
  CHECK(told);
  world.server.append(stream, "nobody reads this");  // does no harm
  world.talk();
}

TEST_CASE("http2: after GOAWAY what runs is finished and nothing new begins") {
  World world;
  const auto first = world.client.ask("");
  world.talk();
  world.server.go_away();
  world.talk();
  CHECK(world.client.goaway == NGHTTP2_NO_ERROR);
  CHECK_FALSE(world.server.finished());
  world.server.respond(*world.requests.at(0), {}, "today");
  world.talk();
  CHECK(world.client.replies[first].ended);
  CHECK(world.server.finished());
}

TEST_CASE("http2: floods end the connection") {
  struct Flood {
    std::string name;
    std::string block;
  };
  const Flood floods[] = {{"SETTINGS", frame(4, 0, 0, "")},
                          {"PING", frame(6, 0, 0, "12345678")},
                          {"PRIORITY", frame(2, 0, 1, std::string("\0\0\0\0\0", 5))}};
  for (const auto& flood : floods) {
    CAPTURE(flood.name);
    World world;
    world.talk();
    std::string many;
    for (int i = 0; i < 100; ++i) many += flood.block;
    for (int i = 0; i < 1000 && !world.over(); ++i) world.inject(many);
    CHECK(world.over());
    CHECK(world.goaway == NGHTTP2_ENHANCE_YOUR_CALM);
  }
}

TEST_CASE("http2: a stream that was passed over cannot be opened any more") {
  // HEADERS of POST /, http, from HPACK's static table, and :authority x.
  const auto request = [](std::uint32_t id) { return frame(1, 5, id, "\x83\x84\x86\x01\x01x"); };
  World world;
  world.talk();
  world.inject(request(1) + request(5) + request(7));
  CHECK(world.goaway == std::nullopt);
  CHECK(world.server.take_requests().size() == 3);
  world.inject(request(3));
  CHECK(world.goaway == NGHTTP2_PROTOCOL_ERROR);
}

TEST_CASE("http2: what is not HTTP/2's preface is a protocol error") {
  for (const std::string junk : {"INVALID\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n"}) {
    CAPTURE(junk);
    World world;
    world.inject(junk);
    CHECK(!world.good);
    CHECK(world.goaway == NGHTTP2_PROTOCOL_ERROR);
  }
}

TEST_CASE("http2: CONTINUATIONs without end are refused") {
  World world;
  world.talk();
  world.inject(frame(1, 0, 1, "\x82"));
  for (int i = 0; i < 100 && !world.over(); ++i) {
    world.inject(frame(9, 0, 1, std::string("\0\1a\1b", 5)));
  }
  CHECK(world.over());
}

TEST_CASE("http2: requests that are reset as soon as they are made end the connection") {
  World world;
  world.talk();
  for (int i = 0; i < 5000 && !world.over(); ++i) {
    const auto id = world.client.ask("");
    world.inject(world.client.produce());
    nghttp2_submit_rst_stream(world.client.session, NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL);
    world.inject(world.client.produce());
  }
  CHECK(world.over());
  CHECK(world.goaway.value_or(0) != NGHTTP2_NO_ERROR);
}

TEST_CASE("http2: a connection that is gone closes its streams") {
  World world;
  world.client.ask("");
  world.talk();
  auto stream = world.requests.at(0);
  bool told = false;
  stream->on_change = [&] { told = true; };
  world.server.abandon();
  CHECK(stream->closed);
  CHECK(told);
  CHECK(world.server.idle());
}
