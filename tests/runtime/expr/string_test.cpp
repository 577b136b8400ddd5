#include "tests/runtime/expr/expr_support.hpp"

using namespace millrace::expr;

namespace {

struct Case {
  const char* name;
  std::vector<ExprPtr> args;
  const char* result;
};

void check(const std::vector<Case>& cases, unsigned literal = 0) {
  for (const Case& c : cases) {
    CAPTURE(c.name);
    CAPTURE(c.result);
    CHECK(compute(c.name, c.args, literal) == c.result);
  }
}

ExprPtr n(std::int64_t value) {
  return make_int(value);
}

}  // namespace

TEST_CASE("strings: case, trimming, pieces") {
  check({
      {"UPPER", {str("aZ\xC3\xA9\xC3\x9F")}, "AZ\xC3\x89SS"},
      {"LOWER", {str("A\xC3\x89")}, "a\xC3\xA9"},
      {"INITCAP", {str("hello wORLD 1st")}, "Hello World 1st"},
      {"REVERSE",
       {str("ab\xC3\xA9")},
       "\xC3\xA9"
       "ba"},
      {"TRIM", {str("  a b ")}, "a b"},
      {"LTRIM", {str("  a ")}, "a "},
      {"RTRIM", {str(" a  ")}, " a"},
      {"BTRIM", {str("xyaxy"), str("xy")}, "a"},
      {"SUBSTRING", {str("hello"), n(0), n(2)}, "he"},
      {"SUBSTRING", {str("hello"), n(1), n(2)}, "he"},
      {"SUBSTRING", {str("hello"), n(-3), n(2)}, "ll"},
      {"SUBSTRING", {str("hello"), n(-9), n(2)}, ""},
      {"SUBSTRING", {str("hello"), n(9)}, ""},
      {"SUBSTRING", {str("hello"), n(2), n(-1)}, "NULL"},
      {"SUBSTRING", {str("hello"), n(2), big(INT64_MAX)}, "ello"},
      {"SUBSTRING", {str("h\xC3\xA9llo"), n(2), n(2)}, "\xC3\xA9l"},
      {"LEFT", {str("h\xC3\xA9llo"), n(2)}, "h\xC3\xA9"},
      {"LEFT", {str("hello"), n(-1)}, ""},
      {"RIGHT", {str("h\xC3\xA9llo"), n(4)}, "\xC3\xA9llo"},
      {"RIGHT", {str("ab"), n(9)}, "ab"},
      {"SPLIT_INDEX", {str("a,b,,c"), str(","), n(0)}, "a"},
      {"SPLIT_INDEX", {str("a,b,,c"), str(","), n(2)}, ""},
      {"SPLIT_INDEX", {str("a,b,,c"), str(","), n(3)}, "c"},
      {"SPLIT_INDEX", {str("a,b,,c"), str(","), n(4)}, "NULL"},
      {"SPLIT_INDEX", {str("a,b"), str(","), n(-1)}, "NULL"},
  });
  check({{"TRIM", {str("LEADING"), str("x"), str("xxax")}, "ax"},
         {"TRIM", {str("TRAILING"), str("x"), str("xxax")}, "xxa"},
         {"TRIM", {str("BOTH"), str("\xC3\xA9"), str("\xC3\xA9z\xC3\xA9")}, "z"}},
        1);
}

TEST_CASE("strings: joining, padding, replacing") {
  check({
      {"||", {str("a"), str("b")}, "ab"},
      {"||", {str("a"), make_null()}, "NULL"},
      {"CONCAT", {str("a"), str("b"), str("c")}, "abc"},
      {"CONCAT", {str("a"), make_null()}, "NULL"},
      {"CONCAT_WS", {str("-"), str("a"), make_null(), str("c")}, "a-c"},
      {"CONCAT_WS", {make_null(), str("a"), str("b")}, "NULL"},
      {"LPAD", {str("7"), n(3), str("0")}, "007"},
      {"LPAD", {str("hello"), n(2), str("0")}, "he"},
      {"RPAD", {str("a"), n(4), str("xy")}, "axyx"},
      {"RPAD", {str("a"), n(-1), str("xy")}, "NULL"},
      {"RPAD", {str("a"), n(3), str("")}, "NULL"},
      {"REPEAT", {str("ab"), n(3)}, "ababab"},
      {"REPEAT", {str("ab"), n(-3)}, ""},
      {"REPEAT",
       {str("ab"), n(2000000000)},
       "error: REPEAT would make a text of more than 67108864 bytes"},
      {"REPLACE", {str("banana"), str("an"), str("-")}, "b--a"},
      {"REPLACE", {str("abc"), str("x"), str("y")}, "abc"},
      {"REPLACE", {str("ab"), str(""), str("-")}, "-a-b-"},
      {"TO_BASE64", {str("hello")}, "aGVsbG8="},
      {"FROM_BASE64", {str("aGVsbG8=")}, "hello"},
      {"FROM_BASE64", {str("aGk")}, "hi"},
      {"FROM_BASE64", {str("a%bc")}, "error: Illegal base64 character 25"},
      {"FROM_BASE64", {str("aGk=x")}, "error: Input byte array has incorrect ending byte at 4"},
  });
}

TEST_CASE("strings: lengths and positions count code points") {
  check({
      {"CHAR_LENGTH", {str("h\xC3\xA9\xF0\x9F\x98\x80")}, "3"},
      {"POSITION", {str("l"), str("h\xC3\xA9llo")}, "3"},
      {"POSITION", {str("x"), str("hello")}, "0"},
      {"LOCATE", {str("l"), str("hello"), n(4)}, "4"},
      {"INSTR", {str("hello"), str("lo")}, "4"},
      {"ASCII", {str("A")}, "65"},
      {"ASCII", {str("")}, "0"},
      {"CHR", {n(65)}, "A"},
  });
}
