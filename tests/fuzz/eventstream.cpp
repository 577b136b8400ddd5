// Frames of an event stream, one after the other.
#include "common/eventstream/frame.hpp"

#include "tests/fuzz/target.hpp"

using namespace millrace;

FUZZ_TARGET(eventstream) {
  auto left = input;
  while (!left.empty()) {
    const auto decoded = eventstream::decode(left);
    if (!decoded || !decoded.value()) break;
    const auto& [message, size] = *decoded.value();
    FUZZ_CHECK(size >= 16 && size <= left.size());
    const auto again = eventstream::decode(eventstream::encode(message));
    FUZZ_CHECK(again && again.value());
    FUZZ_CHECK(again.value()->message.headers == message.headers);
    FUZZ_CHECK(again.value()->message.payload == message.payload);
    left.remove_prefix(size);
  }
  // As a payload of our own, and torn anywhere: never an error, only "more is needed".
  const auto frame =
      eventstream::encode({{eventstream::text_header(":event-type", "e")}, std::string{input}});
  const auto whole = eventstream::decode(frame);
  FUZZ_CHECK(whole && whole.value() && whole.value()->message.payload == input);
  for (const auto cut : {std::size_t{0}, std::size_t{4}, frame.size() / 2, frame.size() - 1}) {
    const auto torn = eventstream::decode(std::string_view{frame}.substr(0, cut));
    FUZZ_CHECK(torn && !torn.value());
  }
}
