#include "runtime/data/column.hpp"

#include <doctest/doctest.h>

#include "runtime/data/batch.hpp"

using namespace millrace::data;

TEST_CASE("column: NULLs are kept apart from zero values") {
  Column column(LogicalType::bigint());
  column.append<std::int64_t>(5);
  CHECK_FALSE(column.has_nulls());
  column.append_null();
  column.append<std::int64_t>(0);
  CHECK(column.size() == 3);
  CHECK_FALSE(column.is_null(0));
  CHECK(column.is_null(1));
  CHECK_FALSE(column.is_null(2));
  column.truncate(1);
  CHECK_FALSE(column.has_nulls());
  CHECK(value_at(column, 0) == Value{std::int64_t{5}});
}

TEST_CASE("column: a constant answers for every row, and flattens") {
  const ColumnPtr column = share(Column::constant(LogicalType::string(), std::string("abc"), 4));
  const Cells<std::string_view> cells(*column);
  CHECK(column->size() == 4);
  CHECK(cells[3] == "abc");
  const ColumnPtr flat = flatten(column);
  CHECK(flat->cells<std::string_view>().size() == 4);
  CHECK(flat->at<std::string_view>(3) == "abc");
  const ColumnPtr null = flatten(share(Column::constant(LogicalType::bigint(), {}, 2)));
  CHECK(null->is_null(1));
  const std::vector<std::uint32_t> rows = {1, 2};
  CHECK(gather(column, rows)->size() == 2);
}

TEST_CASE("column: gathered and joined columns keep the bytes alive") {
  ColumnPtr kept;
  {
    BatchBuilder builder(Schema{{{"s", LogicalType::string()}}});
    for (const char* text : {"one", "two", "three"}) {
      builder.column(0).append(builder.arena().copy(text));
      builder.finish_row();
    }
    const Batch batch = builder.take();
    const std::vector<std::uint32_t> rows = {2, 0};
    const ColumnPtr both[] = {gather(batch.columns[0], rows), batch.columns[0]};
    kept = concat(both);
  }
  REQUIRE(kept->size() == 5);
  CHECK(kept->at<std::string_view>(0) == "three");
  CHECK(kept->at<std::string_view>(4) == "three");
}

TEST_CASE("batch: a builder takes back an unfinished row and starts anew after take()") {
  BatchBuilder builder(Schema{{{"a", LogicalType::bigint()}, {"b", LogicalType::string()}}});
  builder.column(0).append<std::int64_t>(1);
  builder.column(1).append_null();
  builder.finish_row();
  builder.column(0).append<std::int64_t>(2);
  builder.drop_row();
  Batch batch = builder.take();
  CHECK(batch.rows == 1);
  CHECK(batch.columns[0]->size() == 1);
  CHECK(batch.columns[1]->is_null(0));
  CHECK(builder.rows() == 0);
  batch.kinds = {RowKind::update_after};
  const std::vector<std::uint32_t> rows = {0, 0};
  CHECK(select(batch, rows).kind(1) == RowKind::update_after);
  CHECK(slice(batch, 0, 1).rows == 1);
}
