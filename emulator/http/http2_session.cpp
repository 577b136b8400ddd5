#include "emulator/http/http2_session.hpp"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

namespace millrace::http {

using base::Error;
using base::ErrorCode;

namespace {

constexpr std::uint32_t max_streams = 128;
constexpr std::int32_t connection_window = 1024 * 1024;
// Frames without use (PING, SETTINGS, PRIORITY, RST_STREAM, empty DATA ...): so many at once, and
// so many a second. nghttp2's own limits on resets and CONTINUATIONs come on top.
constexpr double useless_burst = 10'000;
constexpr double useless_per_second = 1'000;
constexpr std::uint64_t reset_burst = 1'000;
constexpr std::uint64_t reset_per_second = 33;
constexpr std::size_t continuations = 8;
constexpr std::size_t unacknowledged = 1'000;

nghttp2_nv field(std::string_view name, std::string_view value) {
  const auto bytes = [](std::string_view text) {
    return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text.data()));
  };
  return {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

std::string lower(std::string_view text) {
  std::string made{text};
  for (auto& c : made) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return made;
}

// The lines of Reply::headers, names in lower case.
std::vector<std::pair<std::string, std::string>> fields_of(std::string_view lines) {
  std::vector<std::pair<std::string, std::string>> fields;
  while (!lines.empty()) {
    const auto end = std::min(lines.find("\r\n"), lines.size());
    const auto line = lines.substr(0, end);
    lines.remove_prefix(std::min(end + 2, lines.size()));
    const auto colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    fields.emplace_back(lower(line.substr(0, colon)), line.substr(colon + 2));
  }
  return fields;
}

}  // namespace

// nghttp2's callbacks: called from C, so nothing may throw through them.
struct Http2Session::Callbacks {
  static Http2Session& self(void* user) { return *static_cast<Http2Session*>(user); }

  template <class F>
  static int guarded(F&& body) {
    try {
      return body();
    } catch (const std::exception&) {  // out of memory
      return NGHTTP2_ERR_CALLBACK_FAILURE;
    }
  }

  static int begin_frame(nghttp2_session* inner, const nghttp2_frame_hd* head, void* user) {
    if (head->type != NGHTTP2_HEADERS) return 0;
    return guarded([&] {
      if (!self(user).order_.is_out_of_turn(head->stream_id)) return 0;
      return nghttp2_session_terminate_session(inner, NGHTTP2_PROTOCOL_ERROR);
    });
  }

  static int begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    if (frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
    return guarded([&] {
      auto stream = std::make_shared<Http2Stream>();
      stream->id = frame->hd.stream_id;
      self(user).streams_.emplace(stream->id, std::move(stream));
      return 0;
    });
  }

  static int header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                    std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                    std::uint8_t, void* user) {
    return guarded([&] {
      auto& session = self(user);
      const auto at = session.streams_.find(frame->hd.stream_id);
      if (at == session.streams_.end() || frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
      auto& stream = *at->second;
      stream.header_bytes += name_size + value_size + 32;  // as RFC 9113 counts them
      if (stream.header_bytes > session.limits_.header_bytes) {
        stream.refused = 431;
        return 0;
      }
      std::string key{reinterpret_cast<const char*>(name), name_size};
      std::string text{reinterpret_cast<const char*>(value), value_size};
      if (key == ":method") {
        stream.method = std::move(text);
      } else if (key == ":path") {
        stream.path = std::move(text);
      } else if (key == ":authority") {
        stream.headers.insert(stream.headers.begin(), {"host", std::move(text)});
      } else if (key == "host" && !stream.headers.empty() && stream.headers.front().first == key) {
        // The same as :authority, or it is not clear who is asked (RFC 9113 8.3.1).
        if (stream.headers.front().second != text) stream.refused = 400;
      } else if (!key.starts_with(':')) {
        // nghttp2 has seen to it that it is one number.
        if (std::size_t size = 0; key == "content-length") {
          const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), size);
          stream.announced = wrong == std::errc{} ? size : session.limits_.body_bytes + 1;
        }
        stream.headers.emplace_back(std::move(key), std::move(text));
      }
      return 0;
    });
  }

  static int data(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* bytes,
                  std::size_t size, void* user) {
    return guarded([&] {
      auto& session = self(user);
      const auto at = session.streams_.find(id);
      const bool wanted =
          at != session.streams_.end() && at->second->refused == 0 && !at->second->given_up;
      if (!wanted || !session.count_body(*at->second, size)) {
        (void)nghttp2_session_consume_connection(session.session_, size);
        return 0;
      }
      auto& stream = *at->second;
      if (stream.body.size() + size > session.limits_.body_bytes) {
        session.refuse(stream, 413);
        return 0;
      }
      stream.body.append(reinterpret_cast<const char*>(bytes), size);
      return 0;
    });
  }

  static int frame(nghttp2_session* inner, const nghttp2_frame* frame, void* user) {
    return guarded([&] {
      auto& session = self(user);
      const auto& head = frame->hd;
      const bool useful = head.type == NGHTTP2_HEADERS || head.type == NGHTTP2_WINDOW_UPDATE ||
                          (head.type == NGHTTP2_DATA && head.length > 0);
      if (!useful && session.is_flood()) {
        return nghttp2_session_terminate_session(inner, NGHTTP2_ENHANCE_YOUR_CALM);
      }
      const auto at = session.streams_.find(head.stream_id);
      if (at == session.streams_.end()) return 0;
      auto& stream = *at->second;
      if (head.type != NGHTTP2_HEADERS && head.type != NGHTTP2_DATA) return 0;
      if ((head.flags & NGHTTP2_FLAG_END_STREAM) != 0 || stream.refused != 0) {
        session.complete(stream);
      } else if (head.type == NGHTTP2_HEADERS) {
        if (stream.announced.value_or(0) > session.limits_.body_bytes) {
          session.refuse(stream, 413);
          return 0;
        }
        if (stream.announced.value_or(0) > session.limits_.small_body) session.ask(stream);
        for (const auto& [name, value] : stream.headers) {
          if (name != "expect" || lower(value) != "100-continue") continue;
          const auto go_on = field(":status", "100");
          return nghttp2_submit_headers(inner, NGHTTP2_FLAG_NONE, stream.id, nullptr, &go_on, 1,
                                        nullptr);
        }
      }
      return 0;
    });
  }

  static int close(nghttp2_session*, std::int32_t id, std::uint32_t, void* user) {
    return guarded([&] {
      auto& session = self(user);
      const auto at = session.streams_.find(id);
      if (at == session.streams_.end()) return 0;
      const auto stream = at->second;
      session.streams_.erase(at);
      session.forget_body(*stream);
      stream->closed = true;
      if (stream->on_change) stream->on_change();
      return 0;
    });
  }

  static ssize_t read(nghttp2_session*, std::int32_t id, std::uint8_t* to, std::size_t size,
                      std::uint32_t* flags, nghttp2_data_source*, void* user) {
    auto& session = self(user);
    const auto at = session.streams_.find(id);
    if (at == session.streams_.end()) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    auto& stream = *at->second;
    const auto count = std::min(size, stream.waiting());
    std::memcpy(to, stream.bytes().data() + stream.sent, count);
    stream.sent += count;
    if (stream.waiting() == 0) {
      if (stream.out_ends) {
        *flags |= NGHTTP2_DATA_FLAG_EOF;
      } else if (count == 0) {
        return NGHTTP2_ERR_DEFERRED;
      }
      stream.out.clear();
      stream.shared.reset();
      stream.sent = 0;
      if (stream.on_change) stream.on_change();
    }
    return static_cast<ssize_t>(count);
  }
};

Http2Session::Http2Session(const Limits& limits) : limits_(limits), tokens_(useless_burst) {
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_option* options = nullptr;
  if (nghttp2_session_callbacks_new(&callbacks) != 0 || nghttp2_option_new(&options) != 0) {
    throw std::bad_alloc{};
  }
  nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks, Callbacks::begin_frame);
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, Callbacks::begin_headers);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, Callbacks::header);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, Callbacks::data);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, Callbacks::frame);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, Callbacks::close);
  nghttp2_option_set_no_auto_window_update(options, 1);
  nghttp2_option_set_stream_reset_rate_limit(options, reset_burst, reset_per_second);
  nghttp2_option_set_max_continuations(options, continuations);
  nghttp2_option_set_max_outbound_ack(options, unacknowledged);
  const int made = nghttp2_session_server_new2(&session_, callbacks, this, options);
  nghttp2_session_callbacks_del(callbacks);
  nghttp2_option_del(options);
  if (made != 0) throw std::bad_alloc{};
  // A body that is only a little more than small need not wait for a wider window.
  const nghttp2_settings_entry settings[] = {
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, max_streams},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, static_cast<std::uint32_t>(2 * limits.small_body)},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<std::uint32_t>(limits.header_bytes)}};
  // These fail only without memory; then the first produce() finds nothing and the client gives up.
  (void)nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings, std::size(settings));
  (void)nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0, connection_window);
}

Http2Session::~Http2Session() {
  nghttp2_session_del(session_);
}

base::Status Http2Session::receive(std::string_view bytes) {
  const auto taken = nghttp2_session_mem_recv(
      session_, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  if (taken >= 0) return base::success();
  // What is known to be wrong is in a GOAWAY that waits already; the rest gets one here.
  if (taken == NGHTTP2_ERR_FLOODED) {
    (void)nghttp2_session_terminate_session(session_, NGHTTP2_ENHANCE_YOUR_CALM);
  } else if (taken == NGHTTP2_ERR_BAD_CLIENT_MAGIC) {
    (void)nghttp2_session_terminate_session(session_, NGHTTP2_PROTOCOL_ERROR);
  }
  return Error{ErrorCode::protocol, nghttp2_strerror(static_cast<int>(taken))};
}

bool Http2Session::is_flood() {
  const auto now = std::chrono::steady_clock::now();
  const std::chrono::duration<double> passed = now - refilled_;
  refilled_ = now;
  tokens_ = std::min(useless_burst, tokens_ + passed.count() * useless_per_second);
  tokens_ -= 1;
  return tokens_ < 0;
}

std::int32_t Http2Session::oldest_incomplete() const {
  const auto at = std::find_if(streams_.begin(), streams_.end(),
                               [](const auto& entry) { return !entry.second->complete; });
  return at == streams_.end() ? 0 : at->first;
}

std::vector<Http2Session::Stream> Http2Session::take_requests() {
  std::vector<Stream> whole;
  for (auto& stream : requests_) {
    if (stream->closed || stream->given_up) continue;
    if (stream->refused == 0) {
      whole.push_back(stream);
      continue;
    }
    protocol::Reply reply;
    reply.status = stream->refused;
    reply.content_type = "text/plain";
    reply.headers = protocol::request_id_headers();
    reply.body = stream->refused == 413   ? "The request body is too large.\n"
                 : stream->refused == 431 ? "The request headers are too large.\n"
                                          : "The host differs from the authority.\n";
    respond(*stream, std::move(reply), "");
  }
  requests_.clear();
  return whole;
}

void Http2Session::submit(Http2Stream& stream, const protocol::Reply& reply,
                          const std::string& date, bool sized) {
  const auto status = std::to_string(reply.status);
  const auto size = std::to_string(reply.body.size());
  const auto others = fields_of(reply.headers);
  std::vector<nghttp2_nv> fields{field(":status", status)};
  for (const auto& [name, value] : others) fields.push_back(field(name, value));
  if (!reply.content_type.empty()) fields.push_back(field("content-type", reply.content_type));
  if (!date.empty()) fields.push_back(field("date", date));
  if (sized) fields.push_back(field("content-length", size));
  nghttp2_data_provider body{};
  body.read_callback = Callbacks::read;
  const bool empty = sized && reply.body.empty();
  // An error here is a stream that was closed meanwhile.
  (void)nghttp2_submit_response(session_, stream.id, fields.data(), fields.size(),
                                empty ? nullptr : &body);
}

void Http2Session::respond(Http2Stream& stream, protocol::Reply&& reply, const std::string& date) {
  if (stream.closed) return;
  forget_body(stream);
  stream.out_ends = true;
  submit(stream, reply, date, true);
  stream.out = std::move(reply.body);
}

void Http2Session::begin(Http2Stream& stream, const protocol::Reply& reply,
                         const std::string& date) {
  if (stream.closed) return;
  forget_body(stream);
  stream.pushed = true;
  submit(stream, reply, date, false);
}

void Http2Session::append(Http2Stream& stream, std::string_view bytes) {
  if (stream.closed) return;
  if (stream.shared) {
    stream.out = stream.shared->substr(stream.sent);
    stream.shared.reset();
    stream.sent = 0;
  }
  stream.out += bytes;
  (void)nghttp2_session_resume_data(session_, stream.id);  // fails when it does not wait: as well
}

void Http2Session::append(Http2Stream& stream, std::shared_ptr<const std::string> bytes) {
  if (stream.closed) return;
  if (stream.waiting() > 0) {
    append(stream, std::string_view{*bytes});
    return;
  }
  stream.out.clear();
  stream.sent = 0;
  stream.shared = std::move(bytes);
  (void)nghttp2_session_resume_data(session_, stream.id);  // as above
}

void Http2Session::end(Http2Stream& stream) {
  if (stream.closed) return;
  stream.out_ends = true;
  (void)nghttp2_session_resume_data(session_, stream.id);
}

void Http2Session::produce(std::string& out, std::size_t most) {
  while (out.size() < most) {
    const std::uint8_t* bytes = nullptr;
    const auto size = nghttp2_session_mem_send(session_, &bytes);
    if (size <= 0) return;
    out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  }
}

void Http2Session::go_away() {
  (void)nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE,
                              nghttp2_session_get_last_proc_stream_id(session_), NGHTTP2_NO_ERROR,
                              nullptr, 0);
}

bool Http2Session::finished() const {
  return nghttp2_session_want_read(session_) == 0 && nghttp2_session_want_write(session_) == 0;
}

void Http2Session::abandon() {
  auto all = std::move(streams_);
  streams_.clear();
  requests_.clear();
  for (auto& [id, stream] : all) {
    stream->closed = true;
    if (stream->on_change) stream->on_change();
  }
}

bool Http2Session::replying() const {
  return std::any_of(streams_.begin(), streams_.end(), [](const auto& entry) {
    return !entry.second->pushed && entry.second->waiting() > 0;
  });
}

}  // namespace millrace::http
