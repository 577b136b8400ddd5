#include <set>

#include "runtime/sql/reserved.hpp"
#include "runtime/sql/token_stream.hpp"

namespace millrace::sql {

namespace {

// How tightly operators bind, as in Calcite's operator table.
constexpr int or_binds = 22;
constexpr int and_binds = 24;
constexpr int not_binds = 26;
constexpr int is_binds = 28;
constexpr int compare_binds = 30;
constexpr int predicate_binds = 32;
constexpr int sum_binds = 40;
constexpr int product_binds = 60;
constexpr int sign_binds = 80;

std::vector<ExpressionPtr> list(ExpressionPtr first, ExpressionPtr second = nullptr) {
  std::vector<ExpressionPtr> out;
  out.push_back(std::move(first));
  if (second) out.push_back(std::move(second));
  return out;
}

struct Operator {
  std::string name;
  int binds = 0;
};

Operator binary_operator(const Token& token) {
  if (token.kind == TokenKind::symbol) {
    if (token.text == "+" || token.text == "-") return {token.text, sum_binds};
    if (token.text == "*" || token.text == "/" || token.text == "%" || token.text == "||") {
      return {token.text, product_binds};
    }
    if (token.text == "=" || token.text == "<" || token.text == ">" || token.text == "<=" ||
        token.text == ">=" || token.text == "<>") {
      return {token.text, compare_binds};
    }
    if (token.text == "!=") return {"<>", compare_binds};
  } else if (token.is_word("AND")) {
    return {"AND", and_binds};
  } else if (token.is_word("OR")) {
    return {"OR", or_binds};
  }
  return {};
}

// Reserved words that open a clause: never a function, even with a parenthesis behind.
bool opens_clause(const std::string& word) {
  static const std::set<std::string> words = {
      "SELECT", "FROM",  "WHERE",  "GROUP", "HAVING", "AND",     "OR",      "ON",     "AS",
      "BY",     "UNION", "EXCEPT", "IN",    "VALUES", "WITH",    "WHEN",    "THEN",   "ELSE",
      "END",    "JOIN",  "USING",  "OVER",  "LIKE",   "IS",      "BETWEEN", "CREATE", "INSERT",
      "INTO",   "ORDER", "LIMIT",  "TABLE", "CASE",   "LATERAL", "UNNEST"};
  return words.contains(word);
}

}  // namespace

// x'0A1b' to its bytes.
static Result<ExpressionPtr> binary_literal(const Token& token) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char lower = static_cast<char>(c | 32);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  };
  std::string bytes;
  for (std::size_t i = 0; i < token.text.size(); i += 2) {
    const int high = digit(token.text[i]);
    const int low = i + 1 < token.text.size() ? digit(token.text[i + 1]) : 0;
    if (high < 0 || low < 0) {
      return parse_error(token.where.from,
                         "Binary literal string must contain only characters '0' - '9', 'A' - 'F'");
    }
    if (i + 1 == token.text.size()) {
      return validation_error(token.where,
                              "Binary literal string must contain an even number of hexits");
    }
    bytes += static_cast<char>(high * 16 + low);
  }
  return make_node(Expression::Kind::binary_literal, token.where, std::move(bytes));
}

ExpressionPtr make_node(Expression::Kind kind, Span where, std::string name) {
  auto node = std::make_unique<Expression>();
  node->kind = kind;
  node->where = where;
  node->name = std::move(name);
  return node;
}

ExpressionPtr make_call(std::string name, Span where, std::vector<ExpressionPtr> arguments) {
  auto node = make_node(Expression::Kind::call, where, std::move(name));
  node->arguments = std::move(arguments);
  node->name_where = where;
  return node;
}

Result<ExpressionPtr> Parser::expression() {
  const Deeper deeper(depth_);
  BOOST_OUTCOME_TRY(check_depth());
  return binary(0);
}

Result<ExpressionPtr> Parser::operand_of_in() {
  return binary(predicate_binds + 1);
}

Result<ExpressionPtr> Parser::binary(int least) {
  const Deeper deeper(depth_);
  BOOST_OUTCOME_TRY(check_depth());
  BOOST_OUTCOME_TRY(auto left, prefix(least));
  // A long chain of operators nests to the left as deeply as it is long.
  int chain = 0;
  for (;;) {
    if (++chain > 2000) return parse_error(here(), "This expression has too many operators.");
    const Operator op = binary_operator(peek());
    if (op.binds != 0) {
      if (op.binds < least) return left;
      take();
      BOOST_OUTCOME_TRY(auto right, binary(op.binds + 1));
      const Span where = {left->where.from, right->where.to};
      left = make_call(op.name, where, list(std::move(left), std::move(right)));
      continue;
    }
    const bool is = peek().is_word("IS");
    const bool negated = peek().is_word("NOT");
    const Token& word = negated ? peek(1) : peek();
    const bool known = word.is_word("BETWEEN") || word.is_word("LIKE") || word.is_word("IN") ||
                       word.is_word("SIMILAR") || word.is_word("ILIKE") || word.is_word("OVERLAPS");
    if (!is && !known) return left;
    if ((is ? is_binds : predicate_binds) < least) return left;
    if (!is && negated) take();
    BOOST_OUTCOME_TRY(auto next, predicate(std::move(left), negated && !is));
    left = std::move(next);
  }
}

Result<ExpressionPtr> Parser::predicate(ExpressionPtr left, bool negated) {
  const Position from = left->where.from;
  const auto done = [&](ExpressionPtr call) -> ExpressionPtr {
    if (!negated) return call;
    const Span where = call->where;
    return make_call("NOT", where, list(std::move(call)));
  };
  if (accept_word("IS")) {
    const std::string no = accept_word("NOT") ? "NOT " : "";
    for (const auto* what : {"NULL", "TRUE", "FALSE", "UNKNOWN"}) {
      if (accept_word(what)) {
        return make_call("IS " + no + what, since(from), list(std::move(left)));
      }
    }
    if (accept_words({"DISTINCT", "FROM"})) {
      BOOST_OUTCOME_TRY(auto right, binary(compare_binds + 1));
      return make_call("IS " + no + "DISTINCT FROM", since(from),
                       list(std::move(left), std::move(right)));
    }
    if (accept_word("JSON")) {
      auto arguments = list(std::move(left));
      for (const auto* what : {"VALUE", "SCALAR", "ARRAY", "OBJECT"}) {
        if (!accept_word(what)) continue;
        arguments.push_back(make_node(Expression::Kind::string_literal, since(from), what));
        break;
      }
      return make_call("IS " + no + "JSON", since(from), std::move(arguments));
    }
    return unexpected("\"NULL\", \"TRUE\", \"FALSE\", \"UNKNOWN\" or \"DISTINCT FROM\"");
  }
  if (accept_word("BETWEEN")) {
    const bool symmetric = accept_word("SYMMETRIC");
    if (!symmetric) accept_word("ASYMMETRIC");
    BOOST_OUTCOME_TRY(auto low, binary(predicate_binds + 1));
    BOOST_OUTCOME_TRY(expect_word("AND"));
    BOOST_OUTCOME_TRY(auto high, binary(predicate_binds + 1));
    auto arguments = list(std::move(left), std::move(low));
    arguments.push_back(std::move(high));
    return done(
        make_call(symmetric ? "BETWEEN SYMMETRIC" : "BETWEEN", since(from), std::move(arguments)));
  }
  if (accept_word("LIKE")) {
    BOOST_OUTCOME_TRY(auto pattern, binary(predicate_binds + 1));
    auto arguments = list(std::move(left), std::move(pattern));
    if (accept_word("ESCAPE")) {
      BOOST_OUTCOME_TRY(auto escape, binary(predicate_binds + 1));
      arguments.push_back(std::move(escape));
    }
    return done(make_call("LIKE", since(from), std::move(arguments)));
  }
  // (a, b) OVERLAPS (c, d) -> OVERLAPS(a, b, c, d)
  if (accept_word("OVERLAPS")) {
    BOOST_OUTCOME_TRY(auto right, binary(predicate_binds + 1));
    const auto is_period = [](const Expression& tree) {
      return tree.kind == Expression::Kind::call && tree.name == "ROW" && tree.path.empty() &&
             tree.arguments.size() == 2;
    };
    if (!is_period(*left) || !is_period(*right)) return unexpected("two periods of two values");
    auto arguments = std::move(left->arguments);
    for (auto& argument : right->arguments) arguments.push_back(std::move(argument));
    return done(make_call("OVERLAPS", since(from), std::move(arguments)));
  }
  if (accept_words({"SIMILAR", "TO"})) {
    BOOST_OUTCOME_TRY(auto pattern, binary(predicate_binds + 1));
    auto arguments = list(std::move(left), std::move(pattern));
    if (accept_word("ESCAPE")) {
      BOOST_OUTCOME_TRY(auto escape, binary(predicate_binds + 1));
      arguments.push_back(std::move(escape));
    }
    return done(make_call("SIMILAR TO", since(from), std::move(arguments)));
  }
  if (accept_word("IN")) {
    if (peek().is_symbol("(") && (peek(1).is_word("SELECT") || peek(1).is_word("WITH"))) {
      auto node = make_node(Expression::Kind::subquery, {from, from}, "IN");
      take();
      BOOST_OUTCOME_TRY(auto body, query_pointer());
      BOOST_OUTCOME_TRY(expect_symbol(")"));
      node->query = std::move(body);
      node->arguments = list(std::move(left));
      node->where = since(from);
      return done(std::move(node));
    }
    BOOST_OUTCOME_TRY(expect_symbol("("));
    auto arguments = list(std::move(left));
    do {
      BOOST_OUTCOME_TRY(auto item, expression());
      arguments.push_back(std::move(item));
    } while (accept_symbol(","));
    BOOST_OUTCOME_TRY(expect_symbol(")"));
    return done(make_call("IN", since(from), std::move(arguments)));
  }
  return not_served(here(), peek().upper);
}

Result<ExpressionPtr> Parser::prefix(int least) {
  const Position from = here();
  if (peek().is_word("NOT")) {
    if (not_binds < least) return unexpected("an expression");
    take();
    BOOST_OUTCOME_TRY(auto operand, binary(not_binds));
    return make_call("NOT", since(from), list(std::move(operand)));
  }
  if (peek().is_symbol("-") || peek().is_symbol("+")) {
    const bool minus = take().text == "-";
    if (minus && peek().kind == TokenKind::number) {
      const std::string digits = "-" + take().text;
      return make_node(Expression::Kind::number_literal, since(from), digits);
    }
    BOOST_OUTCOME_TRY(auto operand, binary(sign_binds));
    if (!minus) return operand;
    return make_call("UNARY -", since(from), list(std::move(operand)));
  }
  BOOST_OUTCOME_TRY(auto value, primary());
  return with_access(std::move(value));
}

Result<ExpressionPtr> Parser::primary() {
  const Token& token = peek();
  const Position from = here();
  switch (token.kind) {
    case TokenKind::number:
      take();
      return make_node(Expression::Kind::number_literal, token.where, token.text);
    case TokenKind::string: {
      std::string text = take().text;
      while (peek().kind == TokenKind::string) text += take().text;  // 'a' 'b' is 'ab'
      return make_node(Expression::Kind::string_literal, since(from), std::move(text));
    }
    case TokenKind::bytes:
      return binary_literal(take());
    case TokenKind::hint:
      return not_served(from, "a hint");
    case TokenKind::quoted_name:
      return name_or_call();
    case TokenKind::end:
      return unexpected("an expression");
    case TokenKind::symbol: {
      if (!token.is_symbol("(")) return unexpected("an expression");
      if (peek(1).is_word("SELECT") || peek(1).is_word("WITH")) {
        auto node = make_node(Expression::Kind::subquery, {from, from});
        take();
        BOOST_OUTCOME_TRY(auto body, query_pointer());
        BOOST_OUTCOME_TRY(expect_symbol(")"));
        node->query = std::move(body);
        node->where = node->query->where;
        return node;
      }
      take();
      BOOST_OUTCOME_TRY(auto inner, expression());
      if (peek().is_symbol(",")) return row_value(from, std::move(inner));
      BOOST_OUTCOME_TRY(expect_symbol(")"));
      return inner;
    }
    case TokenKind::word:
      break;
  }
  const std::string word = token.upper;
  if (word == "NULL") return make_node(Expression::Kind::null_literal, take().where);
  if (word == "TRUE" || word == "FALSE" || word == "UNKNOWN") {
    const Span where = take().where;
    if (word == "UNKNOWN") return make_node(Expression::Kind::null_literal, where);
    auto node = make_node(Expression::Kind::boolean_literal, where);
    node->flag = word == "TRUE";
    return node;
  }
  if (word == "CASE") return case_when();
  if (word == "CAST" || word == "TRY_CAST") {
    take();
    return cast(word == "TRY_CAST");
  }
  if (word == "INTERVAL") {
    take();
    const bool minus = accept_symbol("-");
    if (!minus) accept_symbol("+");
    return interval(from, minus);
  }
  if ((word == "DATE" || word == "TIME" || word == "TIMESTAMP") &&
      peek(1).kind == TokenKind::string) {
    take();
    const std::string text = take().text;
    const auto kind = word == "DATE"   ? Expression::Kind::date_literal
                      : word == "TIME" ? Expression::Kind::time_literal
                                       : Expression::Kind::timestamp_literal;
    return make_node(kind, since(from), text);
  }
  // Of MATCH_RECOGNIZE: FINAL LAST(a), RUNNING LAST(a).
  if ((word == "FINAL" || word == "RUNNING") && peek(1).kind == TokenKind::word &&
      peek(2).is_symbol("(")) {
    take();
    BOOST_OUTCOME_TRY(auto inner, primary());
    return make_call(word, since(from), list(std::move(inner)));
  }
  if (word == "EXISTS" && peek(1).is_symbol("(")) {
    auto node = make_node(Expression::Kind::subquery, {from, from}, "EXISTS");
    take();
    take();
    BOOST_OUTCOME_TRY(auto body, query_pointer());
    BOOST_OUTCOME_TRY(expect_symbol(")"));
    node->query = std::move(body);
    node->where = since(from);
    return node;
  }
  if (word == "MULTISET" && peek(1).is_symbol("[")) {
    return not_served(from, "the constructor " + word);
  }
  if (((word == "ARRAY" || word == "MAP") && peek(1).is_symbol("[")) ||
      (word == "ROW" && peek(1).is_symbol("("))) {
    return constructor(word);
  }
  return name_or_call();
}

Result<ExpressionPtr> Parser::name_or_call() {
  const Token& token = peek();
  const bool reserved = token.kind == TokenKind::word && is_reserved(token.upper);
  if (peek(1).is_symbol("(")) {
    if (reserved && opens_clause(token.upper)) return unexpected("an expression");
    take();
    return call(Identifier{token.text, token.where});
  }
  if (reserved) {
    static const std::set<std::string> niladic = {
        "CURRENT_TIMESTAMP", "LOCALTIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "LOCALTIME", "PI"};
    if (niladic.contains(token.upper)) {
      take();
      return make_call(token.upper, token.where, {});
    }
    if (token.upper != "USER") return unexpected("name of a column, or an expression");
    take();
    auto column = make_node(Expression::Kind::column, token.where);
    column->path.push_back({token.text, token.where});
    return column;
  }
  auto column = make_node(Expression::Kind::column, token.where);
  do {
    if (peek().is_symbol("*") && !column->path.empty()) {
      take();
      column->kind = Expression::Kind::star;
      column->where.to = last();
      return column;
    }
    BOOST_OUTCOME_TRY(auto part, identifier("a column"));
    column->path.push_back(std::move(part));
  } while (accept_symbol("."));
  column->where.to = last();
  return column;
}

}  // namespace millrace::sql
