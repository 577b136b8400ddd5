#include "emulator/admin/query.hpp"

#include <doctest/doctest.h>

using namespace millrace::admin;
using Pairs = std::vector<std::pair<std::string, std::string>>;

TEST_CASE("url_decode: escapes become bytes, and a broken one is refused") {
  CHECK(url_decode("a%2Fb%2fc", false) == "a/b/c");
  CHECK(url_decode("a+b", false) == "a+b");
  CHECK(url_decode("a+b", true) == "a b");
  CHECK(url_decode("", false) == "");
  for (const auto* bad : {"%", "%4", "a%g0", "%0g", "ab%2"}) {
    CAPTURE(bad);
    CHECK(url_decode(bad, false) == std::nullopt);
  }
}

TEST_CASE("parse_query: pairs in order, values may be missing or hold '='") {
  CHECK(parse_query("") == Pairs{});
  CHECK(parse_query("a=1&b=2") == Pairs{{"a", "1"}, {"b", "2"}});
  CHECK(parse_query("&&a&b=&c=x=y&") == Pairs{{"a", ""}, {"b", ""}, {"c", "x=y"}});
  CHECK(parse_query("k%3D=%26") == Pairs{{"k=", "&"}});
  CHECK(parse_query("a=%") == std::nullopt);
  CHECK(parse_query("%zz=1") == std::nullopt);
}
