// MATCH_RECOGNIZE (...), behind a table in FROM.
#include "runtime/sql/token_stream.hpp"

namespace millrace::sql {

// A, A*, A+?, A{2,5}
Result<PatternItem> Parser::pattern_item() {
  PatternItem item;
  if (peek().is_word("PERMUTE")) {
    return plain_error(here(), "Currently, CEP doesn't support PERMUTE patterns.");
  }
  if (peek().is_symbol("(")) {
    return plain_error(here(), "Currently, CEP doesn't support group patterns.");
  }
  if (peek().is_symbol("{")) {
    return plain_error(here(), "Currently, CEP doesn't support exclusion patterns.");
  }
  BOOST_OUTCOME_TRY(auto name, identifier("a pattern variable"));
  item.variable = std::move(name);
  const auto number = [&](std::int64_t fallback) -> Result<std::int64_t> {
    if (peek().kind != TokenKind::number) return fallback;
    BOOST_OUTCOME_TRY(const int value, integer("a number"));
    return std::int64_t{value};
  };
  item.quantified = true;
  if (accept_symbol("*")) {
    item.least = 0;
    item.most = -1;
  } else if (accept_symbol("+")) {
    item.most = -1;
  } else if (accept_symbol("?")) {
    item.least = 0;
  } else if (accept_symbol("{")) {
    if (peek().is_symbol("-")) return unexpected("a number");
    BOOST_OUTCOME_TRY(const auto least, number(0));
    item.least = least;
    item.most = least;
    if (accept_symbol(",")) {
      BOOST_OUTCOME_TRY(const auto most, number(-1));
      item.most = most;
    }
    BOOST_OUTCOME_TRY(expect_symbol("}"));
  } else {
    item.quantified = false;
  }
  if (item.quantified && accept_symbol("?")) item.greedy = false;
  return item;
}

Result<MatchRecognize> Parser::match_recognize() {
  MatchRecognize out;
  const Position from = here();
  BOOST_OUTCOME_TRY(expect_word("MATCH_RECOGNIZE"));
  BOOST_OUTCOME_TRY(expect_symbol("("));
  if (accept_words({"PARTITION", "BY"})) {
    do {
      BOOST_OUTCOME_TRY(auto key, expression());
      out.partition_by.push_back(std::move(key));
    } while (accept_symbol(","));
  }
  if (peek().is_word("ORDER")) {
    BOOST_OUTCOME_TRY(auto items, order_by());
    out.order_by = std::move(items);
  }
  if (accept_word("MEASURES")) {
    do {
      SelectItem item;
      BOOST_OUTCOME_TRY(auto value, expression());
      item.expression = std::move(value);
      BOOST_OUTCOME_TRY(expect_word("AS"));
      BOOST_OUTCOME_TRY(auto alias, identifier("a column"));
      item.alias = std::move(alias);
      out.measures.push_back(std::move(item));
    } while (accept_symbol(","));
  }
  if (accept_words({"ONE", "ROW"})) {
    BOOST_OUTCOME_TRY(expect_word("PER"));
    BOOST_OUTCOME_TRY(expect_word("MATCH"));
  } else if (at_words({"ALL", "ROWS", "PER", "MATCH"})) {
    return plain_error(here(), "All rows per match mode is not supported yet.");
  }
  if (accept_words({"AFTER", "MATCH"})) {
    BOOST_OUTCOME_TRY(expect_word("SKIP"));
    using Skip = MatchRecognize::Skip;
    if (accept_words({"PAST", "LAST", "ROW"})) {
      out.skip = Skip::past_last_row;
    } else if (accept_words({"TO", "NEXT", "ROW"})) {
      out.skip = Skip::to_next_row;
    } else {
      BOOST_OUTCOME_TRY(expect_word("TO"));
      out.skip = Skip::to_last;
      if (accept_word("FIRST")) {
        out.skip = Skip::to_first;
      } else {
        accept_word("LAST");
      }
      BOOST_OUTCOME_TRY(auto name, identifier("a pattern variable"));
      out.skip_to = std::move(name);
    }
  }
  BOOST_OUTCOME_TRY(expect_word("PATTERN"));
  BOOST_OUTCOME_TRY(expect_symbol("("));
  while (!accept_symbol(")")) {
    BOOST_OUTCOME_TRY(auto item, pattern_item());
    out.pattern.push_back(std::move(item));
    if (peek().is_symbol("|")) {
      return plain_error(here(), "Currently, CEP doesn't support branching patterns.");
    }
  }
  if (out.pattern.empty()) return unexpected("name of a pattern variable");
  if (accept_word("WITHIN")) {
    BOOST_OUTCOME_TRY(auto limit, expression());
    out.within = std::move(limit);
  }
  if (peek().is_word("SUBSET")) {
    return plain_error(here(), "Subset patterns are not supported yet.");
  }
  BOOST_OUTCOME_TRY(expect_word("DEFINE"));
  do {
    BOOST_OUTCOME_TRY(auto name, identifier("a pattern variable"));
    BOOST_OUTCOME_TRY(expect_word("AS"));
    BOOST_OUTCOME_TRY(auto condition, expression());
    out.define.emplace_back(std::move(name), std::move(condition));
  } while (accept_symbol(","));
  BOOST_OUTCOME_TRY(expect_symbol(")"));
  out.where = since(from);
  return out;
}

}  // namespace millrace::sql
