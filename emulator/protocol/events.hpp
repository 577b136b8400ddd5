// The event stream that is the body of some replies: a feed's events as frames.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/base/clock.hpp"
#include "emulator/kinesis/feed.hpp"

namespace millrace::protocol {

inline constexpr std::string_view event_stream_type = "application/vnd.amazon.eventstream";

// Used by one thread at a time. Whoever sends it does so as fast as the client takes it, no faster:
//
//   send(Events::first());
//   events.watch(wake);
//   while (...) { wait for events.due() or wake; chunk = events.next(reader); send(*chunk.frames);
//   }
class Events {
 public:
  explicit Events(std::unique_ptr<kinesis::Feed> feed) : feed_(std::move(feed)) {}

  // Never changed; several subscribers may be sent the same ones.
  using Frames = std::shared_ptr<const std::string>;

  // The initial response; some SDKs wait for it before they return to their caller.
  static const std::string& first();
  // As Feed has them.
  void watch(std::function<void()> wake) { feed_->watch(std::move(wake)); }
  base::Millis due() { return feed_->due(); }

  struct Chunk {
    Frames frames;      // nullptr: none
    bool last = false;  // the stream ends after them
  };
  // On a reader's thread. An error becomes an exception frame.
  Chunk next(store::Reader& reader);

 private:
  std::unique_ptr<kinesis::Feed> feed_;
};

}  // namespace millrace::protocol
