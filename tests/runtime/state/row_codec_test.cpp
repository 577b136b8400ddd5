#include "runtime/state/row_codec.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace millrace;
using namespace millrace::data;
using state::RowCodec;

namespace {

struct Rows {
  std::vector<LogicalType> types;
  std::vector<ColumnPtr> columns;
};

Rows every_storage() {
  Rows out;
  out.types = {LogicalType::boolean(),      LogicalType::bigint(), LogicalType::float64(),
               LogicalType::decimal(38, 2), LogicalType::string(), LogicalType::timestamp(9)};
  const std::vector<std::vector<Value>> cells = {{true, {}},
                                                 {std::int64_t{-7}, {}},
                                                 {std::numeric_limits<double>::quiet_NaN(), {}},
                                                 {base::Int128{12345}, {}},
                                                 {std::string("a\0b", 3), {}},
                                                 {TimestampValue{-1, 999'999}, {}}};
  const auto arena = std::make_shared<Arena>();
  for (std::size_t i = 0; i < cells.size(); ++i) {
    Column column(out.types[i]);
    for (const auto& cell : cells[i]) column.append_value(cell, arena);
    out.columns.push_back(share(std::move(column)));
  }
  return out;
}

}  // namespace

TEST_CASE("a row comes back as it went, NULLs and all") {
  const Rows rows = every_storage();
  const RowCodec codec(rows.types);
  Arena arena;
  std::vector<Column> out;
  for (const auto& type : rows.types) out.emplace_back(type);
  for (std::size_t row = 0; row < 2; ++row) {
    std::string bytes;
    codec.append(bytes, rows.columns, row);
    codec.read(bytes, out, arena);
  }
  for (std::size_t i = 0; i < out.size(); ++i) {
    CHECK(out[i].is_null(1));
    if (i != 2) CHECK(value_at(out[i], 0) == value_at(*rows.columns[i], 0));
  }
  CHECK(std::isnan(out[2].at<double>(0)));
}

TEST_CASE("bytes are equal exactly when rows are") {
  const RowCodec codec({LogicalType::string(), LogicalType::string()});
  const auto arena = std::make_shared<Arena>();
  const auto bytes = [&](const Value& a, const Value& b) {
    Column left(LogicalType::string());
    Column right(LogicalType::string());
    left.append_value(a, arena);
    right.append_value(b, arena);
    const ColumnPtr columns[] = {share(std::move(left)), share(std::move(right))};
    std::string out;
    codec.append(out, columns, 0);
    return out;
  };
  const auto s = [](const char* text) { return Value(std::string(text)); };
  CHECK(bytes(s("ab"), s("c")) == bytes(s("ab"), s("c")));
  CHECK(bytes(s("ab"), s("c")) != bytes(s("a"), s("bc")));
  CHECK(bytes({}, s("")) != bytes(s(""), {}));
  CHECK(bytes({}, {}) == bytes({}, {}));
}

TEST_CASE("chosen fields of a wider row make a key") {
  const Rows rows = every_storage();
  const RowCodec key({rows.types[4], rows.types[1]});
  const std::size_t fields[] = {4, 1};
  std::string bytes;
  key.append(bytes, rows.columns, fields, 0);
  Arena arena;
  std::vector<Column> out;
  out.emplace_back(rows.types[4]);
  out.emplace_back(rows.types[1]);
  key.read(bytes, out, arena);
  CHECK(out[0].at<std::string_view>(0) == std::string_view("a\0b", 3));
  CHECK(out[1].at<std::int64_t>(0) == -7);
}
