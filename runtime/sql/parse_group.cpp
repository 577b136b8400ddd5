// GROUP BY: expressions, and sets of them.
#include "runtime/sql/token_stream.hpp"

namespace millrace::sql {

namespace {

// More sets than this are refused: CUBE doubles them with every column.
constexpr std::size_t max_sets = 4096;

}  // namespace

// (a, b), a or ()
Result<std::vector<std::size_t>> Parser::group_set(Select& select) {
  std::vector<std::size_t> set;
  const auto one = [&]() -> Status {
    BOOST_OUTCOME_TRY(auto key, expression());
    set.push_back(select.group_by.size());
    select.group_by.push_back(std::move(key));
    return base::success();
  };
  if (peek().is_symbol("(")) {
    // A parenthesis may open an expression, too: then a comma or the end of the set does not
    // follow.
    const std::size_t back = at_;
    take();
    if (accept_symbol(")")) return set;
    do {
      BOOST_OUTCOME_TRY(one());
    } while (accept_symbol(","));
    BOOST_OUTCOME_TRY(expect_symbol(")"));
    if (peek().is_symbol(",") || peek().is_symbol(")") || peek().kind != TokenKind::symbol) {
      return set;
    }
    at_ = back;
    select.group_by.resize(select.group_by.size() - set.size());
    set.clear();
  }
  BOOST_OUTCOME_TRY(one());
  return set;
}

Result<Parser::GroupSets> Parser::group_item(Select& select) {
  const Deeper deeper(depth_);
  BOOST_OUTCOME_TRY(check_depth());
  GroupSets sets;
  const Position from = here();
  if (accept_words({"GROUPING", "SETS"})) {
    BOOST_OUTCOME_TRY(expect_symbol("("));
    do {
      BOOST_OUTCOME_TRY(auto inner, group_item(select));
      sets.insert(sets.end(), inner.begin(), inner.end());
    } while (accept_symbol(","));
    BOOST_OUTCOME_TRY(expect_symbol(")"));
    return sets;
  }
  const bool cube = peek().is_word("CUBE");
  if ((cube || peek().is_word("ROLLUP")) && peek(1).is_symbol("(")) {
    take();
    take();
    GroupSets parts;
    do {
      BOOST_OUTCOME_TRY(auto part, group_set(select));
      parts.push_back(std::move(part));
    } while (accept_symbol(","));
    BOOST_OUTCOME_TRY(expect_symbol(")"));
    if (cube && parts.size() > 12) return parse_error(from, "CUBE of more than 12 items.");
    const std::size_t count = cube ? std::size_t{1} << parts.size() : parts.size() + 1;
    for (std::size_t i = 0; i < count; ++i) {
      std::vector<std::size_t> set;
      for (std::size_t part = 0; part < parts.size(); ++part) {
        // The fullest set first.
        const bool kept =
            cube ? (i >> (parts.size() - 1 - part) & 1) == 0 : part < parts.size() - i;
        if (kept) set.insert(set.end(), parts[part].begin(), parts[part].end());
      }
      sets.push_back(std::move(set));
    }
    return sets;
  }
  BOOST_OUTCOME_TRY(auto set, group_set(select));
  sets.push_back(std::move(set));
  return sets;
}

Status Parser::group_by(Select& select) {
  select.grouped = true;
  const Position from = here();
  GroupSets product = {{}};
  do {
    BOOST_OUTCOME_TRY(const auto sets, group_item(select));
    GroupSets next;
    for (const auto& left : product) {
      for (const auto& right : sets) {
        next.push_back(left);
        next.back().insert(next.back().end(), right.begin(), right.end());
      }
    }
    if (next.size() > max_sets) {
      return parse_error(from, "GROUP BY of more than " + std::to_string(max_sets) + " sets.");
    }
    product = std::move(next);
  } while (accept_symbol(","));
  if (product.size() > 1) select.group_sets = std::move(product);
  return base::success();
}

}  // namespace millrace::sql
