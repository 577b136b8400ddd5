// FROM: tables, joins, table functions.
#include "runtime/sql/token_stream.hpp"

namespace millrace::sql {

// a, b JOIN c ON ...: the comma binds less than JOIN.
Result<TableReference> Parser::from_clause() {
  const Position from = here();
  BOOST_OUTCOME_TRY(auto left, joined_table());
  int chain = 0;
  while (accept_symbol(",")) {
    if (++chain > max_depth) return parse_error(here(), "Too many tables in FROM.");
    BOOST_OUTCOME_TRY(auto right, joined_table());
    TableReference both;
    both.kind = TableReference::Kind::join;
    both.join = TableReference::Join::cross;
    both.left = std::make_unique<TableReference>(std::move(left));
    both.right = std::make_unique<TableReference>(std::move(right));
    both.where = since(from);
    left = std::move(both);
  }
  return left;
}

Result<TableReference> Parser::joined_table() {
  using Join = TableReference::Join;
  const Position from = here();
  BOOST_OUTCOME_TRY(auto left, table_reference());
  for (int chain = 0;; ++chain) {
    if (chain > max_depth) return parse_error(here(), "Too many tables in FROM.");
    TableReference both;
    both.natural = accept_word("NATURAL");
    if (accept_word("CROSS")) {
      both.join = Join::cross;
    } else if (accept_word("INNER")) {
      both.join = Join::inner;
    } else if (peek().is_word("LEFT") || peek().is_word("RIGHT") || peek().is_word("FULL")) {
      const std::string side = take().upper;
      both.join = side == "LEFT" ? Join::left : side == "RIGHT" ? Join::right : Join::full;
      accept_word("OUTER");
    } else if (!peek().is_word("JOIN")) {
      return left;
    }
    BOOST_OUTCOME_TRY(expect_word("JOIN"));
    BOOST_OUTCOME_TRY(auto right, table_reference());
    if (both.join != Join::cross && !both.natural) {
      if (accept_word("USING")) {
        BOOST_OUTCOME_TRY(auto columns, identifier_list());
        both.same = std::move(columns);
      } else {
        BOOST_OUTCOME_TRY(expect_word("ON"));
        BOOST_OUTCOME_TRY(auto condition, expression());
        both.condition = std::move(condition);
      }
    }
    both.kind = TableReference::Kind::join;
    both.left = std::make_unique<TableReference>(std::move(left));
    both.right = std::make_unique<TableReference>(std::move(right));
    both.where = since(from);
    left = std::move(both);
  }
}

Result<TableReference> Parser::table_reference() {
  TableReference out;
  const Position from = here();
  out.lateral = accept_word("LATERAL");
  if (out.lateral && !peek().is_symbol("(") && !peek().is_word("TABLE") &&
      !peek().is_word("UNNEST")) {
    return unexpected("\"TABLE\", \"UNNEST\" or \"(\"");
  }
  if (peek().is_word("UNNEST") && peek(1).is_symbol("(")) {
    out.kind = TableReference::Kind::unnest;
    auto call = make_node(Expression::Kind::call, take().where, "UNNEST");
    take();
    do {
      BOOST_OUTCOME_TRY(auto value, expression());
      call->arguments.push_back(std::move(value));
    } while (accept_symbol(","));
    BOOST_OUTCOME_TRY(expect_symbol(")"));
    call->where.to = last();
    out.function = std::move(call);
    out.ordinality = accept_words({"WITH", "ORDINALITY"});
  } else if (at_words({"TABLE"}) && peek(1).is_symbol("(")) {
    take();
    take();
    out.kind = TableReference::Kind::function;
    BOOST_OUTCOME_TRY(auto function, table_function());
    out.function = std::move(function);
    BOOST_OUTCOME_TRY(expect_symbol(")"));
  } else if (accept_symbol("(")) {
    out.kind = TableReference::Kind::query;
    BOOST_OUTCOME_TRY(auto body, query_pointer());
    out.query = std::move(body);
    BOOST_OUTCOME_TRY(expect_symbol(")"));
  } else if (at_name() && peek(1).is_symbol("(")) {
    out.kind = TableReference::Kind::function;
    BOOST_OUTCOME_TRY(auto function, table_function());
    out.function = std::move(function);
  } else {
    BOOST_OUTCOME_TRY(auto name, qualified_name("a table"));
    out.table = std::move(name);
  }
  out.where = since(from);
  BOOST_OUTCOME_TRY(auto of_table, hints());
  out.hints = std::move(of_table);
  if (accept_words({"FOR", "SYSTEM_TIME", "AS", "OF"})) {
    BOOST_OUTCOME_TRY(auto time, operand_of_in());
    out.as_of = std::move(time);
  }
  if (peek().is_word("TABLESAMPLE")) return not_served(here(), "TABLESAMPLE");
  BOOST_OUTCOME_TRY(alias_of(out));
  if (peek().is_word("MATCH_RECOGNIZE")) {
    TableReference matched;
    matched.kind = TableReference::Kind::match;
    BOOST_OUTCOME_TRY(auto match, match_recognize());
    matched.match = std::make_shared<const MatchRecognize>(std::move(match));
    matched.left = std::make_unique<TableReference>(std::move(out));
    matched.where = since(from);
    BOOST_OUTCOME_TRY(alias_of(matched));
    return matched;
  }
  return out;
}

// [AS] name [(a, b)]
Status Parser::alias_of(TableReference& table) {
  const bool as = accept_word("AS");
  if (!as && !at_name()) return base::success();
  BOOST_OUTCOME_TRY(auto alias, identifier("a table"));
  table.alias = std::move(alias);
  if (peek().is_symbol("(")) {
    BOOST_OUTCOME_TRY(auto columns, identifier_list());
    table.alias_columns = std::move(columns);
  }
  return base::success();
}

// TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE), arguments by place or by name.
Result<ExpressionPtr> Parser::table_function() {
  auto call = std::make_unique<Expression>();
  call->kind = Expression::Kind::call;
  const Token& name = peek();
  const bool session_or_name = at_name();
  if (!session_or_name) return unexpected("name of a table function");
  call->name = name.kind == TokenKind::word ? name.upper : name.text;
  call->name_where = name.where;
  call->path.push_back({name.text.empty() ? name.upper : std::string(name.text), name.where});
  const Position from = here();
  take();
  BOOST_OUTCOME_TRY(expect_symbol("("));
  if (!accept_symbol(")")) {
    do {
      std::optional<Identifier> argument_name;
      const Position argument_from = here();
      // OFFSET is reserved, and yet an argument's name; quoted or not.
      if ((peek().kind == TokenKind::word || peek().kind == TokenKind::quoted_name) &&
          peek(1).is_symbol("=>")) {
        argument_name =
            Identifier{peek().kind == TokenKind::word ? peek().upper : peek().text, peek().where};
        take();
        take();
      }
      BOOST_OUTCOME_TRY(auto value, table_argument());
      if (argument_name) {
        auto named = std::make_unique<Expression>();
        named->kind = Expression::Kind::named_argument;
        named->name = argument_name->text;
        named->name_where = argument_name->where;
        named->where = since(argument_from);
        named->arguments.push_back(std::move(value));
        value = std::move(named);
      }
      call->arguments.push_back(std::move(value));
    } while (accept_symbol(","));
    BOOST_OUTCOME_TRY(expect_symbol(")"));
  }
  call->where = since(from);
  return call;
}

// TABLE t [PARTITION BY a, b], DESCRIPTOR(ts), or an expression.
Result<ExpressionPtr> Parser::table_argument() {
  const Position from = here();
  if (accept_word("TABLE")) {
    auto value = make_node(Expression::Kind::table_argument, {from, from});
    if (peek().is_symbol("(")) return not_served(here(), "a query as a table argument");
    BOOST_OUTCOME_TRY(auto table, qualified_name("a table"));
    value->path = std::move(table.parts);
    value->where = since(from);
    if (accept_words({"PARTITION", "BY"})) {
      if (peek().is_symbol("(")) {
        BOOST_OUTCOME_TRY(auto columns, identifier_list());
        value->partition_by = std::move(columns);
      } else {
        // Inside an argument list a comma may also begin the next argument.
        do {
          BOOST_OUTCOME_TRY(auto column, identifier("a column"));
          value->partition_by.push_back(std::move(column));
        } while (peek().is_symbol(",") && peek(1).kind != TokenKind::end &&
                 (peek(2).is_symbol(",") || peek(2).is_symbol(")")) &&
                 !peek(1).is_word("DESCRIPTOR") && accept_symbol(","));
      }
    }
    return value;
  }
  if (peek().is_symbol("(") &&
      (peek(1).is_word("SELECT") || peek(1).is_word("TABLE") || peek(1).is_word("WITH"))) {
    return not_served(here(), "a query as a table argument");
  }
  if (accept_word("DESCRIPTOR")) {
    auto value = make_node(Expression::Kind::descriptor, {from, from});
    BOOST_OUTCOME_TRY(auto columns, identifier_list());
    value->path = std::move(columns);
    value->where = since(from);
    return value;
  }
  return expression();
}

}  // namespace millrace::sql
