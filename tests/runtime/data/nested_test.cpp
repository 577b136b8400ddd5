#include "runtime/data/nested.hpp"

#include <doctest/doctest.h>

#include "runtime/data/text.hpp"

using namespace millrace::data;

namespace {

Column numbers(std::initializer_list<std::optional<std::int64_t>> cells) {
  Column column(LogicalType::integer());
  for (const auto& cell : cells) {
    if (cell) {
      column.append(*cell);
    } else {
      column.append_null();
    }
  }
  return column;
}

std::string array_of(const Column& cells) {
  NestedBuilder builder;
  for (std::size_t i = 0; i < cells.size(); ++i) builder.add(cells, i);
  return builder.take();
}

}  // namespace

TEST_CASE("nested: cells are read back, NULL among them") {
  const std::string cell = array_of(numbers({7, std::nullopt, -1}));
  const NestedView view(cell);
  REQUIRE(view.size() == 3);
  CHECK_FALSE(view.is_null(0));
  CHECK(view.is_null(1));
  Column out(LogicalType::integer());
  for (std::size_t i = 0; i < view.size(); ++i) append_nested(out, view, i);
  CHECK(out.at<std::int64_t>(0) == 7);
  CHECK(out.is_null(1));
  CHECK(out.at<std::int64_t>(2) == -1);
}

TEST_CASE("nested: an empty value has no cells, and the bytes of a NULL cell neither") {
  CHECK(NestedView(array_of(numbers({}))).size() == 0);
  CHECK(NestedView("").size() == 0);
}

TEST_CASE("nested: equal values have equal bytes, NULL is not zero") {
  CHECK(array_of(numbers({1, 2})) == array_of(numbers({1, 2})));
  CHECK(array_of(numbers({0})) != array_of(numbers({std::nullopt})));
  CHECK(array_of(numbers({1})) != array_of(numbers({1, 1})));
}

TEST_CASE("nested: every storage goes in and comes out") {
  const auto through = [](const LogicalType& type, const Value& value) {
    const Column one = Column::constant(type, value, 1);
    NestedBuilder builder;
    builder.add(one, 0);
    const std::string cell = builder.take();
    Column out(type);
    append_nested(out, NestedView(cell), 0);
    return value_at(out, 0);
  };
  const auto same = [&](const LogicalType& type, const Value& value) {
    CHECK(through(type, value) == value);
  };
  same(LogicalType::boolean(), true);
  same(LogicalType::bigint(), std::int64_t{-5});
  same(LogicalType::float64(), 1.5);
  same(LogicalType::decimal(38, 2), millrace::base::Int128{-12345});
  same(LogicalType::string(), std::string("a\0b", 3));
  same(LogicalType::timestamp(9), TimestampValue{-1, 999'999});
}

TEST_CASE("nested: the cells of all rows side by side, and a field row by row") {
  const LogicalType type = LogicalType::array(LogicalType::integer());
  Column column(type);
  const std::string first = array_of(numbers({1, 2}));
  const std::string third = array_of(numbers({3}));
  column.append(std::string_view(first));
  column.append_null();
  column.append(std::string_view(third));
  const NestedCells cells = nested_cells(share(column), 0, 3);
  CHECK(cells.starts == std::vector<std::uint32_t>{0, 2, 2, 3});
  CHECK(cells.cells->at<std::int64_t>(2) == 3);

  Column row(LogicalType::row({{"a", LogicalType::integer()}, {"b", LogicalType::integer()}}));
  row.append(std::string_view(first));
  row.append_null();
  const ColumnPtr b = nested_field(share(row), 1, 2);
  CHECK(b->at<std::int64_t>(0) == 2);
  CHECK(b->is_null(1));
}

TEST_CASE("nested: types say what they are made of") {
  const LogicalType row = LogicalType::row(
      {{"a", LogicalType::integer().not_null()}, {"b", LogicalType::array(LogicalType::string())}});
  CHECK(row.text() == "ROW<`a` INT NOT NULL, `b` ARRAY<STRING>>");
  CHECK(LogicalType::map(LogicalType::string(), row).not_null().text() ==
        "MAP<STRING, ROW<`a` INT NOT NULL, `b` ARRAY<STRING>>> NOT NULL");
  CHECK(LogicalType::multiset(LogicalType::date()).text() == "MULTISET<DATE>");
  CHECK(LogicalType::array(LogicalType::integer()).calcite_text() == "INTEGER ARRAY");
  CHECK(LogicalType::array(LogicalType::integer()) == LogicalType::array(LogicalType::integer()));
  CHECK_FALSE(LogicalType::array(LogicalType::integer()) ==
              LogicalType::array(LogicalType::bigint()));
  LogicalType common;
  REQUIRE(common_type(LogicalType::array(LogicalType::integer()),
                      LogicalType::array(LogicalType::bigint()), common));
  CHECK(common.text() == "ARRAY<BIGINT>");
  CHECK_FALSE(
      common_type(LogicalType::array(LogicalType::integer()), LogicalType::integer(), common));
}

TEST_CASE("nested: a map prints in the order of Java's HashMap") {
  const LogicalType type = LogicalType::map(LogicalType::string(), LogicalType::integer());
  NestedBuilder builder;
  std::int64_t n = 0;
  for (const char* key : {"z", "b", "cc", "hello", "x"}) {
    builder.add_bytes(key);
    builder.add(Column::constant(LogicalType::integer(), ++n, 1), 0);
  }
  Column column(type);
  const std::string cell = builder.take();
  column.append(std::string_view(cell));
  std::string text;
  append_java_text(text, column, 0);
  CHECK(text == "{cc=3, b=2, x=5, z=1, hello=4}");
  text.clear();
  append_sql_text(text, column, 0, TimeZone{});
  CHECK(text == "{z=1, b=2, cc=3, hello=4, x=5}");
}
