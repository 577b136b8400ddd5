// What may stand behind a call: FILTER, OVER; and ORDER BY.
#include "runtime/sql/token_stream.hpp"

namespace millrace::sql {

// ORDER BY a DESC NULLS LAST, b
Result<std::vector<OrderItem>> Parser::order_by() {
  std::vector<OrderItem> items;
  BOOST_OUTCOME_TRY(expect_word("ORDER"));
  BOOST_OUTCOME_TRY(expect_word("BY"));
  do {
    OrderItem item;
    const Position from = here();
    BOOST_OUTCOME_TRY(auto value, expression());
    item.expression = std::move(value);
    item.descending = accept_word("DESC");
    if (!item.descending) accept_word("ASC");
    if (accept_word("NULLS")) {
      item.nulls_first = accept_word("FIRST");
      if (!*item.nulls_first) {
        BOOST_OUTCOME_TRY(expect_word("LAST"));
      }
    }
    item.where = since(from);
    items.push_back(std::move(item));
  } while (accept_symbol(","));
  return items;
}

Result<FrameBound> Parser::frame_bound() {
  FrameBound bound;
  if (accept_words({"CURRENT", "ROW"})) return bound;
  const bool unbounded = accept_word("UNBOUNDED");
  if (!unbounded) {
    BOOST_OUTCOME_TRY(auto amount, operand_of_in());
    bound.amount = std::move(amount);
  }
  if (accept_word("PRECEDING")) {
    bound.kind = unbounded ? FrameBound::Kind::unbounded_preceding : FrameBound::Kind::preceding;
    return bound;
  }
  BOOST_OUTCOME_TRY(expect_word("FOLLOWING"));
  bound.kind = unbounded ? FrameBound::Kind::unbounded_following : FrameBound::Kind::following;
  return bound;
}

// (PARTITION BY a ORDER BY b ROWS BETWEEN 2 PRECEDING AND CURRENT ROW)
Result<WindowSpec> Parser::window_spec() {
  WindowSpec spec;
  const Position from = here();
  BOOST_OUTCOME_TRY(expect_symbol("("));
  if (accept_words({"PARTITION", "BY"})) {
    do {
      BOOST_OUTCOME_TRY(auto key, expression());
      spec.partition_by.push_back(std::move(key));
    } while (accept_symbol(","));
  }
  if (peek().is_word("ORDER")) {
    BOOST_OUTCOME_TRY(auto items, order_by());
    spec.order_by = std::move(items);
  }
  if (peek().is_word("ROWS") || peek().is_word("RANGE")) {
    spec.framed = true;
    spec.rows = take().upper == "ROWS";
    const bool between = accept_word("BETWEEN");
    BOOST_OUTCOME_TRY(auto first, frame_bound());
    spec.from = std::move(first);
    if (between) {
      BOOST_OUTCOME_TRY(expect_word("AND"));
      BOOST_OUTCOME_TRY(auto last_bound, frame_bound());
      spec.to = std::move(last_bound);
    }
  }
  BOOST_OUTCOME_TRY(expect_symbol(")"));
  spec.where = since(from);
  return spec;
}

// IGNORE NULLS, RESPECT NULLS.
Status Parser::null_treatment(Expression& call) {
  if (!at_words({"IGNORE", "NULLS"}) && !at_words({"RESPECT", "NULLS"})) return base::success();
  if (call.name != "ARRAY_AGG") return not_served(here(), peek().upper + " NULLS");
  call.ignore_nulls = take().upper == "IGNORE";
  take();
  return base::success();
}

// FILTER (WHERE ...) and OVER behind a call's parentheses.
Status Parser::call_suffix(Expression& call) {
  if (peek().is_word("WITHIN")) return not_served(here(), "WITHIN");
  BOOST_OUTCOME_TRY(null_treatment(call));
  if (accept_word("FILTER")) {
    BOOST_OUTCOME_TRY(expect_symbol("("));
    BOOST_OUTCOME_TRY(expect_word("WHERE"));
    BOOST_OUTCOME_TRY(auto condition, expression());
    call.filter = std::move(condition);
    BOOST_OUTCOME_TRY(expect_symbol(")"));
  }
  if (accept_word("OVER")) {
    WindowSpec spec;
    if (peek().is_symbol("(")) {
      BOOST_OUTCOME_TRY(auto written, window_spec());
      spec = std::move(written);
    } else {
      BOOST_OUTCOME_TRY(auto name, identifier("a window"));
      spec.where = name.where;
      spec.name = std::move(name);
    }
    call.over = std::make_shared<const WindowSpec>(std::move(spec));
    call.where.to = last();
  }
  return base::success();
}

}  // namespace millrace::sql
