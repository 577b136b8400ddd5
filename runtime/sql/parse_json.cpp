#include "runtime/sql/token_stream.hpp"

namespace millrace::sql {

namespace {

ExpressionPtr word_node(const std::string& word, Span where) {
  return make_node(Expression::Kind::string_literal, where, word);
}

bool is_json_call(const Expression& tree) {
  return tree.kind == Expression::Kind::call &&
         (tree.name == "JSON_OBJECT" || tree.name == "JSON_ARRAY");
}

}  // namespace

// The clauses of the JSON functions become text literals among their arguments:
//   JSON_EXISTS(x, path TRUE ON ERROR)         -> JSON_EXISTS(x, path, 'TRUE')
//   JSON_VALUE(x, path RETURNING INT ...)      -> JSON_VALUE(x, path, 'INT', on empty, default, on
//                                                 error, default)
//   JSON_QUERY(x, path WITH WRAPPER ...)       -> JSON_QUERY(x, path, wrapper, on empty, on error)
//   JSON_OBJECT(KEY k VALUE v ABSENT ON NULL)  -> JSON_OBJECT('ABSENT0', k, v)
//   JSON_ARRAY(a, JSON_ARRAY() NULL ON NULL)   -> JSON_ARRAY('NULL01', a, ...)
// The digits say which values are JSON already. The name and "(" are taken.
Result<ExpressionPtr> Parser::json_call(const Identifier& name) {
  auto node = make_node(Expression::Kind::call, name.where, name.text);
  node->name_where = name.where;
  if (name.text == "JSON_OBJECT" || name.text == "JSON_ARRAY") {
    BOOST_OUTCOME_TRY(json_constructor(*node));
  } else {
    BOOST_OUTCOME_TRY(auto text, expression());
    node->arguments.push_back(std::move(text));
    BOOST_OUTCOME_TRY(expect_symbol(","));
    BOOST_OUTCOME_TRY(auto path, expression());
    node->arguments.push_back(std::move(path));
    if (!peek().is_symbol(")")) {
      BOOST_OUTCOME_TRY(json_clauses(*node));
    }
  }
  BOOST_OUTCOME_TRY(expect_symbol(")"));
  node->where.to = last();
  return node;
}

// JSON_OBJECTAGG(KEY k VALUE v NULL ON NULL), JSON_ARRAYAGG(v ABSENT ON NULL ORDER BY x): calls
// named as Flink's planner does it, JSON_OBJECTAGG_NULL_ON_NULL(k, v). "(" is taken.
Result<ExpressionPtr> Parser::json_aggregate(const Identifier& name) {
  const bool object = name.text == "JSON_OBJECTAGG";
  auto node = make_node(Expression::Kind::call, name.where, name.text);
  node->name_where = name.where;
  if (object) {
    const bool keyed = accept_word("KEY");
    BOOST_OUTCOME_TRY(auto key, expression());
    node->arguments.push_back(std::move(key));
    if (!accept_word("VALUE")) {
      if (keyed) return unexpected("\"VALUE\"");
      BOOST_OUTCOME_TRY(expect_symbol(":"));
    }
  } else if (peek().is_word("DISTINCT")) {
    return parse_error(here(), "Incorrect syntax near the keyword 'DISTINCT' at line " +
                                   std::to_string(here().line) + ", column " +
                                   std::to_string(here().column) + ".");
  }
  BOOST_OUTCOME_TRY(auto value, expression());
  node->arguments.push_back(std::move(value));
  std::string clause = object ? "NULL" : "ABSENT";
  if (at_words({"NULL", "ON", "NULL"}) || at_words({"ABSENT", "ON", "NULL"})) {
    clause = take().upper;
    take();
    take();
  }
  // Flink takes it and does not sort.
  if (!object && at_words({"ORDER", "BY"})) {
    BOOST_OUTCOME_TRY(order_by());
  }
  BOOST_OUTCOME_TRY(expect_symbol(")"));
  node->where.to = last();
  node->name += "_" + clause + "_ON_NULL";
  if (accept_word("FILTER")) {
    BOOST_OUTCOME_TRY(expect_symbol("("));
    BOOST_OUTCOME_TRY(expect_word("WHERE"));
    BOOST_OUTCOME_TRY(auto condition, expression());
    node->filter = std::move(condition);
    BOOST_OUTCOME_TRY(expect_symbol(")"));
  }
  if (peek().is_word("OVER")) {
    return parse_error(here(), "Incorrect syntax near the keyword 'OVER' at line " +
                                   std::to_string(here().line) + ", column " +
                                   std::to_string(here().column) + ".");
  }
  return node;
}

Status Parser::json_constructor(Expression& node) {
  const bool object = node.name == "JSON_OBJECT";
  std::string clause = object ? "NULL" : "ABSENT";
  std::string raw;
  const auto at_clause = [this] {
    return at_words({"NULL", "ON", "NULL"}) || at_words({"ABSENT", "ON", "NULL"});
  };
  std::vector<ExpressionPtr> values;
  if (!peek().is_symbol(")") && !at_clause()) {
    do {
      if (object) {
        const bool keyed = accept_word("KEY");
        BOOST_OUTCOME_TRY(auto key, expression());
        values.push_back(std::move(key));
        if (!accept_word("VALUE")) {
          if (keyed) return unexpected("\"VALUE\"");
          BOOST_OUTCOME_TRY(expect_symbol(":"));
        }
      }
      BOOST_OUTCOME_TRY(auto value, expression());
      raw += is_json_call(*value) ? '1' : '0';
      values.push_back(std::move(value));
    } while (accept_symbol(","));
  }
  if (at_clause()) {
    clause = take().upper;
    take();
    take();
  }
  node.arguments.push_back(word_node(clause + raw, {last(), last()}));
  for (auto& value : values) node.arguments.push_back(std::move(value));
  return base::success();
}

// What stands behind the path.
Status Parser::json_clauses(Expression& node) {
  std::string returning = "VARCHAR";
  std::string wrapper = "WITHOUT";
  std::string how[2] = {"NULL", "NULL"};  // on empty, on error
  ExpressionPtr values[2];
  const bool is_value = node.name == "JSON_VALUE";
  const bool is_query = node.name == "JSON_QUERY";
  const Position from = here();
  if (!is_value && !is_query) {  // JSON_EXISTS
    for (const auto* word : {"TRUE", "FALSE", "UNKNOWN", "ERROR"}) {
      if (accept_word(word)) how[1] = word;
    }
    BOOST_OUTCOME_TRY(expect_word("ON"));
    BOOST_OUTCOME_TRY(expect_word("ERROR"));
    node.arguments.push_back(word_node(how[1], since(from)));
    return base::success();
  }
  if (accept_word("RETURNING")) {
    BOOST_OUTCOME_TRY(auto declared, type());
    if (is_query && declared.name != "STRING" && declared.name != "VARCHAR") {
      return not_served(declared.where.from, "JSON_QUERY RETURNING " + declared.name);
    }
    returning = declared.name;
  }
  if (is_query && accept_word("WITHOUT")) {
    accept_word("ARRAY");
    BOOST_OUTCOME_TRY(expect_word("WRAPPER"));
  } else if (is_query && accept_word("WITH")) {
    wrapper = "UNCONDITIONAL";
    if (accept_word("CONDITIONAL")) {
      wrapper = "CONDITIONAL";
    } else {
      accept_word("UNCONDITIONAL");
    }
    accept_word("ARRAY");
    BOOST_OUTCOME_TRY(expect_word("WRAPPER"));
  }
  while (!peek().is_symbol(")")) {
    std::string behavior;
    ExpressionPtr value;
    if (accept_word("NULL")) {
      behavior = "NULL";
    } else if (accept_word("ERROR")) {
      behavior = "ERROR";
    } else if (is_value && accept_word("DEFAULT")) {
      behavior = "DEFAULT";
      BOOST_OUTCOME_TRY(value, expression());
    } else if (is_query && accept_words({"EMPTY", "ARRAY"})) {
      behavior = "EMPTY ARRAY";
    } else if (is_query && accept_words({"EMPTY", "OBJECT"})) {
      behavior = "EMPTY OBJECT";
    } else {
      return unexpected("\"NULL\", \"ERROR\", \"DEFAULT\", \"EMPTY\" or \")\"");
    }
    BOOST_OUTCOME_TRY(expect_word("ON"));
    const bool on_error = peek().is_word("ERROR");
    if (!on_error && !peek().is_word("EMPTY")) return unexpected("\"EMPTY\" or \"ERROR\"");
    take();
    how[on_error ? 1 : 0] = behavior;
    values[on_error ? 1 : 0] = std::move(value);
  }
  const Span where = since(from);
  node.arguments.push_back(word_node(is_value ? returning : wrapper, where));
  for (int i = 0; i < 2; ++i) {
    node.arguments.push_back(word_node(how[i], where));
    if (!is_value) continue;
    node.arguments.push_back(values[i] ? std::move(values[i])
                                       : make_node(Expression::Kind::null_literal, where));
  }
  return base::success();
}

}  // namespace millrace::sql
