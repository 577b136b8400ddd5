#include <doctest/doctest.h>

#include "common/cbor/cbor.hpp"
#include "tests/support/tree.hpp"

using namespace millrace;
using test::from_hex;
using wire::Kind;

namespace {

std::string failure(const std::string& body) {
  const auto parsed = cbor::parse(body);
  return parsed ? "" : parsed.error().message();
}

}  // namespace

TEST_CASE("cbor: a request as the AWS SDK for Java sends it becomes a tree") {
  // {"StreamName": "s", "Data": h'00ff', "Timestamp": 1(1767225600120), "Limit": -7}, open-ended
  const auto parsed =
      cbor::parse(from_hex("bf6a53747265616d4e616d656173644461746142") + from_hex("00ff") +
                  from_hex("6954696d657374616d70c11b0000019b76daa878654c696d697426ff"));
  REQUIRE(parsed.has_value());
  const auto& root = parsed.value()->root();
  REQUIRE(root.kind() == Kind::map);
  CHECK(root["StreamName"].as_text() == "s");
  CHECK(root["Data"].kind() == Kind::bytes);
  CHECK(root["Data"].as_text() == std::string_view{"\0\xff", 2});
  CHECK(root["Timestamp"].kind() == Kind::time);
  CHECK(root["Timestamp"].as_time() == 1'767'225'600'120);
  CHECK(root["Limit"].as_integer() == -7);
}

TEST_CASE("cbor: strings in chunks become one, names too") {
  const auto parsed = cbor::parse(from_hex("a17f61416142ff5f4101420203ff"));
  REQUIRE(parsed.has_value());
  CHECK(parsed.value()->root()["AB"].as_text() == "\x01\x02\x03");
}

TEST_CASE("cbor: of two equal names the last counts") {
  const auto parsed = cbor::parse(from_hex("a2616101616102"));
  REQUIRE(parsed.has_value());
  CHECK(parsed.value()->root()["a"].as_integer() == 2);
}

TEST_CASE("cbor: texts must be UTF-8, each chunk by itself") {
  const char* bad[] = {
      "61ff",       "6180",   "62c080",     "63e08080",     "63eda080",          "64f0808080",
      "64f4908080", "62c3c3", "64f5808080", "7f61c361bcff", "6861616161616161ff"};
  for (const auto* hex : bad) {
    CAPTURE(hex);
    CHECK(failure(from_hex(hex)).find("no UTF-8") != std::string::npos);
  }
  CHECK(cbor::parse(from_hex("6d61626364656667c3bce6b0b421")).has_value());
}

TEST_CASE("cbor: nesting is bounded, not the stack") {
  const auto nested = [](std::size_t depth, char head, std::string inner) {
    return std::string(depth, head) + std::move(inner);
  };
  CHECK(cbor::parse(nested(128, '\x81', std::string(1, '\x01'))).has_value());
  CHECK(failure(nested(129, '\x81', "\x01")).find("deeper than 128") != std::string::npos);
  CHECK(cbor::parse(nested(128, '\x9f', std::string(128, '\xff'))).has_value());
  // Sixteen million of them are refused at the 129th.
  for (const char head : {'\x81', '\x9f', '\xc1', '\xd7'}) {
    CHECK(failure(nested(16'000'000, head, "")).find("offset 128") != std::string::npos);
  }
  std::string maps;
  for (int i = 0; i < 200; ++i)
    maps +=
        "\xbf\x61"
        "a";
  CHECK(failure(maps).find("deeper than 128") != std::string::npos);
}

TEST_CASE("cbor: what a header claims is not allocated") {
  // Lists, maps, bytes and texts of 2^32 - 1 and 2^64 - 1 entries or bytes.
  for (const char* hex : {"9affffffff", "9bffffffffffffffff", "baffffffff", "bbffffffffffffffff",
                          "5affffffff", "5bffffffffffffffff", "7affffffff", "7bffffffffffffffff",
                          "9bffffffffffffffff01", "bbffffffffffffffff616101"}) {
    CAPTURE(hex);
    CHECK(failure(from_hex(hex)).starts_with("not CBOR: "));
  }
}

TEST_CASE("cbor: a body of very many items is refused") {
  CHECK(failure('\x9f' + std::string(10'000'000, '\x01')).find("more than 250000 items") !=
        std::string::npos);
  CHECK(failure('\x5f' + std::string(10'000'000, '\x40')).find("more than 250000 items") !=
        std::string::npos);
}

TEST_CASE("cbor: tags must fit what they stand before") {
  for (const char* hex : {"c16161", "c1f6", "c1f97e00", "c201", "c36161"}) {
    CAPTURE(hex);
    CHECK(failure(from_hex(hex)).find("tag") != std::string::npos);
  }
  // A tag before a tag; only the inner one says anything.
  CHECK(cbor::parse(from_hex("d9d9f7c105")).value()->root().as_time() == 5);
}
