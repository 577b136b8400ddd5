// What an answer is written to; one implementation an encoding (common/json, common/cbor).
#pragma once

#include <cstdint>
#include <string_view>

namespace millrace::wire {

// Calls must nest: begin_map, then key + value pairs, end_map. Not thread-safe.
class Encoder {
 public:
  virtual ~Encoder() = default;
  virtual void begin_map() = 0;
  virtual void end_map() = 0;
  virtual void begin_list() = 0;
  virtual void end_list() = 0;
  virtual void key(std::string_view name) = 0;
  virtual void null() = 0;
  virtual void boolean(bool value) = 0;
  virtual void integer(std::int64_t value) = 0;
  virtual void real(double value) = 0;
  virtual void text(std::string_view utf8) = 0;
  // Digits and plain ASCII without anything to escape: sequence numbers, shard ids.
  virtual void plain(std::string_view ascii) { text(ascii); }
  virtual void bytes(std::string_view raw) = 0;
  // Milliseconds since the epoch; each encoding has its own unit on the wire.
  virtual void time(std::int64_t epoch_ms) = 0;
};

}  // namespace millrace::wire
