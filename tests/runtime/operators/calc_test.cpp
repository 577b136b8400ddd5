#include "runtime/operators/calc.hpp"

#include "tests/runtime/operators/support.hpp"

using namespace millrace;
using namespace millrace::operators;
using namespace millrace::operators::test;

namespace {

expr::ExprPtr call(std::string_view name, std::vector<expr::ExprPtr> args) {
  const auto bound = expr::make_call(name, std::move(args));
  if (!bound) FAIL(bound.error().message());
  return bound.value();
}

}  // namespace

TEST_CASE("a filter moves the watermarks with the rows it keeps") {
  base::ManualClock clock{0};
  expr::Context context{clock};
  const auto n = expr::make_column(0, "n", LogicalType::bigint());
  const plan::Calc calc{call(">", {n, expr::make_int(1)}), {call("+", {n, expr::make_int(10)})}};
  CalcOperator op(calc, context);
  Collected out;
  must(op.process(chunk({numbers({1, 2, std::nullopt, 3, 1})}, {{1, 100}, {2, 200}, {5, 500}}),
                  out));
  CHECK(out.take() == Lines{"<100>", "12", "<200>", "13", "<500>"});
}

TEST_CASE("a batch of which nothing is left still carries its watermarks") {
  base::ManualClock clock{0};
  expr::Context context{clock};
  const auto n = expr::make_column(0, "n", LogicalType::bigint());
  const plan::Calc calc{call(">", {n, expr::make_int(9)}), {n}};
  CalcOperator op(calc, context);
  Collected out;
  must(op.process(chunk({numbers({1, 2})}, {{1, 100}}), out));
  CHECK(out.take() == Lines{"<100>"});
}

TEST_CASE("columns nobody reads may be absent") {
  base::ManualClock clock{0};
  expr::Context context{clock};
  const auto n = expr::make_column(1, "n", LogicalType::bigint());
  const plan::Calc calc{call(">", {n, expr::make_int(1)}), {n}};
  CalcOperator op(calc, context);
  Collected out;
  Chunk rows = chunk({numbers({1, 2}), numbers({1, 2})});
  rows.batch.columns[0] = nullptr;
  must(op.process(std::move(rows), out));
  CHECK(out.take() == Lines{"2"});
}
