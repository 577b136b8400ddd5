// What an operation goes on sending after it has succeeded: events, each made when the client can
// take it. SubscribeToShard is the only one.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/clock.hpp"
#include "common/base/result.hpp"
#include "common/wire/encoder.hpp"
#include "emulator/store/store.hpp"

namespace millrace::kinesis {

// Used by one thread at a time, except as noted. Must die before the engine.
//
//   feed.watch(wake);
//   for (;;) {
//     if (feed.due() > 0) { ... sleep that long, or until woken ...; continue; }
//     auto next = feed.next(reader);
//     ...
//   }
class Feed {
 public:
  // event: encode() has it. last_event: and nothing will follow. nothing: look again. end: there is
  // no more.
  enum class Next { event, last_event, nothing, end };

  virtual ~Feed() = default;
  // `wake` is called whenever something may have become due, on any thread, until the feed dies; it
  // must be quick. Not called for what due() has announced.
  virtual void watch(std::function<void()> wake) = 0;
  // How long until next() has something, if nobody wakes us. Zero: it has.
  virtual base::Millis due() = 0;
  // On a reader's thread. Error: is told to the client, and nothing follows.
  virtual base::Result<Next> next(store::Reader& reader) = 0;
  // The event that next() made, whole as it was sent to somebody else; nullptr: encode() has it.
  [[nodiscard]] virtual std::shared_ptr<const std::string> as_sent() const { return nullptr; }
  // The event that next() made.
  virtual void encode(wire::Encoder& out) const = 0;
  // What it has become, so that others may be sent the same.
  virtual void share(const std::shared_ptr<const std::string>&) {}
  [[nodiscard]] virtual std::string_view event_name() const = 0;
};

}  // namespace millrace::kinesis
