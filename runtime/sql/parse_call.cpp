#include <set>

#include "runtime/sql/interval.hpp"
#include "runtime/sql/token_stream.hpp"

namespace millrace::sql {

namespace {

bool is_time_unit(const std::string& word) {
  static const std::set<std::string> units = {"MILLENNIUM",
                                              "CENTURY",
                                              "DECADE",
                                              "YEAR",
                                              "QUARTER",
                                              "MONTH",
                                              "WEEK",
                                              "DAY",
                                              "DOW",
                                              "DOY",
                                              "HOUR",
                                              "MINUTE",
                                              "SECOND",
                                              "MILLISECOND",
                                              "MICROSECOND",
                                              "NANOSECOND",
                                              "EPOCH",
                                              "ISODOW",
                                              "ISOYEAR",
                                              "FRAC_SECOND",
                                              "SQL_TSI_YEAR",
                                              "SQL_TSI_QUARTER",
                                              "SQL_TSI_MONTH",
                                              "SQL_TSI_WEEK",
                                              "SQL_TSI_DAY",
                                              "SQL_TSI_HOUR",
                                              "SQL_TSI_MINUTE",
                                              "SQL_TSI_SECOND"};
  return units.contains(word);
}

}  // namespace

Result<ExpressionPtr> Parser::call(Identifier name) {
  std::string upper = name.text;
  for (char& c : upper) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  const Identifier written = name;
  name.text = upper;
  if (upper == "EXTRACT" || upper == "TRIM" || upper == "SUBSTRING" || upper == "POSITION" ||
      upper == "FLOOR" || upper == "CEIL" || upper == "CEILING" || upper == "TIMESTAMPADD" ||
      upper == "TIMESTAMPDIFF" || upper == "OVERLAY") {
    return special_call(name);
  }
  BOOST_OUTCOME_TRY(expect_symbol("("));
  if (upper == "JSON_EXISTS" || upper == "JSON_VALUE" || upper == "JSON_QUERY" ||
      upper == "JSON_OBJECT" || upper == "JSON_ARRAY") {
    return json_call(name);
  }
  if (upper == "JSON_OBJECTAGG" || upper == "JSON_ARRAYAGG") return json_aggregate(name);
  auto node = make_node(Expression::Kind::call, name.where, upper);
  node->name_where = name.where;
  node->path.push_back(written);
  if (!accept_symbol(")")) {
    node->flag = accept_word("DISTINCT");
    if (!node->flag) accept_word("ALL");
    do {
      if (peek().is_symbol("*")) {
        node->arguments.push_back(make_node(Expression::Kind::star, take().where));
      } else {
        BOOST_OUTCOME_TRY(auto argument, expression());
        node->arguments.push_back(std::move(argument));
      }
    } while (accept_symbol(","));
    if (upper == "ARRAY_AGG" && at_words({"ORDER", "BY"})) {
      // Flink takes it and does not sort.
      BOOST_OUTCOME_TRY(order_by());
    }
    BOOST_OUTCOME_TRY(null_treatment(*node));
    if (peek().kind == TokenKind::word && upper.starts_with("JSON_")) {
      return not_served(here(), "the clause " + peek().upper + " of " + upper);
    }
    BOOST_OUTCOME_TRY(expect_symbol(")"));
  }
  node->where.to = last();
  BOOST_OUTCOME_TRY(call_suffix(*node));
  return node;
}

// Functions with words between their arguments become plain calls:
//   EXTRACT(unit FROM x) -> EXTRACT('unit', x)     FLOOR(x TO unit) -> FLOOR(x, 'unit')
//   TRIM(LEADING c FROM s) -> TRIM('LEADING', c, s)  POSITION(a IN b) -> POSITION(a, b)
//   SUBSTRING(s FROM a FOR b) -> SUBSTRING(s, a, b)
Result<ExpressionPtr> Parser::special_call(const Identifier& name) {
  auto node = make_node(Expression::Kind::call, name.where, name.text);
  node->name_where = name.where;
  auto& arguments = node->arguments;
  BOOST_OUTCOME_TRY(expect_symbol("("));
  const auto unit = [&]() -> Result<ExpressionPtr> {
    const bool span = name.text.starts_with("TIMESTAMP");
    if (span && peek().kind == TokenKind::word && peek(1).is_symbol(",") &&
        !is_time_unit(peek().upper)) {
      return validation_error(peek().where, "'" + peek().upper + "' is not a valid time frame");
    }
    if (peek().kind != TokenKind::word || !is_time_unit(peek().upper)) {
      return unexpected("a time unit");
    }
    const Token& word = take();
    return make_node(Expression::Kind::string_literal, word.where, word.upper);
  };
  const auto argument = [&]() -> Status {
    BOOST_OUTCOME_TRY(auto value, expression());
    arguments.push_back(std::move(value));
    return base::success();
  };
  bool open = true;
  if (name.text == "EXTRACT") {
    BOOST_OUTCOME_TRY(auto word, unit());
    arguments.push_back(std::move(word));
    BOOST_OUTCOME_TRY(expect_word("FROM"));
    BOOST_OUTCOME_TRY(argument());
  } else if (name.text == "TIMESTAMPADD" || name.text == "TIMESTAMPDIFF") {
    BOOST_OUTCOME_TRY(auto word, unit());
    arguments.push_back(std::move(word));
  } else if (name.text == "POSITION") {
    BOOST_OUTCOME_TRY(auto needle, operand_of_in());
    arguments.push_back(std::move(needle));
    BOOST_OUTCOME_TRY(expect_word("IN"));
    BOOST_OUTCOME_TRY(argument());
  } else if (name.text == "TRIM") {
    std::string mode;
    for (const auto* word : {"BOTH", "LEADING", "TRAILING"}) {
      if (accept_word(word)) mode = word;
    }
    const Span mode_where = {last(), last()};
    if (!mode.empty() && accept_word("FROM")) {
      arguments.push_back(make_node(Expression::Kind::string_literal, mode_where, " "));
    } else {
      BOOST_OUTCOME_TRY(argument());
      if (accept_word("FROM")) {
        if (mode.empty()) mode = "BOTH";
      } else if (!mode.empty()) {
        return unexpected("\"FROM\"");
      } else {
        open = false;  // TRIM(s)
      }
    }
    if (open) {
      BOOST_OUTCOME_TRY(argument());
      arguments.insert(arguments.begin(),
                       make_node(Expression::Kind::string_literal, mode_where, mode));
    }
  } else if (name.text == "SUBSTRING" || name.text == "OVERLAY") {
    BOOST_OUTCOME_TRY(argument());
    if (name.text == "OVERLAY" && accept_word("PLACING")) {
      BOOST_OUTCOME_TRY(argument());
    }
    if (accept_word("FROM")) {
      BOOST_OUTCOME_TRY(argument());
      if (accept_word("FOR")) {
        BOOST_OUTCOME_TRY(argument());
      }
    }
  } else {  // FLOOR, CEIL, CEILING
    BOOST_OUTCOME_TRY(argument());
    if (accept_word("TO")) {
      BOOST_OUTCOME_TRY(auto word, unit());
      arguments.push_back(std::move(word));
    }
  }
  while (accept_symbol(",")) {
    BOOST_OUTCOME_TRY(argument());
  }
  BOOST_OUTCOME_TRY(expect_symbol(")"));
  node->where.to = last();
  return node;
}

// x[i] and x.f, as often as they follow.
Result<ExpressionPtr> Parser::with_access(ExpressionPtr value) {
  const Position from = value->where.from;
  for (int chain = 0; peek().is_symbol("[") || peek().is_symbol("."); ++chain) {
    if (chain > 200) return parse_error(here(), "This expression is nested too deeply.");
    std::vector<ExpressionPtr> arguments;
    arguments.push_back(std::move(value));
    if (take().text == "[") {
      BOOST_OUTCOME_TRY(auto index, expression());
      BOOST_OUTCOME_TRY(expect_symbol("]"));
      arguments.push_back(std::move(index));
      value = make_call("ITEM", since(from), std::move(arguments));
    } else {
      if (peek().is_symbol("*")) return not_served(here(), "all fields of a row");
      BOOST_OUTCOME_TRY(auto field, identifier("a field"));
      arguments.push_back(make_node(Expression::Kind::string_literal, field.where, field.text));
      value = make_call("DOT", since(from), std::move(arguments));
    }
  }
  return value;
}

// ARRAY[...], MAP[...], ROW(...): the word is still to be taken.
Result<ExpressionPtr> Parser::constructor(const std::string& word) {
  const Position from = here();
  take();
  const std::string_view end = word == "ROW" ? ")" : "]";
  take();
  std::vector<ExpressionPtr> arguments;
  if (word == "ROW" && peek().is_symbol(end)) return unexpected("an expression");
  if (!accept_symbol(end)) {
    do {
      BOOST_OUTCOME_TRY(auto argument, expression());
      arguments.push_back(std::move(argument));
    } while (accept_symbol(","));
    BOOST_OUTCOME_TRY(expect_symbol(end));
  }
  return make_call(word, since(from), std::move(arguments));
}

// (a, b): behind the first value.
Result<ExpressionPtr> Parser::row_value(Position from, ExpressionPtr first) {
  std::vector<ExpressionPtr> arguments;
  arguments.push_back(std::move(first));
  while (accept_symbol(",")) {
    BOOST_OUTCOME_TRY(auto argument, expression());
    arguments.push_back(std::move(argument));
  }
  BOOST_OUTCOME_TRY(expect_symbol(")"));
  return make_call("ROW", since(from), std::move(arguments));
}

Result<ExpressionPtr> Parser::cast(bool try_cast) {
  const Position from = last();
  auto node = make_node(Expression::Kind::cast, {from, from});
  node->where.from = tokens_[at_ - 1].where.from;
  node->flag = try_cast;
  BOOST_OUTCOME_TRY(expect_symbol("("));
  BOOST_OUTCOME_TRY(auto operand, expression());
  node->arguments.push_back(std::move(operand));
  BOOST_OUTCOME_TRY(expect_word("AS"));
  BOOST_OUTCOME_TRY(auto target, type());
  node->type = std::move(target);
  BOOST_OUTCOME_TRY(expect_symbol(")"));
  node->where.to = last();
  return node;
}

Result<ExpressionPtr> Parser::case_when() {
  const Position from = here();
  BOOST_OUTCOME_TRY(expect_word("CASE"));
  auto node = make_node(Expression::Kind::case_when, {from, from});
  if (!peek().is_word("WHEN")) {
    node->flag = true;
    BOOST_OUTCOME_TRY(auto operand, expression());
    node->arguments.push_back(std::move(operand));
  }
  while (accept_word("WHEN")) {
    BOOST_OUTCOME_TRY(auto when, expression());
    // CASE x WHEN a, b THEN ...: any of them.
    while (node->flag && accept_symbol(",")) {
      BOOST_OUTCOME_TRY(auto other, expression());
      if (when->kind != Expression::Kind::call || when->name != "WHEN ANY") {
        std::vector<ExpressionPtr> list;
        const Span where = when->where;
        list.push_back(std::move(when));
        when = make_call("WHEN ANY", where, std::move(list));
      }
      when->arguments.push_back(std::move(other));
    }
    BOOST_OUTCOME_TRY(expect_word("THEN"));
    BOOST_OUTCOME_TRY(auto then, expression());
    node->arguments.push_back(std::move(when));
    node->arguments.push_back(std::move(then));
  }
  if (node->arguments.size() < 2) return unexpected("\"WHEN\"");
  if (accept_word("ELSE")) {
    BOOST_OUTCOME_TRY(auto otherwise, expression());
    node->arguments.push_back(std::move(otherwise));
  } else {
    node->arguments.push_back(make_node(Expression::Kind::null_literal, {here(), here()}));
  }
  BOOST_OUTCOME_TRY(expect_word("END"));
  node->where.to = last();
  return node;
}

Result<ExpressionPtr> Parser::interval(Position from, bool negative) {
  BOOST_OUTCOME_TRY(auto text, string_literal("the interval's value"));
  IntervalUnits units;
  const auto unit = [&](std::string& name, int& precision, int* fraction) -> Status {
    if (peek().kind != TokenKind::word || !is_interval_unit(peek().upper)) {
      return unexpected("\"YEAR\", \"MONTH\", \"DAY\", \"HOUR\", \"MINUTE\" or \"SECOND\"");
    }
    name = singular_unit(take().upper);
    if (accept_symbol("(")) {
      BOOST_OUTCOME_TRY(auto digits, integer("a number"));
      precision = digits;
      if (fraction != nullptr && accept_symbol(",")) {
        BOOST_OUTCOME_TRY(auto digits_behind, integer("a number"));
        *fraction = digits_behind;
      }
      BOOST_OUTCOME_TRY(expect_symbol(")"));
    }
    return base::success();
  };
  BOOST_OUTCOME_TRY(unit(units.from, units.precision, &units.fraction));
  if (accept_word("TO")) {
    int ignored = 0;
    BOOST_OUTCOME_TRY(unit(units.to, ignored, nullptr));
  }
  auto node = make_node(Expression::Kind::interval_literal, since(from), text);
  BOOST_OUTCOME_TRY(auto value, interval_value(text, units, node->where));
  node->number = negative ? -value.amount : value.amount;
  node->flag = value.months;
  node->type.name = units.to.empty() ? units.from : units.from + " TO " + units.to;
  return node;
}

}  // namespace millrace::sql
