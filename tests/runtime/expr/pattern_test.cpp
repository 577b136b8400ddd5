#include "runtime/expr/regex.hpp"
#include "tests/runtime/expr/expr_support.hpp"

using namespace millrace::expr;

TEST_CASE("patterns: LIKE") {
  struct Case {
    const char *text, *pattern, *result;
  };
  const Case cases[] = {
      {"hello", "he%", "TRUE"},
      {"hello", "%l%o", "TRUE"},
      {"hello", "h_llo", "TRUE"},
      {"hello", "h__lo", "TRUE"},
      {"hello", "hell", "FALSE"},
      {"hello", "%", "TRUE"},
      {"", "%", "TRUE"},
      {"", "", "TRUE"},
      {"", "_", "FALSE"},
      {"a%b", "a%b", "TRUE"},
      {"h\xC3\xA9llo", "h_llo", "TRUE"},
      {"abab", "%ab", "TRUE"},
      {"Hello", "he%", "FALSE"},
      {"a.c", "a.c", "TRUE"},
      {"abc", "a.c", "FALSE"},
      {"mississippi", "%iss%ip%", "TRUE"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CAPTURE(c.pattern);
    CHECK(compute("LIKE", {str(c.text), str(c.pattern)}) == c.result);
  }
  CHECK(compute("LIKE", {str("a%b"), str("a!%b"), str("!")}, 4) == "TRUE");
  CHECK(compute("LIKE", {str("axb"), str("a!%b"), str("!")}, 4) == "FALSE");
  CHECK(compute("LIKE", {str("axb"), str("a!x"), str("!")}, 4) ==
        "error: Invalid escape sequence 'a!x'");
  CHECK(compute("NOT LIKE", {str("abc"), str("a%")}) == "FALSE");
  // A pattern that makes naive matchers exponential.
  CHECK(compute("LIKE", {str(std::string(5000, 'a')), str("%a%a%a%a%a%a%a%a%b")}) == "FALSE");
}

TEST_CASE("patterns: regular expressions") {
  const auto n = [](int value) { return make_int(value); };
  CHECK(compute("REGEXP_EXTRACT", {str("foothebar"), str("foo(.*?)(bar)"), n(2)}) == "bar");
  CHECK(compute("REGEXP_EXTRACT", {str("foothebar"), str("foo(.*?)(bar)")}) == "foothebar");
  CHECK(compute("REGEXP_EXTRACT", {str("foothebar"), str("foo(.*?)(bar)"), n(3)}) == "NULL");
  CHECK(compute("REGEXP_EXTRACT", {str("x"), str("foo")}) == "NULL");
  CHECK(compute("REGEXP_EXTRACT", {str("x"), str("(")}) == "NULL");
  CHECK(compute("REGEXP_REPLACE", {str("a1b22"), str("[0-9]+"), str("#")}) == "a#b#");
  CHECK(compute("REGEXP_REPLACE", {str("ab"), str(""), str("-")}) == "-a-b-");
  CHECK(compute("REGEXP_REPLACE", {str("ab"), str("x*"), str("$1")}) == "$1a$1b$1");
  CHECK(compute("REGEXP", {str("hello"), str("l+")}) == "TRUE");
  CHECK(compute("REGEXP", {str("hello"), str("")}) == "FALSE");
  CHECK(compute("REGEXP", {str("hello"), str("(")}) == "FALSE");
  CHECK(compute("REGEXP", {str("hello"), str("(?=x)")}) == "FALSE");
  CHECK(compute("REGEXP", {str("\xFF\xFE"), str("a")}) == "FALSE");
  // Catastrophic backtracking ends at the limit.
  CHECK(compute("REGEXP", {str(std::string(200, 'a') + "b"), str("(a*)*c")}) == "FALSE");
}

TEST_CASE("patterns: the cache forgets rather than grows") {
  RegexCache cache;
  for (int i = 0; i < 1000; ++i) REQUIRE(cache.find("a" + std::to_string(i)) != nullptr);
  CHECK(cache.find("a1")->find("xxa1"));
  CHECK(cache.find("(") == nullptr);
  CHECK_FALSE(cache.error().empty());
}
