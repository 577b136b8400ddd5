#include "emulator/engine/token.hpp"

#include <doctest/doctest.h>

using namespace millrace::engine;

namespace {
const Seal seal{std::string(Seal::key_bytes, 'k')};
}

TEST_CASE("iterators: come back whole, differ each time, stay below 512 characters") {
  const ShardIterator iterator{.issued_ms = 123,
                               .stream_id = 4,
                               .account = "000000000000",
                               .region = "ap-southeast-1",
                               .stream = std::string(128, 's'),
                               .shard = 77,
                               .index = 1'000'000'000'000};
  const auto text = to_text(iterator, seal);
  CHECK(text.size() <= 512);
  CHECK(text != to_text(iterator, seal));
  const auto back = parse_iterator(text, seal);
  REQUIRE(back.has_value());
  CHECK(back->issued_ms == 123);
  CHECK(back->stream_id == 4);
  CHECK(back->stream == iterator.stream);
  CHECK(back->shard == 77);
  CHECK(back->index == 1'000'000'000'000);
}

TEST_CASE("iterators: a changed, cut, foreign or other token is refused") {
  const auto text = to_text(ShardIterator{.stream = "s"}, seal);
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto changed = text;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    if (changed == text) continue;
    CAPTURE(i);
    CHECK_FALSE(parse_iterator(changed, seal).has_value());
  }
  CHECK_FALSE(parse_iterator(text.substr(0, text.size() - 4), seal).has_value());
  CHECK_FALSE(parse_iterator("", seal).has_value());
  CHECK_FALSE(parse_iterator("invalid", seal).has_value());
  CHECK_FALSE(parse_iterator(text, Seal{std::string(Seal::key_bytes, 'x')}).has_value());
  CHECK_FALSE(parse_page_token(text, seal).has_value());
  CHECK(parse_page_token(to_text(PageToken{.after = "a"}, seal), seal)->after == "a");
}
