#include "common/eventstream/frame.hpp"

#include <zlib.h>

namespace millrace::eventstream {

using base::Error;
using base::ErrorCode;

namespace {

constexpr std::size_t prelude_size = 12;
constexpr std::size_t frame_size = 16;  // without headers and payload

void put(std::string& out, std::uint64_t number, int bytes) {
  while (bytes-- > 0) out += static_cast<char>(number >> (8 * bytes));
}

std::uint32_t checksum(std::string_view bytes) {
  return static_cast<std::uint32_t>(
      ::crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

// Bytes of a number of that type; 0: it is none.
int width_of(Type type) {
  switch (type) {
    case Type::byte:
      return 1;
    case Type::int16:
      return 2;
    case Type::int32:
      return 4;
    case Type::int64:
    case Type::timestamp:
      return 8;
    default:
      return 0;
  }
}

void put(std::string& out, const Header& header) {
  out += static_cast<char>(header.name.size());
  out += header.name;
  out += static_cast<char>(header.type);
  if (const int width = width_of(header.type); width > 0) {
    put(out, static_cast<std::uint64_t>(header.integer), width);
    return;
  }
  if (header.type == Type::bytes || header.type == Type::text) put(out, header.bytes.size(), 2);
  out += header.bytes;
}

// Takes numbers and bytes off the front; `good` turns false where there are too few.
struct Cursor {
  std::string_view rest;
  bool good = true;

  std::string_view take(std::size_t size) {
    if (size > rest.size()) {
      good = false;
      size = 0;
    }
    const auto taken = rest.substr(0, size);
    rest.remove_prefix(size);
    return taken;
  }
  std::uint64_t number(int bytes) {
    std::uint64_t value = 0;
    for (const char byte : take(static_cast<std::size_t>(bytes))) {
      value = value << 8 | static_cast<unsigned char>(byte);
    }
    return value;
  }
};

std::int64_t with_sign(std::uint64_t number, int bytes) {
  const int unused = 64 - 8 * bytes;
  return static_cast<std::int64_t>(number << unused) >> unused;
}

std::optional<Header> next_header(Cursor& from) {
  Header header;
  header.name = from.take(from.number(1));
  const auto type = from.number(1);
  if (!from.good || header.name.empty() || type > static_cast<std::uint64_t>(Type::uuid)) {
    return std::nullopt;
  }
  header.type = static_cast<Type>(type);
  if (const int width = width_of(header.type); width > 0) {
    header.integer = with_sign(from.number(width), width);
  } else if (header.type == Type::uuid) {
    header.bytes = from.take(16);
  } else if (header.type == Type::bytes || header.type == Type::text) {
    header.bytes = from.take(from.number(2));
  }
  if (!from.good) return std::nullopt;
  return header;
}

Error damaged(const char* what) {
  return {ErrorCode::protocol, std::string{"the event stream is damaged: "} + what};
}

}  // namespace

Header text_header(std::string name, std::string value) {
  Header header;
  header.name = std::move(name);
  header.bytes = std::move(value);
  return header;
}

std::string_view Message::text(std::string_view name) const {
  for (const auto& header : headers) {
    if (header.name == name && header.type == Type::text) return header.bytes;
  }
  return {};
}

std::string encode(const Message& message) {
  std::string headers;
  for (const auto& header : message.headers) put(headers, header);
  const auto total = frame_size + headers.size() + message.payload.size();
  std::string out;
  out.reserve(total);
  put(out, total, 4);
  put(out, headers.size(), 4);
  put(out, checksum(out), 4);
  out += headers;
  out += message.payload;
  put(out, checksum(out), 4);
  return out;
}

base::Result<std::optional<Decoded>> decode(std::string_view bytes) {
  if (bytes.size() < prelude_size) return std::optional<Decoded>{};
  Cursor prelude{bytes.substr(0, prelude_size)};
  const auto total = prelude.number(4);
  const auto headers_size = prelude.number(4);
  // Before anything it says is believed.
  if (prelude.number(4) != checksum(bytes.substr(0, prelude_size - 4))) {
    return damaged("a prelude's checksum does not fit");
  }
  if (total < frame_size || headers_size > total - frame_size) {
    return damaged("a frame's lengths do not fit each other");
  }
  if (headers_size > max_headers_bytes || total - frame_size - headers_size > max_payload_bytes) {
    return damaged("a frame is larger than AWS allows");
  }
  if (bytes.size() < total) return std::optional<Decoded>{};
  Cursor end{bytes.substr(total - 4, 4)};
  if (end.number(4) != checksum(bytes.substr(0, total - 4))) {
    return damaged("a frame's checksum does not fit");
  }
  Decoded decoded;
  decoded.size = total;
  Cursor headers{bytes.substr(prelude_size, headers_size)};
  while (!headers.rest.empty()) {
    auto header = next_header(headers);
    if (!header) return damaged("a header is not well-formed");
    for (const auto& other : decoded.message.headers) {
      if (other.name == header->name) return damaged("two headers have the same name");
    }
    decoded.message.headers.push_back(std::move(*header));
  }
  decoded.message.payload =
      bytes.substr(prelude_size + headers_size, total - frame_size - headers_size);
  return std::optional{std::move(decoded)};
}

}  // namespace millrace::eventstream
