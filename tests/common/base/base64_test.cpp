#include "common/base/base64.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace millrace::base;

TEST_CASE("base64: the vectors of RFC 4648") {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, coded] : vectors) {
    CAPTURE(plain);
    CHECK(base64_encode(plain) == coded);
    CHECK(base64_decode(coded) == std::string{plain});
  }
}

TEST_CASE("base64: text that is not base64 is refused") {
  for (const char* text :
       {"Z", "Zg", "Zg=", "Zg==Zg==", "Z===", "====", "Zm9*", "Zm9v\n", "Zh==", "Zm9="}) {
    CAPTURE(text);
    CHECK_FALSE(base64_decode(text).has_value());
  }
}

TEST_CASE("base64: random bytes come back") {
  std::mt19937 random(7);
  for (int size = 0; size < 200; ++size) {
    std::string bytes;
    for (int i = 0; i < size; ++i) bytes += static_cast<char>(random());
    CHECK(base64_decode(base64_encode(bytes)) == bytes);
  }
}
