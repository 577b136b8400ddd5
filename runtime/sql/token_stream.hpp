// The tokens under a parser's hand, and the parser itself; internal to runtime/sql.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/sql/lexer.hpp"
#include "runtime/sql/tree.hpp"

namespace millrace::sql {

// Recursive descent; the methods of one family of clauses stand in one parse_*.cpp. Every method
// starts at the clause's first token and stops behind its last.
class Parser {
 public:
  // `text`, if any, is what the tokens were cut from; it outlives the parser.
  explicit Parser(std::vector<Token> tokens, std::string_view text = {})
      : tokens_(std::move(tokens)), text_(text) {}

  // parser.cpp
  Result<std::vector<Statement>> script();
  Result<Statement> statement();

  // parse_ddl.cpp
  Result<CreateTable> create_table(bool temporary);
  Result<CreateView> create_view(bool temporary);
  Result<TypeName> type();
  Status nested_type(TypeName& out);
  Status interval_type(TypeName& out);

  // parse_query.cpp
  Result<Query> query();
  Result<QueryPtr> query_pointer();

  // parse_expression.cpp
  Result<ExpressionPtr> expression();

  // Nothing may be left.
  Status expect_end();

 private:
  // Nesting of expressions and queries; deeper than this is refused, not crashed on.
  static constexpr int max_depth = 200;
  class Deeper {
   public:
    explicit Deeper(int& depth) : depth_(depth) { ++depth_; }
    ~Deeper() { --depth_; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;

   private:
    int& depth_;
  };
  Status check_depth() const;

  // token_stream part of parser.cpp
  [[nodiscard]] const Token& peek(std::size_t ahead = 0) const;
  const Token& take();
  [[nodiscard]] Position here() const { return peek().where.from; }
  [[nodiscard]] Position last() const;
  [[nodiscard]] Span since(Position from) const { return {from, last()}; }
  bool accept_word(std::string_view keyword);
  bool accept_words(std::initializer_list<std::string_view> keywords);
  bool accept_symbol(std::string_view symbol);
  [[nodiscard]] bool at_words(std::initializer_list<std::string_view> keywords) const;
  [[nodiscard]] bool at_name() const;
  Error unexpected(const std::string& expected) const;
  Status expect_word(std::string_view keyword);
  Status expect_symbol(std::string_view symbol);
  Result<Identifier> identifier(const std::string& what);
  Result<QualifiedName> qualified_name(const std::string& what);
  Result<std::string> string_literal(const std::string& what);
  Result<int> integer(const std::string& what);
  Result<std::vector<Identifier>> identifier_list();

  // parser.cpp
  Result<Statement> body();
  Result<Insert> insert();
  Result<StatementSet> statement_set();
  Result<Explain> explain();
  Result<Drop> drop();
  Result<Set> set();
  Result<Reset> reset();

  // parse_show.cpp
  Result<Show> show();
  Result<Show> describe();
  Result<Use> use();
  // What only a JVM could run, refused by its name.
  Error refuse_function(Position from);
  Result<std::vector<Hint>> hints();

  // parse_ddl.cpp
  Status column(CreateTable& table);
  Status table_element(CreateTable& table);
  Result<std::vector<Option>> options();
  Result<Like> like();

  // parse_query.cpp
  Result<Query> set_operation(bool intersect);
  Result<Query> query_primary();
  Status query_tail(Query& query);
  Result<Select> select();
  Result<Values> values();

  // parse_from.cpp
  Result<TableReference> from_clause();
  Result<TableReference> joined_table();
  Result<TableReference> table_reference();
  Status alias_of(TableReference& table);
  Result<ExpressionPtr> table_function();
  Result<ExpressionPtr> table_argument();

  // parse_match.cpp
  Result<MatchRecognize> match_recognize();
  Result<PatternItem> pattern_item();

  // parse_group.cpp
  using GroupSets = std::vector<std::vector<std::size_t>>;
  Status group_by(Select& select);
  Result<GroupSets> group_item(Select& select);
  Result<std::vector<std::size_t>> group_set(Select& select);

  // parse_window.cpp
  Result<std::vector<OrderItem>> order_by();
  Result<WindowSpec> window_spec();
  Result<FrameBound> frame_bound();
  Status null_treatment(Expression& call);
  Status call_suffix(Expression& call);

  // parse_expression.cpp, parse_call.cpp
  Result<ExpressionPtr> binary(int least);
  Result<ExpressionPtr> operand_of_in();
  Result<ExpressionPtr> prefix(int least);
  Result<ExpressionPtr> primary();
  Result<ExpressionPtr> with_access(ExpressionPtr value);
  Result<ExpressionPtr> constructor(const std::string& word);
  Result<ExpressionPtr> row_value(Position from, ExpressionPtr first);
  Result<ExpressionPtr> name_or_call();
  Result<ExpressionPtr> call(Identifier name);
  Result<ExpressionPtr> special_call(const Identifier& name);
  // parse_json.cpp
  Result<ExpressionPtr> json_call(const Identifier& name);
  Result<ExpressionPtr> json_aggregate(const Identifier& name);
  Status json_constructor(Expression& node);
  Status json_clauses(Expression& node);
  Result<ExpressionPtr> predicate(ExpressionPtr left, bool negated);
  Result<ExpressionPtr> cast(bool try_cast);
  Result<ExpressionPtr> case_when();
  Result<ExpressionPtr> interval(Position from, bool negative);

  std::vector<Token> tokens_;
  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

// A node of that kind; `where` is its place.
ExpressionPtr make_node(Expression::Kind kind, Span where, std::string name = {});
// A call node over `arguments`; the span reaches from the first to the last of them.
ExpressionPtr make_call(std::string name, Span where, std::vector<ExpressionPtr> arguments);

}  // namespace millrace::sql
