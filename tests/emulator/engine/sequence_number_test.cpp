#include "emulator/engine/sequence_number.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace millrace::engine;

TEST_CASE("sequence numbers: two that AWS gave out are read and written again") {
  const auto first =
      parse_sequence_number("49594189147623985939251953501666965394405037144469929986");
  REQUIRE(first.has_value());
  CHECK(first->version == 2);
  CHECK(first->index == 0xc3);
  CHECK(first->shard == 0);
  CHECK(SequenceText{*first}.view() == "49594189147623985939251953501666965394405037144469929986");
  const auto second =
      parse_sequence_number("49674026002850188218576229259473476449429298564223254594");
  REQUIRE(second.has_value());
  CHECK(second->index == 0x50ccb9d26);
  CHECK(second->shard == 3076);
  CHECK(SequenceText{*second}.view() == "49674026002850188218576229259473476449429298564223254594");
}

TEST_CASE("sequence numbers: fields come back") {
  for (const std::uint64_t index :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{123456789012345}, last_sequence_index}) {
    for (const std::uint32_t shard : {0U, 15U, 16U, 4095U, 2147483647U}) {
      const SequenceNumber number{
          .created_s = 1'700'000'000, .index = index, .time_s = 1'700'086'400, .shard = shard};
      const auto back = parse_sequence_number(SequenceText{number}.view());
      REQUIRE(back.has_value());
      CHECK(back->created_s == number.created_s);
      CHECK(back->index == index);
      CHECK(back->time_s == number.time_s);
      CHECK(back->shard == shard);
    }
  }
}

TEST_CASE("sequence numbers: within a shard they rise with the index, whatever the time") {
  std::string before;
  for (std::uint64_t index = 0; index < 100; ++index) {
    const SequenceNumber number{.created_s = 1'700'000'000,
                                .index = index,
                                .time_s = 1'700'000'100 - static_cast<std::int64_t>(index)};
    const auto text = SequenceText{number}.str();
    CHECK(text.size() == 56);
    CHECK(before < text);
    before = text;
  }
}

TEST_CASE("sequence numbers: old versions are told apart, nonsense is refused") {
  const auto tiny = parse_sequence_number("5");
  REQUIRE(tiny.has_value());
  CHECK(tiny->version == 0);
  CHECK(tiny->shard == 5);
  CHECK(parse_sequence_number("0")->version == 0);
  for (const char* bad :
       {"x", "-1", "99999999999999999999999999999999999999999999999999999999999999",
        "1000000000000000000000000000000000000000000000000"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_sequence_number(bad).has_value());
  }
}

TEST_CASE("sequence numbers: what is written is read again, whatever was written before") {
  std::mt19937_64 random{7};
  SequenceNumber number{
      .created_s = 1'700'000'000, .index = 1, .time_s = 1'700'000'000, .shard = 0};
  for (int i = 0; i < 5000; ++i) {
    // Mostly the next of the same shard and second, as in a page.
    if (i % 7 == 0) number.shard = static_cast<std::uint32_t>(random() % 10'000);
    if (i % 11 == 0) number.time_s = static_cast<std::int64_t>(random() % 16'000'000'000);
    if (i % 13 == 0) number.created_s = static_cast<std::int64_t>(random() % 16'000'000'000);
    number.index = i % 5 == 0 ? random() >> (1 + random() % 63) : number.index + 1;
    if (number.index > last_sequence_index) number.index = last_sequence_index;
    const auto text = SequenceText{number}.str();
    CAPTURE(text);
    CHECK(text.front() != '0');
    const auto read = parse_sequence_number(text);
    REQUIRE(read.has_value());
    CHECK(read->index == number.index);
    CHECK(read->shard == number.shard);
    CHECK(read->time_s == number.time_s);
    CHECK(read->created_s == number.created_s);
  }
}
