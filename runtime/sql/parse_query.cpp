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
  BOOST_OUTCOME_TRY(auto body, set_operation(/*intersect=*/false));
  // A query in parentheses with a tail of its own keeps it: (SELECT ... LIMIT 3).
  if (out.with.empty()) {
    out = std::move(body);
  } else if (body.with.empty() && body.order_by.empty() && !body.limit && !body.offset) {
    out.body = std::move(body.body);
  } else {
    return not_served(from, "WITH in front of a query in parentheses that has parts of its own");
  }
  const bool has_tail = !out.order_by.empty() || out.limit || out.offset;
  if (has_tail && (peek().is_word("ORDER") || peek().is_word("LIMIT") || peek().is_word("OFFSET") ||
                   peek().is_word("FETCH"))) {
    return not_served(here(), "a second ORDER BY or LIMIT behind parentheses");
  }
  BOOST_OUTCOME_TRY(query_tail(out));
  out.where = since(from);
  return out;
}

// UNION and EXCEPT of INTERSECTs, from left to right.
Result<Query> Parser::set_operation(bool intersect) {
  const Position from = here();
  const auto operand = [&] { return intersect ? query_primary() : set_operation(true); };
  BOOST_OUTCOME_TRY(auto left, operand());
  int chain = 0;
  for (;;) {
    SetOperation operation;
    if (intersect) {
      if (!accept_word("INTERSECT")) return left;
      operation.kind = SetOperation::Kind::intersect;
    } else if (accept_word("EXCEPT") || accept_word("MINUS")) {
      operation.kind = SetOperation::Kind::except;
    } else if (!accept_word("UNION")) {
      return left;
    }
    if (++chain > max_depth) {
      return parse_error(here(), "More than " + std::to_string(max_depth) + " queries in a row.");
    }
    operation.all = accept_word("ALL");
    if (!operation.all) accept_word("DISTINCT");
    BOOST_OUTCOME_TRY(auto right, operand());
    operation.left = std::make_unique<Query>(std::move(left));
    operation.right = std::make_unique<Query>(std::move(right));
    left = Query{};
    left.body = std::move(operation);
    left.where = since(from);
  }
}

Result<Query> Parser::query_primary() {
  const Deeper deeper(depth_);
  BOOST_OUTCOME_TRY(check_depth());
  const Position from = here();
  Query out;
  if (accept_symbol("(")) {
    BOOST_OUTCOME_TRY(auto inner, query());
    BOOST_OUTCOME_TRY(expect_symbol(")"));
    return inner;
  }
  if (peek().is_word("VALUES")) {
    BOOST_OUTCOME_TRY(auto rows, values());
    out.body = std::move(rows);
  } else if (peek().is_word("SELECT")) {
    BOOST_OUTCOME_TRY(auto block, select());
    out.body = std::move(block);
  } else {
    return unexpected("\"SELECT\", \"WITH\" or \"VALUES\"");
  }
  out.where = since(from);
  return out;
}

Status Parser::query_tail(Query& query) {
  if (at_words({"ORDER", "BY"})) {
    BOOST_OUTCOME_TRY(auto items, order_by());
    query.order_by = std::move(items);
  }
  const auto number = [&]() -> Result<std::int64_t> {
    BOOST_OUTCOME_TRY(const int value, integer("a number"));
    return std::int64_t{value};
  };
  const auto offset = [&]() -> Status {
    if (!accept_word("OFFSET")) return base::success();
    BOOST_OUTCOME_TRY(const auto value, number());
    query.offset = value;
    if (!accept_word("ROW")) accept_word("ROWS");
    return base::success();
  };
  BOOST_OUTCOME_TRY(offset());
  if (accept_word("LIMIT")) {
    if (!accept_word("ALL")) {
      BOOST_OUTCOME_TRY(const auto value, number());
      query.limit = value;
    }
    BOOST_OUTCOME_TRY(offset());
  } else if (accept_word("FETCH")) {
    if (!accept_word("FIRST")) {
      BOOST_OUTCOME_TRY(expect_word("NEXT"));
    }
    BOOST_OUTCOME_TRY(const auto value, number());
    query.limit = value;
    if (!accept_word("ROW")) {
      BOOST_OUTCOME_TRY(expect_word("ROWS"));
    }
    BOOST_OUTCOME_TRY(expect_word("ONLY"));
  }
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
  BOOST_OUTCOME_TRY(auto of_block, hints());
  out.hints = std::move(of_block);
  if (peek().is_word("STREAM")) return not_served(here(), "SELECT STREAM");
  out.distinct = accept_word("DISTINCT");
  if (!out.distinct) accept_word("ALL");
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
    BOOST_OUTCOME_TRY(auto table, from_clause());
    out.from = std::move(table);
  }
  if (accept_word("WHERE")) {
    BOOST_OUTCOME_TRY(auto condition, expression());
    out.where = std::move(condition);
  }
  if (accept_words({"GROUP", "BY"})) {
    BOOST_OUTCOME_TRY(group_by(out));
  }
  if (accept_word("HAVING")) {
    BOOST_OUTCOME_TRY(auto condition, expression());
    out.having = std::move(condition);
  }
  if (accept_word("WINDOW")) {
    do {
      BOOST_OUTCOME_TRY(auto name, identifier("a window"));
      BOOST_OUTCOME_TRY(expect_word("AS"));
      BOOST_OUTCOME_TRY(auto spec, window_spec());
      out.windows.emplace_back(std::move(name),
                               std::make_shared<const WindowSpec>(std::move(spec)));
    } while (accept_symbol(","));
  }
  if (peek().is_word("QUALIFY")) return not_served(here(), "QUALIFY");
  out.span = since(from);
  return out;
}

}  // namespace millrace::sql
