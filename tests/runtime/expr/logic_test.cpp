#include "tests/runtime/expr/expr_support.hpp"

using namespace millrace::expr;
using millrace::data::Batch;
using millrace::data::LogicalType;

namespace {

ExprPtr truth(char value) {
  if (value == 'n') return make_cast(make_null(), LogicalType::boolean()).value();
  return make_bool(value == 't');
}

// One BIGINT column x: 0, 2, NULL, 5.
Batch numbers() {
  millrace::data::Column x(LogicalType::bigint());
  x.append<std::int64_t>(0);
  x.append<std::int64_t>(2);
  x.append_null();
  x.append<std::int64_t>(5);
  Batch batch;
  batch.rows = 4;
  batch.columns.push_back(millrace::data::share(std::move(x)));
  return batch;
}

ExprPtr call(std::string_view name, const std::vector<ExprPtr>& args) {
  return make_call(name, args).value();
}

std::string all_rows(const ExprPtr& expr, const Batch& batch) {
  Context context(test_clock());
  const auto column = evaluate(*expr, batch, context);
  if (!column) return "error: " + column.error().message();
  std::string out;
  for (std::size_t row = 0; row < batch.rows; ++row)
    out += (row > 0 ? " " : "") + cell_text(*column.value(), row);
  return out;
}

}  // namespace

TEST_CASE("logic: three values") {
  const char values[] = {'t', 'f', 'n'};
  const char* and_table[] = {"TRUE",  "FALSE", "NULL",  "FALSE", "FALSE",
                             "FALSE", "NULL",  "FALSE", "NULL"};
  const char* or_table[] = {"TRUE", "TRUE", "TRUE", "TRUE", "FALSE",
                            "NULL", "TRUE", "NULL", "NULL"};
  for (std::size_t a = 0; a < 3; ++a) {
    for (std::size_t b = 0; b < 3; ++b) {
      CAPTURE(values[a]);
      CAPTURE(values[b]);
      CHECK(on_literals("AND", {truth(values[a]), truth(values[b])}) == and_table[a * 3 + b]);
      CHECK(on_columns("AND", {truth(values[a]), truth(values[b])}) == and_table[a * 3 + b]);
      CHECK(on_columns("OR", {truth(values[a]), truth(values[b])}) == or_table[a * 3 + b]);
    }
  }
  CHECK(compute("NOT", {truth('n')}) == "NULL");
  CHECK(compute("IS NULL", {truth('n')}) == "TRUE");
  CHECK(compute("IS NOT TRUE", {truth('n')}) == "TRUE");
  CHECK(compute("IS FALSE", {truth('f')}) == "TRUE");
  CHECK(compute("IS UNKNOWN", {truth('n')}) == "TRUE");
}

TEST_CASE("logic: AND evaluates its right side only where the left leaves it open") {
  const Batch batch = numbers();
  const auto x = make_column(0, "x", LogicalType::bigint());
  const auto guard = call("<>", {x, number("0")});
  const auto risky = call(">", {call("/", {number("10"), x}), number("2")});
  CHECK(all_rows(risky, batch) == "error: / by zero");
  CHECK(all_rows(call("AND", {guard, risky}), batch) == "FALSE TRUE NULL FALSE");
  CHECK(all_rows(call("OR", {call("=", {x, number("0")}), risky}), batch) ==
        "TRUE TRUE NULL FALSE");
}

TEST_CASE("logic: CASE evaluates a branch only for the rows that take it") {
  const Batch batch = numbers();
  const auto x = make_column(0, "x", LogicalType::bigint());
  const auto safe =
      call("CASE", {call("=", {x, number("0")}), number("-1"), call("/", {number("10"), x})});
  CHECK(all_rows(safe, batch) == "-1 5 NULL 2");
  CHECK(safe->type.text() == "BIGINT");
  const auto mixed = call("CASE", {call("=", {x, number("2")}), number("1"), number("2.50")});
  CHECK(mixed->type.text() == "DECIMAL(12, 2) NOT NULL");
  CHECK(all_rows(mixed, batch) == "2.50 1.00 2.50 2.50");
  CHECK(all_rows(call("COALESCE", {x, number("7")}), batch) == "0 2 7 5");
  CHECK(call("COALESCE", {x, number("7")})->type.text() == "BIGINT NOT NULL");
  CHECK(all_rows(call("NULLIF", {x, number("2")}), batch) == "0 NULL NULL 5");
  CHECK(all_rows(call("IF", {call(">", {x, number("1")}), str("big"), str("small")}), batch) ==
        "small big small big");
}

TEST_CASE("logic: IN, BETWEEN, comparison") {
  const Batch batch = numbers();
  const auto x = make_column(0, "x", LogicalType::bigint());
  CHECK(all_rows(call("IN", {x, number("2"), number("5")}), batch) == "FALSE TRUE NULL TRUE");
  CHECK(all_rows(call("NOT IN", {x, number("2"), make_null()}), batch) == "NULL FALSE NULL NULL");
  CHECK(all_rows(call("BETWEEN", {x, number("1"), number("3")}), batch) == "FALSE TRUE NULL FALSE");
  CHECK(all_rows(call("NOT BETWEEN", {x, number("1"), number("3")}), batch) ==
        "TRUE FALSE NULL TRUE");
  CHECK(all_rows(call("IS NOT DISTINCT FROM", {x, make_null()}), batch) ==
        "FALSE FALSE TRUE FALSE");
  CHECK(all_rows(call(">=", {x, number("2.5")}), batch) == "FALSE FALSE NULL TRUE");
  CHECK(compute("=", {str("a"), str("a ")}) == "FALSE");
  CHECK(compute("<", {str("Z"), str("a")}) == "TRUE");
  CHECK(compute(">", {ts("2024-01-01 00:00:01"), str("2024-01-01 00:00:00")}) == "TRUE");
  CHECK(type_of("=", {x, str("x")}) ==
        "error: implicit type conversion between BIGINT and CHAR is not supported now");
  Context context(test_clock());
  const auto rows = evaluate_filter(*call(">", {x, number("0")}), batch, context).value();
  CHECK(rows == std::vector<std::uint32_t>{1, 3});
  CHECK(evaluate_filter(*make_bool(true), batch, context).value().size() == 4);
  CHECK(evaluate_filter(*truth('n'), batch, context).value().empty());
}
