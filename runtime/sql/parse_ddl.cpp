#include <set>

#include "runtime/sql/token_stream.hpp"

namespace millrace::sql {

namespace {

bool takes_parameters(const std::string& name) {
  static const std::set<std::string> names = {"CHAR",    "VARCHAR",   "BINARY",       "VARBINARY",
                                              "DECIMAL", "DEC",       "NUMERIC",      "CHARACTER",
                                              "TIME",    "TIMESTAMP", "TIMESTAMP_LTZ"};
  return names.contains(name);
}

}  // namespace

Result<TypeName> Parser::type() {
  TypeName out;
  const Position from = here();
  if (peek().kind != TokenKind::word) return unexpected("a type");
  out.name = take().upper;
  if (out.name == "RAW" || out.name == "VARIANT" || out.name == "STRUCTURED") {
    return not_served(from, "the type " + out.name);
  }
  const Deeper deeper(depth_);
  BOOST_OUTCOME_TRY(check_depth());
  if (out.name == "ROW" || out.name == "ARRAY" || out.name == "MAP" || out.name == "MULTISET") {
    BOOST_OUTCOME_TRY(nested_type(out));
  }
  if (out.name == "INTERVAL") {
    BOOST_OUTCOME_TRY(interval_type(out));
  }
  if (out.name == "DOUBLE") accept_word("PRECISION");
  if (out.name == "CHARACTER" || out.name == "CHAR") {
    if (accept_word("VARYING")) out.name = "VARCHAR";
  }
  if (out.children.empty() && accept_symbol("(")) {
    if (!takes_parameters(out.name)) {
      return parse_error(last(), "The type " + out.name + " takes no parameters.");
    }
    do {
      BOOST_OUTCOME_TRY(auto number, integer("a number"));
      out.parameters.push_back(number);
    } while (accept_symbol(","));
    BOOST_OUTCOME_TRY(expect_symbol(")"));
  }
  if (out.name == "TIMESTAMP" || out.name == "TIME") {
    if (accept_words({"WITHOUT", "TIME", "ZONE"})) {
    } else if (accept_words({"WITH", "LOCAL", "TIME", "ZONE"})) {
      out.zone = TypeName::Zone::local;
    } else if (at_words({"WITH", "TIME", "ZONE"})) {
      return not_served(from, "TIMESTAMP WITH TIME ZONE");
    }
  }
  if (accept_words({"NOT", "NULL"})) {
    out.not_null = true;
  } else {
    accept_word("NULL");
  }
  // INT ARRAY is ARRAY<INT>.
  while (peek().is_word("ARRAY") || peek().is_word("MULTISET")) {
    TypeName outer;
    outer.name = take().upper;
    out.where = since(from);
    outer.children.push_back(std::move(out));
    if (accept_words({"NOT", "NULL"})) {
      outer.not_null = true;
    } else {
      accept_word("NULL");
    }
    out = std::move(outer);
  }
  out.where = since(from);
  return out;
}

// <T>, <K, V>, <a T, b U> or (a T, b U) behind ARRAY, MAP, MULTISET and ROW.
Status Parser::nested_type(TypeName& out) {
  const bool row = out.name == "ROW";
  const bool parentheses = row && accept_symbol("(");
  if (!parentheses) {
    // The lexer makes one symbol of ROW<>.
    if (row && accept_symbol("<>")) return base::success();
    BOOST_OUTCOME_TRY(expect_symbol("<"));
  }
  const std::string_view end = parentheses ? ")" : ">";
  if (row && accept_symbol(end)) return base::success();
  do {
    if (row) {
      BOOST_OUTCOME_TRY(auto name, identifier("a field"));
      out.names.push_back(std::move(name));
    }
    BOOST_OUTCOME_TRY(auto child, type());
    out.children.push_back(std::move(child));
    // A field's comment.
    if (row && peek().kind == TokenKind::string) take();
  } while ((row || (out.name == "MAP" && out.children.size() < 2)) && accept_symbol(","));
  if (out.name == "MAP" && out.children.size() < 2) return unexpected("\",\"");
  return expect_symbol(end);
}

// INTERVAL YEAR [TO MONTH], INTERVAL DAY [TO SECOND], ...: the name becomes its first unit's
// family.
Status Parser::interval_type(TypeName& out) {
  static const std::set<std::string> units = {"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"};
  const auto unit = [&]() -> Result<std::string> {
    if (peek().kind != TokenKind::word || !units.contains(peek().upper)) {
      return unexpected("\"YEAR\", \"MONTH\", \"DAY\", \"HOUR\", \"MINUTE\" or \"SECOND\"");
    }
    std::string name = take().upper;
    if (accept_symbol("(")) {
      BOOST_OUTCOME_TRY(integer("a number"));
      if (accept_symbol(",")) {
        BOOST_OUTCOME_TRY(integer("a number"));
      }
      BOOST_OUTCOME_TRY(expect_symbol(")"));
    }
    return name;
  };
  BOOST_OUTCOME_TRY(auto from, unit());
  if (accept_word("TO")) {
    BOOST_OUTCOME_TRY(unit());
  }
  out.name = from == "YEAR" || from == "MONTH" ? "INTERVAL MONTHS" : "INTERVAL MILLIS";
  return base::success();
}

Result<CreateTable> Parser::create_table(bool temporary) {
  CreateTable out;
  out.temporary = temporary;
  out.if_not_exists = accept_words({"IF", "NOT", "EXISTS"});
  BOOST_OUTCOME_TRY(auto name, qualified_name("a table"));
  out.name = std::move(name);
  if (accept_symbol("(")) {
    do {
      BOOST_OUTCOME_TRY(table_element(out));
    } while (accept_symbol(","));
    BOOST_OUTCOME_TRY(expect_symbol(")"));
  }
  if (accept_word("COMMENT")) {
    BOOST_OUTCOME_TRY(auto comment, string_literal("a comment"));
    out.comment = std::move(comment);
  }
  if (peek().is_word("DISTRIBUTED")) return not_served(here(), "DISTRIBUTED");
  if (accept_words({"PARTITIONED", "BY"})) {
    BOOST_OUTCOME_TRY(auto columns, identifier_list());
    out.partitioned_by = std::move(columns);
  }
  if (accept_word("WITH")) {
    BOOST_OUTCOME_TRY(auto list, options());
    out.options = std::move(list);
  }
  if (peek().is_word("LIKE")) {
    BOOST_OUTCOME_TRY(auto base, like());
    out.like = std::move(base);
  }
  if (peek().is_word("AS")) return not_served(here(), "CREATE TABLE AS");
  return out;
}

Status Parser::table_element(CreateTable& table) {
  const Position from = here();
  if (accept_word("WATERMARK")) {
    if (table.watermark) {
      return parse_error(from, "Multiple WATERMARK statements is not supported yet.");
    }
    WatermarkDefinition watermark;
    BOOST_OUTCOME_TRY(expect_word("FOR"));
    BOOST_OUTCOME_TRY(auto name, identifier("a column"));
    watermark.column = std::move(name);
    if (peek().is_symbol(".")) return not_served(here(), "a nested column as a row time");
    BOOST_OUTCOME_TRY(expect_word("AS"));
    BOOST_OUTCOME_TRY(auto value, expression());
    watermark.expression = std::move(value);
    watermark.where = since(from);
    table.watermark = std::move(watermark);
    return base::success();
  }
  if (accept_word("CONSTRAINT")) {
    BOOST_OUTCOME_TRY(identifier("a constraint"));
    if (!peek().is_word("PRIMARY") && !peek().is_word("UNIQUE")) {
      return unexpected("\"PRIMARY KEY\"");
    }
  }
  if (peek().is_word("UNIQUE")) {
    return parse_error(here(), "UNIQUE constraint is not supported yet");
  }
  if (accept_words({"PRIMARY", "KEY"})) {
    if (!table.primary_key.empty()) return parse_error(from, "Duplicate primary key definition");
    BOOST_OUTCOME_TRY(auto columns, identifier_list());
    table.primary_key = std::move(columns);
    if (!accept_words({"NOT", "ENFORCED"})) {
      return script_error(
          from,
          "Flink doesn't support ENFORCED mode for PRIMARY KEY constraint. "
          "ENFORCED/NOT ENFORCED  controls if the constraint checks are performed "
          "on the incoming/outgoing data. Flink does not own the data therefore the "
          "only supported mode is the NOT ENFORCED mode");
    }
    return base::success();
  }
  return column(table);
}

Status Parser::column(CreateTable& table) {
  ColumnDefinition out;
  BOOST_OUTCOME_TRY(auto name, identifier("a column"));
  out.name = std::move(name);
  if (accept_word("AS")) {
    out.kind = ColumnDefinition::Kind::computed;
    BOOST_OUTCOME_TRY(auto value, expression());
    out.expression = std::move(value);
  } else {
    BOOST_OUTCOME_TRY(auto declared, type());
    out.type = std::move(declared);
    const Position constraint = here();
    if (accept_words({"PRIMARY", "KEY"})) {
      if (!table.primary_key.empty()) {
        return parse_error(constraint, "Duplicate primary key definition");
      }
      if (!accept_words({"NOT", "ENFORCED"})) return unexpected("\"NOT ENFORCED\"");
      table.primary_key.push_back(out.name);
    }
    if (accept_word("METADATA")) {
      out.kind = ColumnDefinition::Kind::metadata;
      if (accept_word("FROM")) {
        BOOST_OUTCOME_TRY(auto key, string_literal("a metadata key"));
        out.key = std::move(key);
      }
      out.is_virtual = accept_word("VIRTUAL");
    }
  }
  if (accept_word("COMMENT")) {
    BOOST_OUTCOME_TRY(auto comment, string_literal("a comment"));
    out.comment = std::move(comment);
  }
  table.columns.push_back(std::move(out));
  return base::success();
}

Result<std::vector<Option>> Parser::options() {
  std::vector<Option> list;
  BOOST_OUTCOME_TRY(expect_symbol("("));
  if (accept_symbol(")")) return list;
  do {
    Option option;
    option.where.from = here();
    BOOST_OUTCOME_TRY(auto key, string_literal("an option"));
    option.key = std::move(key);
    BOOST_OUTCOME_TRY(expect_symbol("="));
    option.value_where = peek().where;
    BOOST_OUTCOME_TRY(auto value, string_literal("a value"));
    option.value = std::move(value);
    option.where.to = last();
    list.push_back(std::move(option));
  } while (accept_symbol(","));
  BOOST_OUTCOME_TRY(expect_symbol(")"));
  return list;
}

// LIKE t [(INCLUDING | EXCLUDING | OVERWRITING feature ...)]
Result<Like> Parser::like() {
  Like out;
  const Position from = here();
  BOOST_OUTCOME_TRY(expect_word("LIKE"));
  BOOST_OUTCOME_TRY(auto name, qualified_name("a table"));
  out.table = std::move(name);
  if (accept_symbol("(")) {
    while (!accept_symbol(")")) {
      Like::Choice choice;
      if (accept_word("INCLUDING")) {
        choice.merge = Like::Merge::including;
      } else if (accept_word("EXCLUDING")) {
        choice.merge = Like::Merge::excluding;
      } else if (accept_word("OVERWRITING")) {
        choice.merge = Like::Merge::overwriting;
      } else {
        return unexpected("\"INCLUDING\", \"EXCLUDING\", \"OVERWRITING\" or \")\"");
      }
      static const std::set<std::string> features = {"ALL",        "CONSTRAINTS", "DISTRIBUTION",
                                                     "GENERATED",  "METADATA",    "OPTIONS",
                                                     "PARTITIONS", "WATERMARKS"};
      if (peek().kind != TokenKind::word || !features.contains(peek().upper)) {
        return unexpected("what LIKE takes over, such as \"OPTIONS\" or \"ALL\"");
      }
      choice.feature = {peek().upper, peek().where};
      take();
      const bool all = choice.feature.text == "ALL";
      const bool added = choice.feature.text == "CONSTRAINTS" ||
                         choice.feature.text == "PARTITIONS" ||
                         choice.feature.text == "DISTRIBUTION";
      if (choice.merge == Like::Merge::overwriting && (all || added)) {
        return plain_error(
            choice.feature.where.from,
            "Illegal merging strategy 'OVERWRITING' for '" + choice.feature.text + "' option.");
      }
      out.choices.push_back(std::move(choice));
    }
  }
  out.where = since(from);
  return out;
}

Result<CreateView> Parser::create_view(bool temporary) {
  CreateView out;
  out.temporary = temporary;
  out.if_not_exists = accept_words({"IF", "NOT", "EXISTS"});
  BOOST_OUTCOME_TRY(auto name, qualified_name("a view"));
  out.name = std::move(name);
  if (peek().is_symbol("(")) {
    BOOST_OUTCOME_TRY(auto columns, identifier_list());
    out.columns = std::move(columns);
  }
  if (accept_word("COMMENT")) {
    BOOST_OUTCOME_TRY(auto comment, string_literal("a comment"));
    out.comment = std::move(comment);
  }
  BOOST_OUTCOME_TRY(expect_word("AS"));
  const std::size_t begin = peek().begin;
  BOOST_OUTCOME_TRY(auto body, query());
  out.query = std::make_shared<const Query>(std::move(body));
  out.text = text_.substr(begin, tokens_[at_ - 1].end - begin);
  return out;
}

}  // namespace millrace::sql
