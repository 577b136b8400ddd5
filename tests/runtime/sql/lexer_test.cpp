#include "runtime/sql/lexer.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using sql::TokenKind;

namespace {

std::vector<sql::Token> lex(const std::string& text) {
  const auto script = sql::fill_properties(text);
  REQUIRE(script.has_value());
  const auto tokens = sql::tokenize(script.value());
  if (!tokens) FAIL(tokens.error().message());
  return tokens.value();
}

std::string fault(const std::string& text) {
  const auto script = sql::fill_properties(text);
  REQUIRE(script.has_value());
  const auto tokens = sql::tokenize(script.value());
  return tokens ? "none" : tokens.error().message();
}

}  // namespace

TEST_CASE("words, names, strings and numbers are told apart") {
  const auto tokens = lex("Select `a``b`, 'it''s' || 1.5e3 <> .5 $$T");
  const std::vector<std::pair<TokenKind, std::string>> expected = {
      {TokenKind::word, "Select"}, {TokenKind::quoted_name, "a`b"}, {TokenKind::symbol, ","},
      {TokenKind::string, "it's"}, {TokenKind::symbol, "||"},       {TokenKind::number, "1.5e3"},
      {TokenKind::symbol, "<>"},   {TokenKind::number, ".5"},       {TokenKind::word, "$$T"},
      {TokenKind::end, ""}};
  REQUIRE(tokens.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CAPTURE(i);
    CHECK(tokens[i].kind == expected[i].first);
    CHECK(tokens[i].text == expected[i].second);
  }
  CHECK(tokens[0].upper == "SELECT");
}

TEST_CASE("a token knows its first and last column, counted in code points") {
  const auto tokens = lex("'\xC3\xA4\xC3\xB6' abc\n  de");
  CHECK(tokens[0].where == sql::Span{{1, 1}, {1, 4}});
  CHECK(tokens[1].where == sql::Span{{1, 6}, {1, 8}});
  CHECK(tokens[2].where == sql::Span{{2, 3}, {2, 4}});
}

TEST_CASE("comments vanish, a hint does not") {
  const auto tokens = lex("a -- b 'c\n /* d\n ' */ e /*+ OPTIONS('x'='y') */ f");
  REQUIRE(tokens.size() == 5);
  CHECK(tokens[1].text == "e");
  CHECK(tokens[1].where.from == sql::Position{3, 7});
  CHECK(tokens[2].kind == TokenKind::hint);
  CHECK(tokens[3].text == "f");
}

TEST_CASE("what cannot be read is an error with its place") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"a\n 'b", "2:2: SQL parse failed. A string that starts at line 2, column 2 has no end."},
      {"`b", "1:1: SQL parse failed. A quoted name that starts at line 1, column 1 has no end."},
      {"``", "1:1: SQL parse failed. A quoted name is empty."},
      {"/* x", "1:1: SQL parse failed. A comment that starts here has no end."},
      {"12ab", "1:3: SQL parse failed. Encountered \"a\" in the number 12 at line 1, column 3."},
  };
  for (const auto& [text, message] : cases) {
    CAPTURE(text);
    CHECK(fault(text) == message);
  }
  CHECK(fault("SELECT \"a\"").find("1:8: SQL parse failed. Lexical error at line 1, column 8") ==
        0);
}

TEST_CASE("every byte string is either lexed or refused") {
  // Walks all one- and two-byte scripts: none may crash or hang.
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      const std::string text = {static_cast<char>(a), static_cast<char>(b)};
      const auto script = sql::fill_properties(text);
      if (!script) continue;
      const auto tokens = sql::tokenize(script.value());
      if (tokens) CHECK(tokens.value().back().kind == TokenKind::end);
    }
  }
}
