#include "common/base/uint128.hpp"

#include <doctest/doctest.h>

using namespace millrace::base;

TEST_CASE("uint128: the edges of the hash key space") {
  const std::string top = "340282366920938463463374607431768211455";
  CHECK(to_decimal(0) == "0");
  CHECK(to_decimal(uint128_max) == top);
  CHECK(parse_uint128(top) == uint128_max);
  CHECK(parse_uint128("0") == Uint128{0});
}

TEST_CASE("uint128: what is no number of 128 bits is refused") {
  for (const char* text : {"", "-1", "+1", " 1", "1a", "340282366920938463463374607431768211456",
                           "999999999999999999999999999999999999999999"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_uint128(text).has_value());
  }
}
