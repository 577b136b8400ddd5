// Statements that look at what is declared and planned, and hints.
#include <map>

#include "runtime/sql/token_stream.hpp"

namespace millrace::sql {

Result<Show> Parser::show() {
  Show out;
  using What = Show::What;
  const auto list_of = [&](What what) -> Status {
    out.what = what;
    if ((what == What::tables || what == What::views || what == What::columns) &&
        (accept_word("FROM") || accept_word("IN"))) {
      BOOST_OUTCOME_TRY(auto name, qualified_name("a database"));
      out.name = std::move(name);
    }
    out.negated = peek().is_word("NOT") && (peek(1).is_word("LIKE") || peek(1).is_word("ILIKE"));
    if (out.negated) take();
    if (peek().is_word("LIKE") || peek().is_word("ILIKE")) {
      out.any_case = take().upper == "ILIKE";
      BOOST_OUTCOME_TRY(auto pattern, string_literal("a pattern"));
      out.like = std::move(pattern);
    }
    return base::success();
  };
  if (accept_words({"CURRENT", "CATALOG"})) {
    out.what = What::current_catalog;
    return out;
  }
  if (accept_words({"CURRENT", "DATABASE"})) {
    out.what = What::current_database;
    return out;
  }
  if (accept_word("CREATE")) {
    out.what = What::create_table;
    if (accept_word("VIEW")) {
      out.what = What::create_view;
    } else if (!accept_word("TABLE")) {
      return unexpected("\"TABLE\" or \"VIEW\"");
    }
    BOOST_OUTCOME_TRY(auto name, qualified_name("a table"));
    out.name = std::move(name);
    return out;
  }
  accept_word("USER");  // SHOW USER FUNCTIONS: there are none, all are the system's
  accept_word("FULL");  // SHOW FULL MODULES
  static const std::map<std::string, What> lists = {
      {"TABLES", What::tables},     {"VIEWS", What::views},     {"FUNCTIONS", What::functions},
      {"CATALOGS", What::catalogs}, {"JARS", What::jars},       {"DATABASES", What::databases},
      {"MODULES", What::modules},   {"COLUMNS", What::columns},
  };
  const auto found = peek().kind == TokenKind::word ? lists.find(peek().upper) : lists.end();
  if (found == lists.end()) {
    for (const auto* word : {"JOBS", "PARTITIONS", "PROCEDURES", "MODELS", "INDEXES"}) {
      if (peek().is_word(word)) return not_served(here(), "SHOW " + peek().upper);
    }
    return unexpected("what to show, such as \"TABLES\"");
  }
  take();
  if (found->second == What::columns && !peek().is_word("FROM") && !peek().is_word("IN")) {
    return unexpected("\"FROM\"");
  }
  BOOST_OUTCOME_TRY(list_of(found->second));
  return out;
}

Result<Show> Parser::describe() {
  Show out;
  out.what = Show::What::columns;
  out.describe = true;
  for (const auto* word : {"CATALOG", "DATABASE", "FUNCTION", "JOB", "MODEL"}) {
    if (peek().is_word(word) && peek(1).kind != TokenKind::end && !peek(1).is_symbol(";")) {
      return not_served(here(), "DESCRIBE " + peek().upper);
    }
  }
  accept_word("EXTENDED");
  accept_word("TABLE");
  BOOST_OUTCOME_TRY(auto name, qualified_name("a table"));
  out.name = std::move(name);
  return out;
}

Result<Explain> Parser::explain() {
  Explain out;
  // EXPLAIN PLAN FOR ..., EXPLAIN ESTIMATED_COST, CHANGELOG_MODE ... : the details are ours anyway.
  if (!accept_words({"PLAN", "FOR"})) {
    while (peek().is_word("ESTIMATED_COST") || peek().is_word("CHANGELOG_MODE") ||
           peek().is_word("JSON_EXECUTION_PLAN") || peek().is_word("PLAN_ADVICE")) {
      take();
      accept_symbol(",");
    }
  }
  if (peek().is_word("INSERT")) {
    BOOST_OUTCOME_TRY(auto what, insert());
    out.statement = std::move(what);
  } else if (at_words({"STATEMENT", "SET"})) {
    accept_words({"STATEMENT", "SET"});
    if (!peek().is_word("BEGIN")) return unexpected("\"BEGIN\"");
    take();
    StatementSet set;
    while (!accept_word("END")) {
      BOOST_OUTCOME_TRY(auto next, insert());
      set.inserts.push_back(std::move(next));
      BOOST_OUTCOME_TRY(expect_symbol(";"));
    }
    if (set.inserts.empty()) return unexpected("\"INSERT\"");
    out.statement = std::move(set);
  } else {
    SelectStatement statement;
    BOOST_OUTCOME_TRY(auto body, query_pointer());
    statement.query = std::move(body);
    out.statement = std::move(statement);
  }
  return out;
}

Result<Use> Parser::use() {
  Use out;
  if (peek().is_word("MODULES")) return not_served(here(), "USE MODULES");
  out.catalog = accept_word("CATALOG");
  BOOST_OUTCOME_TRY(auto name, qualified_name(out.catalog ? "a catalog" : "a database"));
  out.name = std::move(name);
  return out;
}

// CREATE [TEMPORARY] [SYSTEM] FUNCTION f AS 'class' [LANGUAGE JAVA]
Error Parser::refuse_function(Position from) {
  accept_word("SYSTEM");
  if (!accept_word("FUNCTION")) return unexpected("\"FUNCTION\"");
  accept_words({"IF", "NOT", "EXISTS"});
  auto name = qualified_name("a function");
  if (!name) return name.error();
  std::string language = "JAVA";
  if (accept_word("AS")) {
    auto implementation = string_literal("a class");
    if (!implementation) return implementation.error();
    if (accept_word("LANGUAGE") && peek().kind == TokenKind::word) language = take().upper;
  }
  return plain_error(from, "CREATE FUNCTION " + name.value().text() + ": functions in " + language +
                               " are not served; only the built-in ones are (SHOW FUNCTIONS)");
}

// /*+ NAME, NAME('k' = 'v', ...), NAME(a, b) */
Result<std::vector<Hint>> Parser::hints() {
  std::vector<Hint> out;
  while (peek().kind == TokenKind::hint) {
    const Token& token = take();
    Script script;
    script.text = token.text;
    auto tokens = tokenize(script);
    const auto malformed = [&token](const std::string& why) {
      return parse_error(token.where.from, "This hint cannot be read: " + why);
    };
    if (!tokens) return malformed("its text has no end");
    Parser inner(std::move(tokens).value());
    do {
      Hint hint;
      hint.where = token.where;
      if (inner.peek().kind != TokenKind::word) return malformed("a name is missing");
      hint.name = inner.take().upper;
      if (inner.accept_symbol("(")) {
        while (!inner.accept_symbol(")")) {
          if (inner.peek().kind == TokenKind::end) return malformed("')' is missing");
          Option option;
          option.where = token.where;
          option.value_where = token.where;
          option.key = inner.take().text;
          if (inner.accept_symbol("=")) option.value = inner.take().text;
          inner.accept_symbol(",");
          hint.options.push_back(std::move(option));
        }
      }
      out.push_back(std::move(hint));
      inner.accept_symbol(",");
    } while (inner.peek().kind != TokenKind::end);
  }
  return out;
}

}  // namespace millrace::sql
