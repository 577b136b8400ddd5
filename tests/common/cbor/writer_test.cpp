#include <doctest/doctest.h>

#include <limits>

#include "common/base/digest.hpp"
#include "common/cbor/cbor.hpp"

using namespace millrace;

TEST_CASE("cbor: an answer is written as AWS writes it") {
  cbor::Writer out;
  out.begin_map();
  out.key("S");
  out.text("\xc3\xbc");
  out.key("B");
  out.bytes(std::string_view{"\0\xff", 2});
  out.key("T");
  out.time(1'767'225'600'120);
  out.key("L");
  out.begin_list();
  out.integer(0);
  out.integer(-1);
  out.integer(-500);
  out.boolean(true);
  out.null();
  out.real(1.5);
  out.plain("123");
  out.end_list();
  out.end_map();
  CHECK(base::hex(out.str()) ==
        "bf615362c3bc61424200ff6154c11b0000019b76daa878614c9f00203901f3f5f6fb3ff8000000000000"
        "63313233ffff");
}

TEST_CASE("cbor: integers take the shortest form and come back, also at the edges") {
  using Limits = std::numeric_limits<std::int64_t>;
  for (const std::int64_t number :
       {std::int64_t{0}, std::int64_t{23}, std::int64_t{24}, std::int64_t{255}, std::int64_t{256},
        std::int64_t{65'535}, std::int64_t{65'536}, std::int64_t{4'294'967'296}, Limits::max(),
        std::int64_t{-24}, std::int64_t{-25}, std::int64_t{-4'294'967'297}, Limits::min()}) {
    CAPTURE(number);
    cbor::Writer out;
    out.integer(number);
    const auto parsed = cbor::parse(out.take());
    REQUIRE(parsed.has_value());
    CHECK(parsed.value()->root().as_integer() == number);
  }
}

TEST_CASE("cbor: long strings have their length in front") {
  for (const std::size_t size : {0U, 23U, 24U, 255U, 256U, 65'535U, 65'536U, 2'000'000U}) {
    CAPTURE(size);
    cbor::Writer out;
    out.bytes(std::string(size, 'x'));
    const auto parsed = cbor::parse(out.take());
    REQUIRE(parsed.has_value());
    CHECK(parsed.value()->root().as_text().size() == size);
  }
}
