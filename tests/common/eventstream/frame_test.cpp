// The vectors that AWS's SDKs carry in their own tests, whole and damaged.
#include "common/eventstream/frame.hpp"

#include <doctest/doctest.h>

#include "common/base/digest.hpp"
#include "tests/support/tree.hpp"

using namespace millrace;
using eventstream::Header;
using eventstream::Message;
using eventstream::Type;

namespace {

struct Vector {
  const char* name;
  const char* hex;
};

constexpr Vector whole[] = {
    {"no header, no payload", "000000100000000005c248eb7d98c8ff"},
    {"a byte", "000000170000000729860158046279746502ffc2f869dc"},
    {"a 16-bit number", "0000001900000009710e923e0573686f727403ffffb27cb6cc"},
    {"a 32-bit number", "0000001d0000000d83e3f0e707696e746567657204ffffffff8b8e12eb"},
    {"a 64-bit number", "0000001e0000000e5d4adb8d046c6f6e6705ffffffffffffffff4bc232da"},
    {"a payload", "0000001d00000000fd528c5a7b27666f6f273a27626172277dc3653936"},
    {"a text and a payload",
     "0000003d0000002007fd83960c636f6e74656e742d747970650700106170706c69636174696f6e2f"
     "6a736f6e7b27666f6f273a27626172277d8d9c08b1"},
    {"every type",
     "000000620000005203b5cb9c01300001310101320202013303000301340400000004013505000000"
     "00000000050136060005627974657301370700047574663801380800000000000000080139093031"
     "323334353637383961626364656663353671"}};

constexpr Vector damaged[] = {
    {"length", "0100001d00000000fd528c5a7b27666f6f273a27626172277dc3653936"},
    {"payload", "0000001d00000000fd528c5a7b27666f6f273a27626172278dc3653936"},
    {"headers",
     "0000003d0000002007fd83960c636f6e74656e742b747970650700106170706c69636174696f6e2f"
     "6a736f6e7b27666f6f273a27626172277d8d9c08b1"},
    {"header length",
     "0000003dff00010207fd83960c636f6e74656e742d747970650700106170706c69636174696f6e2f"
     "6a736f6e7b27666f6f273a27626172277d8d9c08b1"},
    {"the same header twice",
     "00000024000000144bb982d00474657374046173646604746573740461736466f3f47563"}};

Header number(std::string name, Type type, std::int64_t value) {
  Header header;
  header.name = std::move(name);
  header.type = type;
  header.integer = value;
  return header;
}

Header raw(std::string name, Type type, std::string bytes) {
  auto header = eventstream::text_header(std::move(name), std::move(bytes));
  header.type = type;
  return header;
}

}  // namespace

TEST_CASE("event stream: whole frames are read and written to the byte") {
  const Message expected[] = {
      {},
      {{number("byte", Type::byte, -1)}, ""},
      {{number("short", Type::int16, -1)}, ""},
      {{number("integer", Type::int32, -1)}, ""},
      {{number("long", Type::int64, -1)}, ""},
      {{}, "{'foo':'bar'}"},
      {{eventstream::text_header("content-type", "application/json")}, "{'foo':'bar'}"},
      {{number("0", Type::yes, 0), number("1", Type::no, 0), number("2", Type::byte, 2),
        number("3", Type::int16, 3), number("4", Type::int32, 4), number("5", Type::int64, 5),
        raw("6", Type::bytes, "bytes"), raw("7", Type::text, "utf8"),
        number("8", Type::timestamp, 8), raw("9", Type::uuid, "0123456789abcdef")},
       ""}};
  for (std::size_t i = 0; i < std::size(whole); ++i) {
    CAPTURE(whole[i].name);
    const auto bytes = test::from_hex(whole[i].hex);
    const auto decoded = eventstream::decode(bytes + "next");
    REQUIRE(decoded.has_value());
    REQUIRE(decoded.value().has_value());
    CHECK(decoded.value()->size == bytes.size());
    CHECK(decoded.value()->message.headers == expected[i].headers);
    CHECK(decoded.value()->message.payload == expected[i].payload);
    CHECK(base::hex(eventstream::encode(expected[i])) == whole[i].hex);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      CAPTURE(size);
      const auto part = eventstream::decode(std::string_view{bytes}.substr(0, size));
      REQUIRE(part.has_value());
      CHECK_FALSE(part.value().has_value());
    }
  }
}

TEST_CASE("event stream: damaged frames are refused") {
  for (const auto& one : damaged) {
    CAPTURE(one.name);
    const auto decoded = eventstream::decode(test::from_hex(one.hex));
    REQUIRE_FALSE(decoded.has_value());
    CHECK(decoded.error().code() == base::ErrorCode::protocol);
  }
}

TEST_CASE("event stream: a frame with any one byte changed is refused") {
  for (const auto& one : whole) {
    CAPTURE(one.name);
    const auto bytes = test::from_hex(one.hex);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      CAPTURE(i);
      auto changed = bytes;
      changed[i] = static_cast<char>(changed[i] ^ 0x40);
      CHECK_FALSE(eventstream::decode(changed).has_value());
    }
  }
}

TEST_CASE("event stream: a frame that claims more than AWS allows is refused at once") {
  Message message;
  message.payload = std::string(eventstream::max_payload_bytes + 1, 'x');
  const auto bytes = eventstream::encode(message);
  CHECK_FALSE(eventstream::decode(std::string_view{bytes}.substr(0, 12)).has_value());
}

TEST_CASE("event stream: the initial response of SubscribeToShard as AWS sends it") {
  const Message message{{eventstream::text_header(":message-type", "event"),
                         eventstream::text_header(":event-type", "initial-response"),
                         eventstream::text_header(":content-type", "application/json")},
                        "{}"};
  CHECK(base::hex(eventstream::encode(message)) ==
        "00000068000000564e6817240d3a6d6573736167652d747970650700056576656e740b3a6576656e742d747970"
        "65070010696e697469616c2d726573706f6e73650d3a636f6e74656e742d747970650700106170706c69636174"
        "696f6e2f6a736f6e7b7dfe942c1d");
  CHECK(message.text(":event-type") == "initial-response");
  CHECK(message.text("nothing").empty());
}
