// Bodies of requests over HTTP/2: how much of them may come, and what is given up.
#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <utility>

#include "emulator/http/http2_session.hpp"

namespace millrace::http {

namespace {

// The window of a stream whose body has its memory, in bytes.
constexpr std::int32_t large_window = 1024 * 1024;
// A connection's bodies beyond so many times Limits::small_body are given up while there is no
// memory for them.
constexpr std::size_t most_loose = 4;

}  // namespace

void Http2Session::ask(Http2Stream& stream) {
  if (stream.large != Http2Stream::Large::no) return;
  stream.large = Http2Stream::Large::asked;
  stream.most_body = stream.announced.value_or(limits_.body_bytes);
  large_.push_back(streams_.at(stream.id));
}

std::vector<Http2Session::Stream> Http2Session::take_large() {
  auto all = std::exchange(large_, {});
  std::erase_if(all, [](const Stream& stream) {
    return stream->closed || stream->given_up || stream->refused != 0;
  });
  return all;
}

void Http2Session::allow(Http2Stream& stream) {
  if (stream.closed || stream.given_up) return;
  stream.large = Http2Stream::Large::allowed;
  // All of these fail only for a stream that is closed meanwhile.
  (void)nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, stream.id, large_window);
  (void)nghttp2_session_consume_stream(session_, stream.id, std::exchange(stream.owed_window, 0));
  forget_body(stream);
}

void Http2Session::give_up(Http2Stream& stream) {
  if (stream.closed) return;
  stream.given_up = true;
  forget_body(stream);
  stream.body = {};
  // It was not worked on: whoever sent it may send it again.
  (void)nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream.id, NGHTTP2_REFUSED_STREAM);
}

// What is allowed to be large has its memory, and its window is given back as it comes. The rest of
// a connection's bodies has little together: beyond it those that are not whole have to ask. False:
// the stream is given up.
bool Http2Session::count_body(Http2Stream& stream, std::size_t size) {
  if (stream.large == Http2Stream::Large::allowed) {
    (void)nghttp2_session_consume(session_, stream.id, size);
    return true;
  }
  if (loose_bytes_ + size > most_loose * limits_.small_body) {
    give_up(stream);
    return false;
  }
  (void)nghttp2_session_consume_connection(session_, size);
  stream.owed_window += size;
  stream.loose += size;
  loose_bytes_ += size;
  if (stream.body.size() + size >= limits_.small_body) ask(stream);
  if (loose_bytes_ <= limits_.small_body) return true;
  for (const auto& [id, one] : streams_) {
    if (one->loose > 0 && !one->complete) ask(*one);
  }
  return true;
}

// It is answered, or has its memory now.
void Http2Session::forget_body(Http2Stream& stream) {
  loose_bytes_ -= std::exchange(stream.loose, 0);
}

// Answered at once, not when it has all come.
void Http2Session::refuse(Http2Stream& stream, int status) {
  stream.refused = status;
  forget_body(stream);
  stream.body = {};
  complete(stream);
}

void Http2Session::complete(Http2Stream& stream) {
  if (stream.complete) return;
  stream.complete = true;
  requests_.push_back(streams_.at(stream.id));
}

}  // namespace millrace::http
