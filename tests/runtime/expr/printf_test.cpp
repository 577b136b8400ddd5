#include "runtime/expr/printf.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using data::Column;
using data::LogicalType;

namespace {

std::string print(std::string_view format, const std::vector<data::ColumnPtr>& args) {
  std::string out;
  return expr::append_printf(out, format, args, 0) ? out : "NULL";
}

data::ColumnPtr whole(std::int64_t value) {
  return data::share(Column::constant(LogicalType::integer(), value, 1));
}
data::ColumnPtr real(double value) {
  return data::share(Column::constant(LogicalType::float64(), value, 1));
}
data::ColumnPtr text(const char* value) {
  return data::share(Column::constant(LogicalType::string(), std::string(value), 1));
}

}  // namespace

TEST_CASE("printf: whole numbers") {
  CHECK(print("%5d|%-5d|%05d", {whole(5), whole(5), whole(-5)}) == "    5|5    |-0005");
  CHECK(print("%,d %+d %(d", {whole(1234567), whole(5), whole(-5)}) == "1,234,567 +5 (5)");
  CHECK(print("%x %X %o %#x", {whole(-1), whole(255), whole(8), whole(255)}) ==
        "ffffffff FF 10 0xff");
}

TEST_CASE("printf: real numbers round half up") {
  CHECK(print("%f %.2f %.0f", {real(2.5), real(2.675), real(2.5)}) == "2.500000 2.68 3");
  CHECK(print("%e %,.1f", {real(12345.678), real(1234567.25)}) == "1.234568e+04 1,234,567.3");
}

TEST_CASE("printf: texts, indexes and signs") {
  CHECK(print("%2$s %1$s %<S", {text("a"), text("b")}) == "b a A");
  CHECK(print("%5s|%-5s|%.2s", {text("\xC3\xA4"), text("x"), text("abc")}) ==
        "    \xC3\xA4|x    |ab");
  CHECK(print("100%% %n", {}) == "100% \n");
  CHECK(print("%c", {whole(65)}) == "A");
}

TEST_CASE("printf: what Java refuses is NULL") {
  for (const char* format : {"%", "%d", "%q", "%5", "%-d", "%s %s", "%1$", "%99999999999d"}) {
    CAPTURE(format);
    CHECK(print(format, {text("x")}) == "NULL");
  }
  CHECK(print("%f", {whole(1)}) == "NULL");
  CHECK(print("%d", {real(1)}) == "NULL");
}
