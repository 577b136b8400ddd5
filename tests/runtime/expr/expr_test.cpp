#include "runtime/expr/expr.hpp"

#include <set>

#include "runtime/expr/function.hpp"
#include "tests/runtime/expr/expr_support.hpp"

using namespace millrace::expr;
using millrace::data::LogicalType;

TEST_CASE("expr: number literals have the types SQL gives them") {
  struct Case {
    const char *text, *type;
  };
  const Case cases[] = {{"1", "INT NOT NULL"},
                        {"2147483648", "BIGINT NOT NULL"},
                        {"9223372036854775808", "DECIMAL(19, 0) NOT NULL"},
                        {"2.0", "DECIMAL(2, 1) NOT NULL"},
                        {"12.50", "DECIMAL(4, 2) NOT NULL"},
                        {"0.05", "DECIMAL(3, 2) NOT NULL"},
                        {"1e3", "DOUBLE NOT NULL"}};
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK(make_number(c.text).value()->type.text() == c.type);
  }
  for (const char* text :
       {"", "x", "1.2.3", "1e", "999999999999999999999999999999999999999", "1e999"}) {
    CAPTURE(text);
    CHECK_FALSE(make_number(text).has_value());
  }
}

TEST_CASE("expr: calls on literals are folded, what fails or changes with time is not") {
  CHECK(make_call("+", {number("1"), number("2")}).value()->kind == Expr::Kind::literal);
  CHECK(make_call("/", {number("1"), number("0")}).value()->kind == Expr::Kind::call);
  CHECK(make_call("NOW", {}).value()->kind == Expr::Kind::call);
  CHECK_FALSE(make_call("NOW", {}).value()->deterministic);
}

TEST_CASE("expr: a function of Flink that is missing on purpose says why") {
  const auto json = make_call("parse_json", {make_string("1")});
  REQUIRE_FALSE(json.has_value());
  CHECK(json.error().code() == millrace::base::ErrorCode::unsupported);
  CHECK(json.error().message() ==
        "The function PARSE_JSON is not served: there is no type VARIANT");
  CHECK(make_call("nothing", {}).error().message().starts_with("No match found"));
}

TEST_CASE("expr: columns are found, replaced and compared; the text reads like SQL") {
  const auto price = make_column(2, "price", LogicalType::decimal(10, 2));
  const auto ticker = make_column(0, "ticker", LogicalType::string());
  const auto twice = make_call("*", {price, number("2")}).value();
  CHECK(to_text(*twice) == "(price * 2)");
  const auto both = make_call("AND", {make_call(">", {twice, number("1")}).value(),
                                      make_call("LIKE", {ticker, str("A%")}).value()})
                        .value();
  CHECK(referenced_columns(*both) == std::vector<std::size_t>{0, 2});
  const std::vector<ExprPtr> replacements = {make_column(5, "t", LogicalType::string()), nullptr,
                                             price};
  CHECK(referenced_columns(*substitute(both, replacements)) == std::vector<std::size_t>{2, 5});
  CHECK(equal(*twice, *make_call("*", {price, number("2")}).value()));
  CHECK_FALSE(equal(*twice, *make_call("*", {price, number("3")}).value()));
  CHECK(to_text(*make_call("UPPER", {ticker}).value()) == "UPPER(ticker)");
}

TEST_CASE("expr: every function is in the table once, with its forms") {
  std::set<std::string_view> names;
  for (const Function* function : all_functions()) {
    CAPTURE(std::string(function->name));
    CHECK(names.insert(function->name).second);
    CHECK(bool(function->infer != nullptr));
    CHECK_FALSE(function->forms.empty());
    CHECK(find_function(function->name) == function);
  }
  CHECK(names.size() > 100);
}

TEST_CASE("expr: every function takes NULLs, and no rows, without failing") {
  Context context(test_clock());
  for (const Function* function : all_functions()) {
    for (int count = function->min_args;
         count <= std::max(function->min_args, function->max_args) && count < 5; ++count) {
      const std::vector<ExprPtr> nulls(static_cast<std::size_t>(count), make_null());
      const auto call = make_call(function->name, nulls);
      if (!call) continue;  // no overload for bare NULLs
      CAPTURE(std::string(function->name));
      millrace::data::Batch batch;
      CHECK(evaluate(*call.value(), batch, context).value()->size() == 0);
      batch.rows = 2;
      CHECK(evaluate(*call.value(), batch, context).value()->size() == 2);
    }
  }
}
