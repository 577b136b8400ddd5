// Frames of AWS's event streams (application/vnd.amazon.eventstream).
//
//   | total u32 | headers u32 | crc32 of both u32 | headers ... | payload ... | crc32 of all before
//   u32 |
//
// big-endian; total = 16 + headers + payload. A header is a name (length u8), a type (u8) and a
// value. Source: Smithy's "Amazon Event Stream Specification", checked 2026-11-23 with botocore's
// vectors.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"

namespace millrace::eventstream {

// What AWS allows.
constexpr std::size_t max_headers_bytes = 128 * 1024;
constexpr std::size_t max_payload_bytes = 24 * 1024 * 1024;

// Types of header values.
enum class Type : std::uint8_t {
  yes = 0,
  no = 1,
  byte = 2,
  int16 = 3,
  int32 = 4,
  int64 = 5,
  bytes = 6,
  text = 7,
  timestamp = 8,  // milliseconds
  uuid = 9,
};

struct Header {
  std::string name;
  Type type = Type::text;
  std::string bytes;         // of bytes, text and uuid (16 raw bytes)
  std::int64_t integer = 0;  // of the numbers and the timestamp

  friend bool operator==(const Header&, const Header&) = default;
};
Header text_header(std::string name, std::string value);

struct Message {
  std::vector<Header> headers;
  std::string payload;

  // The text of the first header of that name; empty when there is none.
  [[nodiscard]] std::string_view text(std::string_view name) const;
};

// Names have 1 to 255 bytes, texts at most 65,535.
std::string encode(const Message& message);

struct Decoded {
  Message message;
  std::size_t size = 0;  // of the frame
};
// The frame at the beginning of `bytes`; nullopt: more is needed. Error: protocol, when it is no
// frame, larger than AWS allows, or damaged.
base::Result<std::optional<Decoded>> decode(std::string_view bytes);

}  // namespace millrace::eventstream
