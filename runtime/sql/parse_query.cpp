#include "runtime/sql/token_stream.hpp"

namespace millrace::sql {

Result<QueryPtr> Parser::query_pointer() {
  BOOST_OUTCOME_TRY(auto parsed, query());
  return std::make_unique<Query>(std::move(parsed));
}

Result<Query> Parser::query() {
  const Deeper deeper(depth_);
  BOOST_OUTCOME_TRY(check_depth());
  const Position from = here();
  Query out;
  if (accept_word("WITH")) {
    do {
      CommonTable table;
      BOOST_OUTCOME_TRY(auto name, identifier("a common table"));
      table.name = std::move(name);
      if (peek().is_symbol("(")) {
        BOOST_OUTCOME_TRY(auto columns, identifier_list());
        table.columns = std::move(columns);
      }
      BOOST_OUTCOME_TRY(expect_word("AS"));
      BOOST_OUTCOME_TRY(expect_symbol("("));
      BOOST_OUTCOME_TRY(auto body, query());
      table.query = std::make_shared<const Query>(std::move(body));
      BOOST_OUTCOME_TRY(expect_symbol(")"));
      out.with.push_back(std::move(table));
    } while (accept_symbol(","));
  }
  if (peek().is_symbol("(")) {
    // A query in parentheses is the query, unless a set operation follows.
    take();
    BOOST_OUTCOME_TRY(auto inner, query());
    BOOST_OUTCOME_TRY(expect_symbol(")"));
    if (out.with.empty()) {
      out = std::move(inner);
    } else if (inner.with.empty()) {
      out.body = std::move(inner.body);
    } else {
      return not_served(from, "WITH inside WITH's parentheses");
    }
  } else if (peek().is_word("VALUES")) {
    BOOST_OUTCOME_TRY(auto rows, values());
    out.body = std::move(rows);
  } else if (peek().is_word("SELECT")) {
    BOOST_OUTCOME_TRY(auto block, select());
    out.body = std::move(block);
  } else {
    return unexpected("\"SELECT\", \"WITH\" or \"VALUES\"");
  }
  BOOST_OUTCOME_TRY(refuse_query_tail());
  out.where = since(from);
  return out;
}

Status Parser::refuse_query_tail() {
  for (const auto* word : {"UNION", "INTERSECT", "EXCEPT", "MINUS", "LIMIT", "OFFSET", "FETCH"}) {
    if (peek().is_word(word)) return not_served(here(), word);
  }
  if (at_words({"ORDER", "BY"})) return not_served(here(), "ORDER BY");
  return base::success();
}

Result<Values> Parser::values() {
  Values out;
  BOOST_OUTCOME_TRY(expect_word("VALUES"));
  do {
    std::vector<ExpressionPtr> row;
    accept_word("ROW");
    if (accept_symbol("(")) {
      do {
        BOOST_OUTCOME_TRY(auto value, expression());
        row.push_back(std::move(value));
      } while (accept_symbol(","));
      BOOST_OUTCOME_TRY(expect_symbol(")"));
    } else {
      BOOST_OUTCOME_TRY(auto value, expression());
      row.push_back(std::move(value));
    }
    out.rows.push_back(std::move(row));
  } while (accept_symbol(","));
  return out;
}

Result<Select> Parser::select() {
  Select out;
  const Position from = here();
  BOOST_OUTCOME_TRY(expect_word("SELECT"));
  if (peek().kind == TokenKind::hint) return not_served(here(), "a hint");
  if (peek().is_word("STREAM")) return not_served(here(), "SELECT STREAM");
  if (peek().is_word("DISTINCT")) return not_served(here(), "SELECT DISTINCT");
  accept_word("ALL");
  do {
    SelectItem item;
    if (peek().is_symbol("*")) {
      item.expression = std::make_unique<Expression>();
      item.expression->kind = Expression::Kind::star;
      item.expression->where = take().where;
    } else {
      BOOST_OUTCOME_TRY(auto value, expression());
      item.expression = std::move(value);
      if (accept_word("AS")) {
        BOOST_OUTCOME_TRY(auto alias, identifier("a column"));
        item.alias = std::move(alias);
      } else if (at_name()) {
        BOOST_OUTCOME_TRY(auto alias, identifier("a column"));
        item.alias = std::move(alias);
      }
    }
    out.items.push_back(std::move(item));
  } while (accept_symbol(","));
  if (accept_word("FROM")) {
    BOOST_OUTCOME_TRY(auto table, table_reference());
    out.from = std::move(table);
    if (peek().is_symbol(",")) return not_served(here(), "a join (more than one table in FROM)");
    for (const auto* word : {"JOIN", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "NATURAL"}) {
      if (peek().is_word(word)) return not_served(here(), "a join");
    }
  }
  if (accept_word("WHERE")) {
    BOOST_OUTCOME_TRY(auto condition, expression());
    out.where = std::move(condition);
  }
  if (accept_words({"GROUP", "BY"})) {
    out.grouped = true;
    do {
      if (peek().is_word("GROUPING") || peek().is_word("ROLLUP") || peek().is_word("CUBE")) {
        return not_served(here(), peek().upper);
      }
      if (peek().is_symbol("(") && peek(1).is_symbol(")")) {
        take();
        take();
        continue;
      }
      BOOST_OUTCOME_TRY(auto key, expression());
      out.group_by.push_back(std::move(key));
    } while (accept_symbol(","));
  }
  if (accept_word("HAVING")) {
    BOOST_OUTCOME_TRY(auto condition, expression());
    out.having = std::move(condition);
  }
  if (peek().is_word("WINDOW")) return not_served(here(), "a WINDOW clause");
  if (peek().is_word("QUALIFY")) return not_served(here(), "QUALIFY");
  out.span = since(from);
  return out;
}

Result<TableReference> Parser::table_reference() {
  TableReference out;
  const Position from = here();
  if (peek().is_word("LATERAL")) return not_served(here(), "LATERAL");
  if (peek().is_word("UNNEST")) return not_served(here(), "UNNEST");
  if (at_words({"TABLE"}) && peek(1).is_symbol("(")) {
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
  if (peek().kind == TokenKind::hint) return not_served(here(), "a hint");
  if (at_words({"FOR", "SYSTEM_TIME"})) return not_served(here(), "FOR SYSTEM_TIME AS OF");
  if (peek().is_word("TABLESAMPLE")) return not_served(here(), "TABLESAMPLE");
  if (peek().is_word("MATCH_RECOGNIZE")) return not_served(here(), "MATCH_RECOGNIZE");
  const bool as = accept_word("AS");
  if (as || at_name()) {
    BOOST_OUTCOME_TRY(auto alias, identifier("a table"));
    out.alias = std::move(alias);
    if (peek().is_symbol("(")) {
      BOOST_OUTCOME_TRY(auto columns, identifier_list());
      out.alias_columns = std::move(columns);
    }
  }
  if (peek().is_word("MATCH_RECOGNIZE")) return not_served(here(), "MATCH_RECOGNIZE");
  return out;
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
      ExpressionPtr value;
      const Position value_from = here();
      if (accept_word("TABLE")) {
        value = std::make_unique<Expression>();
        value->kind = Expression::Kind::table_argument;
        if (peek().is_symbol("(")) return not_served(here(), "a query as a table argument");
        BOOST_OUTCOME_TRY(auto table, qualified_name("a table"));
        value->path = std::move(table.parts);
        if (at_words({"PARTITION", "BY"}))
          return not_served(here(), "PARTITION BY of a table argument");
        value->where = since(value_from);
      } else if (peek().is_symbol("(") && (peek(1).is_word("SELECT") || peek(1).is_word("TABLE") ||
                                           peek(1).is_word("WITH"))) {
        return not_served(here(), "a query as a table argument");
      } else if (peek().is_word("DESCRIPTOR")) {
        take();
        value = std::make_unique<Expression>();
        value->kind = Expression::Kind::descriptor;
        BOOST_OUTCOME_TRY(auto columns, identifier_list());
        value->path = std::move(columns);
        value->where = since(value_from);
      } else {
        BOOST_OUTCOME_TRY(auto parsed, expression());
        value = std::move(parsed);
      }
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

}  // namespace millrace::sql
