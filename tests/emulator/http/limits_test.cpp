#include <doctest/doctest.h>

#include "emulator/http/server.hpp"

using namespace millrace;

TEST_CASE(
    "limits: where memory is plenty they are as they stand, where it is not they fit into it") {
  constexpr std::uint64_t mib = 1024 * 1024;
  const http::Limits usual;
  const auto plenty = http::limits_within(24 * 1024 * mib);
  CHECK(plenty.page_bytes == usual.page_bytes);
  CHECK(plenty.push_bytes == usual.push_bytes);
  CHECK(plenty.all_body_bytes == usual.all_body_bytes);
  for (const std::uint64_t memory : {64 * mib, 256 * mib, 1024 * mib}) {
    CAPTURE(memory);
    const auto little = http::limits_within(memory);
    const auto all = little.page_bytes + little.push_bytes + little.all_body_bytes;
    CHECK(all <= memory / 4);
    CHECK(all >= memory / 5);
    CHECK(little.body_bytes == usual.body_bytes);  // one alone may take more
  }
}
