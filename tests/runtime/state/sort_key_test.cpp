#include "runtime/state/sort_key.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <memory>
#include <vector>

using namespace millrace;
using namespace millrace::data;

namespace {

// The values' keys ascend in the order given, and descend with `descending`.
void check_order(const LogicalType& type, const std::vector<Value>& values) {
  Column column(type);
  const auto arena = std::make_shared<Arena>();
  for (const Value& value : values) column.append_value(value, arena);
  const auto key = [&](std::size_t row, bool descending) {
    std::string out;
    state::append_sort_key(out, column, row, descending, /*nulls_first=*/!descending);
    return out;
  };
  for (std::size_t i = 0; i + 1 < values.size(); ++i) {
    CAPTURE(i);
    CHECK(key(i, false) < key(i + 1, false));
    CHECK(key(i, true) > key(i + 1, true));
  }
}

}  // namespace

TEST_CASE("keys sort as their values, NULL in front") {
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  constexpr auto infinity = std::numeric_limits<double>::infinity();
  check_order(
      LogicalType::bigint(),
      {{}, least, std::int64_t{-1}, std::int64_t{0}, std::int64_t{256}, std::int64_t{1} << 40});
  check_order(LogicalType::float64(), {{},
                                       -infinity,
                                       -2.5,
                                       -0.0,
                                       0.0,
                                       1e-300,
                                       3.0,
                                       infinity,
                                       std::numeric_limits<double>::quiet_NaN()});
  check_order(LogicalType::decimal(38, 0),
              {{}, base::Int128{-1} << 100, base::Int128{-1}, base::Int128{0}, base::Int128{7}});
  check_order(LogicalType::string(), {{},
                                      std::string(),
                                      std::string("\0", 1),
                                      std::string("\0a", 2),
                                      std::string("a"),
                                      std::string("a\0", 2),
                                      std::string("ab"),
                                      std::string("b"),
                                      std::string("\xc3\xa4")});
  check_order(LogicalType::timestamp(9),
              {{}, TimestampValue{-5, 1}, TimestampValue{-5, 2}, TimestampValue{0, 0}});
  check_order(LogicalType::boolean(), {{}, false, true});
}
