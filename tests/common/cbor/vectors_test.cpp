// RFC 8949, appendix A (examples) and appendix F (what is not well-formed).
#include <doctest/doctest.h>

#include <fstream>
#include <limits>

#include "common/cbor/cbor.hpp"
#include "common/json/json.hpp"
#include "tests/support/tree.hpp"

using namespace millrace;

namespace {

bool is_as_expected(const wire::Value& value, const std::string& expected) {
  if (expected.starts_with("h'")) {
    return value.kind() == wire::Kind::bytes &&
           value.as_text() == test::from_hex(expected.substr(2, expected.size() - 3));
  }
  if (expected.starts_with("time ")) {
    return value.kind() == wire::Kind::time && value.as_time() == std::stoll(expected.substr(5));
  }
  if (expected == "NaN") return value.kind() == wire::Kind::real && std::isnan(value.as_real());
  constexpr auto infinite = std::numeric_limits<double>::infinity();
  if (expected == "Infinity") return value.is_number() && value.as_real() == infinite;
  if (expected == "-Infinity") return value.is_number() && value.as_real() == -infinite;
  const auto meant = json::parse(expected);
  REQUIRE_MESSAGE(meant, expected);
  return test::same_tree(value, meant.value()->root());
}

}  // namespace

TEST_CASE("cbor: the examples of RFC 8949") {
  std::ifstream file{"data/cbor/appendix_a.txt"};
  REQUIRE(file);
  int read = 0;
  int refused = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("#")) continue;
    CAPTURE(line);
    const auto blank = line.find(' ');
    const auto expected = line.substr(blank + 1);
    const auto parsed = cbor::parse(test::from_hex(line.substr(0, blank)));
    if (expected == "refused") {
      CHECK_FALSE(parsed.has_value());
      ++refused;
      continue;
    }
    REQUIRE(parsed.has_value());
    CHECK(is_as_expected(parsed.value()->root(), expected));
    ++read;
    // Written again and read again it is still the same.
    cbor::Writer out;
    test::write_tree(parsed.value()->root(), out);
    const auto again = cbor::parse(out.take());
    REQUIRE(again.has_value());
    CHECK(is_as_expected(again.value()->root(), expected));
  }
  CHECK(read == 78);
  CHECK(refused == 4);
}

TEST_CASE("cbor: reserved heads, wrong chunks and stray breaks are refused") {
  int count = 0;
  const auto refused = [&](std::string body) {
    CAPTURE(body);
    ++count;
    // Whatever follows, it stays wrong: it is refused for itself, not for ending early.
    body += std::string(64, '\0');
    const auto parsed = cbor::parse(body);
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().code() == base::ErrorCode::serialization);
    CHECK(parsed.error().message().find("offset") != std::string::npos);
  };
  for (int major = 0; major < 8; ++major) {
    for (int low = 28; low < 32; ++low) {
      const auto head = static_cast<char>(major * 32 + low);
      const bool has_open_form = low == 31 && major >= 2 && major <= 5;
      if (has_open_form) continue;
      refused(std::string{head});
      if (head != '\xff') refused(std::string{'\x9f'} + head);
      refused(std::string{"\xbf\x61"
                          "a"} +
              head);
    }
  }
  for (int low = 0; low < 32; ++low) refused({'\xf8', static_cast<char>(low)});
  for (int head = 0; head < 255; ++head) {
    const bool is_bytes = head >= 0x40 && head <= 0x5b;
    const bool is_text = head >= 0x60 && head <= 0x7b;
    if (!is_bytes) refused({'\x5f', static_cast<char>(head)});
    if (!is_text) refused({'\x7f', static_cast<char>(head)});
  }
  CHECK(count > 500);
}

TEST_CASE("cbor: every beginning of an item is refused as incomplete") {
  const auto whole = test::from_hex(
      "bf6346756ef563416d74c11b0000019b76daa87861425f42010243030405ff614c9f8201029fffffff");
  REQUIRE(cbor::parse(whole).has_value());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK_FALSE(cbor::parse(whole.substr(0, size)).has_value());
  }
  CHECK_FALSE(cbor::parse(whole + '\0').has_value());
}
