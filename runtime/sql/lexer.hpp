// Script text to tokens.
//
//   BOOST_OUTCOME_TRY(auto tokens, tokenize(script));
//
// Comments (-- and /* */) vanish; a hint (/*+ ... */) is a token, since it changes what a query
// does.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/sql/error.hpp"
#include "runtime/sql/properties.hpp"

namespace millrace::sql {

enum class TokenKind {
  // A bare word: keyword or name. `text` is as written, `upper` in capitals (ASCII).
  word,
  // `name` in backticks; `text` without them, doubled backticks made one.
  quoted_name,
  // 'text'; doubled quotes made one.
  string,
  // Digits with at most one point and an exponent; `text` as written.
  number,
  // x'0A'; `text` holds the digits.
  bytes,
  // Operators and punctuation.
  symbol,
  // /*+ ... */; `text` is what stands between.
  hint,
  // Always the last token.
  end,
};

struct Token {
  TokenKind kind = TokenKind::end;
  std::string text;
  std::string upper;
  Span where;
  // Bytes of the script: the first, and the one behind the last.
  std::size_t begin = 0;
  std::size_t end = 0;

  [[nodiscard]] bool is_word(std::string_view keyword) const {
    return kind == TokenKind::word && upper == keyword;
  }
  [[nodiscard]] bool is_symbol(std::string_view symbol) const {
    return kind == TokenKind::symbol && text == symbol;
  }
};

// Errors carry the position of the character that could not be read, or of the opening quote.
Result<std::vector<Token>> tokenize(const Script& script);

}  // namespace millrace::sql
