#include "runtime/data/key_index.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <map>
#include <random>

using namespace millrace::data;

TEST_CASE("key index: the same key always gets the same number, NULL is a key") {
  Column names(LogicalType::string());
  const auto arena = std::make_shared<Arena>();
  for (const char* text : {"a", "b", "", "a"}) names.append(arena->copy(text));
  names.append_null();
  names.append_null();
  names.keep_alive(arena);
  Column numbers(LogicalType::bigint());
  for (int i = 0; i < 6; ++i) numbers.append<std::int64_t>(i == 3 ? 0 : 0);
  const ColumnPtr keys[] = {share(names), share(numbers)};
  KeyIndex index({LogicalType::string(), LogicalType::bigint()});
  std::vector<std::uint32_t> groups;
  index.find_or_add(keys, 6, groups);
  CHECK(groups == std::vector<std::uint32_t>{0, 1, 2, 0, 3, 3});
  const std::vector<std::uint32_t> rows = {4, 1};
  index.find_or_add(keys, rows, groups);
  CHECK(groups == std::vector<std::uint32_t>{3, 1});
  const auto stored = index.keys();
  CHECK(stored[0]->at<std::string_view>(1) == "b");
  CHECK(stored[0]->is_null(3));
}

TEST_CASE("key index: agrees with a map over many keys, and its keys outlive it") {
  std::mt19937 random(3);
  std::map<std::int64_t, std::uint32_t> expected;
  std::vector<ColumnPtr> stored;
  {
    KeyIndex index({LogicalType::bigint()});
    std::vector<std::uint32_t> groups;
    for (int batch = 0; batch < 20; ++batch) {
      Column column(LogicalType::bigint());
      for (int i = 0; i < 1000; ++i)
        column.append<std::int64_t>(static_cast<std::int64_t>(random() % 5000));
      const ColumnPtr keys[] = {share(column)};
      index.find_or_add(keys, 1000, groups);
      for (std::size_t i = 0; i < 1000; ++i) {
        const auto [place, added] = expected.try_emplace(
            column.at<std::int64_t>(i), static_cast<std::uint32_t>(expected.size()));
        REQUIRE(groups[i] == place->second);
      }
    }
    CHECK(index.size() == expected.size());
    stored = index.keys();
  }
  for (const auto& [key, group] : expected) REQUIRE(stored[0]->at<std::int64_t>(group) == key);
}

TEST_CASE("key index: doubles as in Java, and no key at all") {
  Column column(LogicalType::float64());
  for (const double value : {0.0, -0.0, std::numeric_limits<double>::quiet_NaN(),
                             -std::numeric_limits<double>::quiet_NaN()}) {
    column.append(value);
  }
  const ColumnPtr keys[] = {share(column)};
  KeyIndex index({LogicalType::float64()});
  std::vector<std::uint32_t> groups;
  index.find_or_add(keys, 4, groups);
  CHECK(groups == std::vector<std::uint32_t>{0, 1, 2, 2});
  KeyIndex global({});
  global.find_or_add({}, 3, groups);
  CHECK(groups == std::vector<std::uint32_t>{0, 0, 0});
  CHECK(global.size() == 1);
}
