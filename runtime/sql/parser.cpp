#include "runtime/sql/parser.hpp"

#include <charconv>

#include "runtime/sql/reserved.hpp"
#include "runtime/sql/token_stream.hpp"

namespace millrace::sql {

// ---- tokens

const Token& Parser::peek(std::size_t ahead) const {
  return at_ + ahead < tokens_.size() ? tokens_[at_ + ahead] : tokens_.back();
}

const Token& Parser::take() {
  const Token& token = peek();
  if (at_ + 1 < tokens_.size()) ++at_;
  return token;
}

Position Parser::last() const {
  return at_ == 0 ? here() : tokens_[at_ - 1].where.to;
}

bool Parser::accept_word(std::string_view keyword) {
  if (!peek().is_word(keyword)) return false;
  take();
  return true;
}

bool Parser::at_words(std::initializer_list<std::string_view> keywords) const {
  std::size_t ahead = 0;
  for (const auto keyword : keywords) {
    if (!peek(ahead++).is_word(keyword)) return false;
  }
  return true;
}

bool Parser::accept_words(std::initializer_list<std::string_view> keywords) {
  if (!at_words(keywords)) return false;
  for (std::size_t i = 0; i < keywords.size(); ++i) take();
  return true;
}

bool Parser::accept_symbol(std::string_view symbol) {
  if (!peek().is_symbol(symbol)) return false;
  take();
  return true;
}

bool Parser::at_name() const {
  return peek().kind == TokenKind::quoted_name ||
         (peek().kind == TokenKind::word && !is_reserved(peek().upper));
}

Error Parser::unexpected(const std::string& expected) const {
  const Token& token = peek();
  std::string shown;
  switch (token.kind) {
    case TokenKind::end:
      shown = "<EOF>";
      break;
    case TokenKind::string:
      shown = "\\'" + token.text + "\\'";
      break;
    case TokenKind::quoted_name:
      shown = "`" + token.text + "`";
      break;
    case TokenKind::bytes:
      shown = "x\\'" + token.text + "\\'";
      break;
    case TokenKind::hint:
      shown = "/*+";
      break;
    default:
      shown = token.text;
  }
  std::string hint;
  if (token.kind == TokenKind::word && is_reserved(token.upper) && expected.find("name") == 0) {
    hint = " (" + token.text + " is a reserved word: write `" + token.text + "`)";
  }
  return parse_error(token.where.from, "Encountered \"" + shown + "\" at line " +
                                           std::to_string(token.where.from.line) + ", column " +
                                           std::to_string(token.where.from.column) +
                                           ".\nWas expecting: " + expected + hint);
}

Status Parser::expect_word(std::string_view keyword) {
  if (!accept_word(keyword)) return unexpected("\"" + std::string(keyword) + "\"");
  return base::success();
}

Status Parser::expect_symbol(std::string_view symbol) {
  if (!accept_symbol(symbol)) return unexpected("\"" + std::string(symbol) + "\"");
  return base::success();
}

Status Parser::expect_end() {
  if (peek().kind != TokenKind::end) return unexpected("the end");
  return base::success();
}

Status Parser::check_depth() const {
  if (depth_ > max_depth) {
    return parse_error(
        here(), "The script nests deeper than " + std::to_string(max_depth) + " levels here.");
  }
  return base::success();
}

Result<Identifier> Parser::identifier(const std::string& what) {
  if (!at_name()) return unexpected("name of " + what);
  const Token& token = take();
  return Identifier{token.text, token.where};
}

Result<QualifiedName> Parser::qualified_name(const std::string& what) {
  QualifiedName name;
  do {
    BOOST_OUTCOME_TRY(auto part, identifier(what));
    name.parts.push_back(std::move(part));
  } while (accept_symbol("."));
  if (name.parts.size() > 3) {
    return parse_error(name.parts.front().where.from, "Too many parts in the name " + name.text());
  }
  return name;
}

Result<std::string> Parser::string_literal(const std::string& what) {
  if (peek().kind != TokenKind::string) return unexpected(what + " in single quotes");
  return take().text;
}

Result<int> Parser::integer(const std::string& what) {
  const Token& token = peek();
  int value = 0;
  const char* end = token.text.data() + token.text.size();
  if (token.kind != TokenKind::number ||
      std::from_chars(token.text.data(), end, value).ptr != end) {
    return unexpected(what);
  }
  take();
  return value;
}

Result<std::vector<Identifier>> Parser::identifier_list() {
  std::vector<Identifier> names;
  BOOST_OUTCOME_TRY(expect_symbol("("));
  do {
    BOOST_OUTCOME_TRY(auto name, identifier("a column"));
    names.push_back(std::move(name));
  } while (accept_symbol(","));
  BOOST_OUTCOME_TRY(expect_symbol(")"));
  return names;
}

// ---- statements

Result<std::vector<Statement>> Parser::script() {
  std::vector<Statement> statements;
  for (;;) {
    while (accept_symbol(";")) {
    }
    if (peek().kind == TokenKind::end) return statements;
    BOOST_OUTCOME_TRY(auto next, statement());
    statements.push_back(std::move(next));
    if (peek().kind == TokenKind::end) return statements;
    BOOST_OUTCOME_TRY(expect_symbol(";"));
  }
}

Result<Statement> Parser::statement() {
  const Position from = here();
  const std::size_t begin = peek().begin;
  BOOST_OUTCOME_TRY(auto parsed, body());
  parsed.where = since(from);
  parsed.begin = begin;
  parsed.end = at_ == 0 ? begin : tokens_[at_ - 1].end;
  return parsed;
}

Result<Statement> Parser::body() {
  Statement out;
  if (accept_word("CREATE")) {
    if (peek().is_word("OR")) {
      return not_served(here(), "CREATE OR REPLACE");
    }
    const bool temporary = accept_word("TEMPORARY");
    if (accept_word("TABLE")) {
      BOOST_OUTCOME_TRY(auto table, create_table(temporary));
      out.body = std::move(table);
    } else if (accept_word("VIEW")) {
      BOOST_OUTCOME_TRY(auto view, create_view(temporary));
      out.body = std::move(view);
    } else if (peek().is_word("FUNCTION") || peek().is_word("CATALOG") ||
               peek().is_word("DATABASE") || peek().is_word("SYSTEM") || peek().is_word("MODEL") ||
               peek().is_word("MATERIALIZED")) {
      if (!peek().is_word("CATALOG") && !peek().is_word("DATABASE") && !peek().is_word("MODEL") &&
          !peek().is_word("MATERIALIZED")) {
        return refuse_function(here());
      }
      return not_served(here(), "CREATE " + peek().upper);
    } else {
      return unexpected("\"TABLE\" or \"VIEW\"");
    }
  } else if (accept_word("DROP")) {
    BOOST_OUTCOME_TRY(auto what, drop());
    out.body = std::move(what);
  } else if (accept_word("SET")) {
    BOOST_OUTCOME_TRY(auto what, set());
    out.body = std::move(what);
  } else if (accept_word("RESET")) {
    BOOST_OUTCOME_TRY(auto what, reset());
    out.body = std::move(what);
  } else if (peek().is_word("INSERT")) {
    BOOST_OUTCOME_TRY(auto what, insert());
    out.body = std::move(what);
  } else if (at_words({"BEGIN", "STATEMENT", "SET"}) || at_words({"EXECUTE", "STATEMENT", "SET"})) {
    BOOST_OUTCOME_TRY(auto what, statement_set());
    out.body = std::move(what);
  } else if (accept_word("EXECUTE")) {
    if (peek().is_word("PLAN")) return not_served(here(), "EXECUTE PLAN");
    if (!peek().is_word("INSERT") && !peek().is_word("SELECT") && !peek().is_word("WITH") &&
        !peek().is_word("VALUES")) {
      return unexpected("\"STATEMENT SET\", \"INSERT\" or \"SELECT\"");
    }
    return body();
  } else if (accept_word("EXPLAIN")) {
    BOOST_OUTCOME_TRY(auto what, explain());
    out.body = std::move(what);
  } else if (accept_word("SHOW")) {
    BOOST_OUTCOME_TRY(auto what, show());
    out.body = std::move(what);
  } else if (accept_word("DESCRIBE") || accept_word("DESC")) {
    BOOST_OUTCOME_TRY(auto what, describe());
    out.body = std::move(what);
  } else if (accept_word("USE")) {
    BOOST_OUTCOME_TRY(auto what, use());
    out.body = std::move(what);
  } else if (at_words({"ADD", "JAR"}) || at_words({"REMOVE", "JAR"})) {
    return plain_error(here(), peek().upper +
                                   " JAR: this runtime runs no Java; what the jar would bring "
                                   "(connectors, functions) has to be built in");
  } else if (peek().is_word("SELECT") || peek().is_word("WITH") || peek().is_word("VALUES") ||
             peek().is_symbol("(")) {
    SelectStatement statement;
    BOOST_OUTCOME_TRY(auto body, query_pointer());
    statement.query = std::move(body);
    out.body = std::move(statement);
  } else {
    for (const auto* word :
         {"ADD", "REMOVE", "ALTER", "LOAD", "UNLOAD", "ANALYZE", "COMPILE", "DELETE", "UPDATE",
          "TRUNCATE", "CALL", "STOP", "REPLACE", "HELP", "QUIT", "EXIT", "CLEAR"}) {
      if (peek().is_word(word)) return not_served(here(), std::string(word));
    }
    return unexpected("the start of a statement");
  }
  return out;
}

Result<Insert> Parser::insert() {
  Insert out;
  BOOST_OUTCOME_TRY(expect_word("INSERT"));
  if (peek().is_word("OVERWRITE")) {
    return plain_error(here(), "INSERT OVERWRITE is not allowed in streaming mode");
  }
  BOOST_OUTCOME_TRY(expect_word("INTO"));
  BOOST_OUTCOME_TRY(auto target, qualified_name("a table"));
  out.target = std::move(target);
  BOOST_OUTCOME_TRY(auto of_target, hints());
  out.hints = std::move(of_target);
  if (accept_word("PARTITION")) {
    BOOST_OUTCOME_TRY(expect_symbol("("));
    do {
      Insert::Partition part;
      BOOST_OUTCOME_TRY(auto column, identifier("a column"));
      part.column = std::move(column);
      if (accept_symbol("=")) {
        BOOST_OUTCOME_TRY(auto value, expression());
        part.value = std::move(value);
      }
      out.partitions.push_back(std::move(part));
    } while (accept_symbol(","));
    BOOST_OUTCOME_TRY(expect_symbol(")"));
  }
  if (peek().is_symbol("(") && !peek(1).is_word("SELECT") && !peek(1).is_word("WITH") &&
      !peek(1).is_word("VALUES") && !peek(1).is_symbol("(")) {
    BOOST_OUTCOME_TRY(auto columns, identifier_list());
    out.columns = std::move(columns);
  }
  BOOST_OUTCOME_TRY(auto body, query_pointer());
  out.query = std::move(body);
  return out;
}

Result<StatementSet> Parser::statement_set() {
  StatementSet out;
  const bool execute = accept_word("EXECUTE");
  if (!execute) {
    // BEGIN STATEMENT SET;
    BOOST_OUTCOME_TRY(expect_word("BEGIN"));
    accept_words({"STATEMENT", "SET"});
    BOOST_OUTCOME_TRY(expect_symbol(";"));
  } else {
    // EXECUTE STATEMENT SET BEGIN
    accept_words({"STATEMENT", "SET"});
    BOOST_OUTCOME_TRY(expect_word("BEGIN"));
  }
  while (!peek().is_word("END")) {
    if (!peek().is_word("INSERT")) return unexpected("\"INSERT\" or \"END\"");
    BOOST_OUTCOME_TRY(auto next, insert());
    out.inserts.push_back(std::move(next));
    BOOST_OUTCOME_TRY(expect_symbol(";"));
  }
  if (out.inserts.empty()) return unexpected("\"INSERT\"");
  take();
  return out;
}

Result<Drop> Parser::drop() {
  Drop out;
  out.temporary = accept_word("TEMPORARY");
  if (accept_word("TABLE")) {
    out.what = Drop::What::table;
  } else if (accept_word("VIEW")) {
    out.what = Drop::What::view;
  } else if (peek().is_word("FUNCTION") || peek().is_word("CATALOG") ||
             peek().is_word("DATABASE") || peek().is_word("SYSTEM")) {
    return not_served(here(), "DROP " + peek().upper);
  } else {
    return unexpected("\"TABLE\" or \"VIEW\"");
  }
  out.if_exists = accept_words({"IF", "EXISTS"});
  BOOST_OUTCOME_TRY(auto name, qualified_name("a table"));
  out.name = std::move(name);
  return out;
}

Result<Set> Parser::set() {
  Set out;
  if (peek().kind == TokenKind::end || peek().is_symbol(";")) return out;
  Option option;
  option.where.from = here();
  BOOST_OUTCOME_TRY(auto key, string_literal("a key"));
  option.key = std::move(key);
  BOOST_OUTCOME_TRY(expect_symbol("="));
  option.value_where = peek().where;
  BOOST_OUTCOME_TRY(auto value, string_literal("a value"));
  option.value = std::move(value);
  option.where.to = last();
  out.option = std::move(option);
  return out;
}

Result<Reset> Parser::reset() {
  Reset out;
  if (peek().kind == TokenKind::end || peek().is_symbol(";")) return out;
  BOOST_OUTCOME_TRY(auto key, string_literal("a key"));
  out.key = std::move(key);
  return out;
}

Result<std::vector<Statement>> parse_script(const Script& script) {
  BOOST_OUTCOME_TRY(auto tokens, tokenize(script));
  return Parser(std::move(tokens), script.text).script();
}

Result<ExpressionPtr> parse_expression(const Script& script) {
  BOOST_OUTCOME_TRY(auto tokens, tokenize(script));
  Parser parser(std::move(tokens));
  BOOST_OUTCOME_TRY(auto parsed, parser.expression());
  BOOST_OUTCOME_TRY(parser.expect_end());
  return parsed;
}

}  // namespace millrace::sql
