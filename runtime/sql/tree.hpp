// The syntax tree: what was written, nothing resolved. Plain values; a node owns its children.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "runtime/sql/position.hpp"

namespace millrace::sql {

// A name as written, without quotes.
struct Identifier {
  std::string text;
  Span where;
};

// catalog.database.table, or table.column: one to three parts.
struct QualifiedName {
  std::vector<Identifier> parts;

  [[nodiscard]] Span where() const { return {parts.front().where.from, parts.back().where.to}; }
  // Parts joined by points.
  [[nodiscard]] std::string text() const;
};

// A type as written: DECIMAL(10, 2) NOT NULL. `name` in capitals, synonyms not yet resolved.
struct TypeName {
  std::string name;
  std::vector<int> parameters;
  // TIMESTAMP/TIME WITH LOCAL TIME ZONE, WITH TIME ZONE.
  enum class Zone { none, local, zoned } zone = Zone::none;
  bool not_null = false;
  Span where;
  // ARRAY<T>, MAP<K, V>, MULTISET<T>, ROW<a T, ...>: what they are made of, and a row's names.
  std::vector<TypeName> children;
  std::vector<Identifier> names;
};

struct Expression;
struct Query;
struct WindowSpec;
using ExpressionPtr = std::unique_ptr<Expression>;
using QueryPtr = std::unique_ptr<Query>;
using WindowSpecPtr = std::shared_ptr<const WindowSpec>;

struct Expression {
  enum class Kind {
    null_literal,
    boolean_literal,    // flag
    string_literal,     // name
    number_literal,     // name = digits as written
    interval_literal,   // number = milliseconds, or months when flag is set; name = text
    timestamp_literal,  // name
    date_literal,       // name
    time_literal,       // name
    binary_literal,     // name = the bytes
    column,             // path
    star,               // * or t.* (path empty or [t])
    // Functions and operators alike; path[0] = the name as written, if it was; name in capitals:
    // "+", "AND", "IS NULL", "SUBSTRING", ... flag = DISTINCT; a lone star argument is COUNT(*)'s.
    // x[i] is ITEM(x, i), x.f is DOT(x, 'f'), ARRAY[...], MAP[...] and ROW(...) are calls, too.
    call,
    cast,       // arguments[0] to type; flag = TRY_CAST
    case_when,  // [operand if flag] then pairs when, then; the last is ELSE (maybe null literal)
    table_argument,  // TABLE t inside a table function: path
    descriptor,      // DESCRIPTOR(a, b): path holds the columns
    named_argument,  // name => arguments[0]
    subquery,        // (SELECT ...), with name EXISTS, IN or empty
  };

  Kind kind = Kind::null_literal;
  Span where;
  std::string name;
  std::vector<ExpressionPtr> arguments;
  std::vector<Identifier> path;
  TypeName type;
  QueryPtr query;
  std::int64_t number = 0;
  bool flag = false;
  bool ignore_nulls = false;  // IGNORE NULLS in or behind a call
  // FILTER (WHERE ...) behind an aggregate.
  ExpressionPtr filter;
  // OVER (...) behind a function.
  WindowSpecPtr over;
  // PARTITION BY of a table_argument.
  std::vector<Identifier> partition_by;
  // The name's own place in a call, for messages about the name.
  Span name_where;
};

// ORDER BY's item.
struct OrderItem {
  ExpressionPtr expression;
  bool descending = false;
  std::optional<bool> nulls_first;
  Span where;
};

// One end of a frame.
struct FrameBound {
  enum class Kind { unbounded_preceding, preceding, current_row, following, unbounded_following };

  Kind kind = Kind::current_row;
  ExpressionPtr amount;  // preceding, following
};

// What stands in OVER's parentheses.
struct WindowSpec {
  std::vector<ExpressionPtr> partition_by;
  std::vector<OrderItem> order_by;
  bool framed = false;
  bool rows = false;  // ROWS, not RANGE
  FrameBound from{FrameBound::Kind::unbounded_preceding, nullptr};
  FrameBound to;
  // OVER w: the name; the rest is then the WINDOW clause's.
  std::optional<Identifier> name;
  Span where;
};

struct Option {
  std::string key;
  std::string value;
  Span where;
  Span value_where;
};

// /*+ OPTIONS('key' = 'value') */, or a hint by another name.
struct Hint {
  std::string name;  // in capitals
  std::vector<Option> options;
  Span where;
};

struct SelectItem {
  ExpressionPtr expression;
  std::optional<Identifier> alias;
};

// A variable of a pattern with its quantifier.
struct PatternItem {
  Identifier variable;
  std::int64_t least = 1;
  std::int64_t most = 1;  // -1: no end
  bool quantified = false;
  bool greedy = true;
};

// MATCH_RECOGNIZE's parentheses.
struct MatchRecognize {
  enum class Skip { past_last_row, to_next_row, to_first, to_last };

  std::vector<ExpressionPtr> partition_by;
  std::vector<OrderItem> order_by;
  std::vector<SelectItem> measures;
  Skip skip = Skip::to_next_row;
  std::optional<Identifier> skip_to;
  std::vector<PatternItem> pattern;
  ExpressionPtr within;
  std::vector<std::pair<Identifier, ExpressionPtr>> define;
  Span where;
};

// What stands in FROM.
struct TableReference {
  enum class Kind { table, function, query, join, match, unnest };

  Kind kind = Kind::table;
  QualifiedName table;
  std::vector<Hint> hints;
  ExpressionPtr function;   // TABLE(f(...)) or f(...): a call; of unnest: UNNEST(...)
  bool ordinality = false;  // UNNEST(...) WITH ORDINALITY
  bool lateral = false;     // LATERAL: may speak of what stands left of it
  QueryPtr query;
  std::optional<Identifier> alias;
  std::vector<Identifier> alias_columns;
  Span where;
  // FOR SYSTEM_TIME AS OF
  ExpressionPtr as_of;
  // join
  enum class Join { inner, left, right, full, cross };
  Join join = Join::inner;
  std::unique_ptr<TableReference> left;
  std::unique_ptr<TableReference> right;
  ExpressionPtr condition;       // ON
  std::vector<Identifier> same;  // USING
  bool natural = false;
  // match: over `left`
  std::shared_ptr<const MatchRecognize> match;
};

struct Values {
  std::vector<std::vector<ExpressionPtr>> rows;
};

// One SELECT block. GROUP BY items are plain expressions; TUMBLE and HOP among them are calls.
struct Select {
  bool distinct = false;
  std::vector<Hint> hints;
  std::vector<SelectItem> items;
  std::optional<TableReference> from;
  ExpressionPtr where;
  std::vector<ExpressionPtr> group_by;
  bool grouped = false;
  // GROUPING SETS, ROLLUP, CUBE, multiplied out: each set's items of group_by. Empty: one set of
  // all.
  std::vector<std::vector<std::size_t>> group_sets;
  ExpressionPtr having;
  // WINDOW w AS (...)
  std::vector<std::pair<Identifier, WindowSpecPtr>> windows;
  // For messages: the whole block, and the SELECT list.
  Span span;
};

struct CommonTable {
  Identifier name;
  std::vector<Identifier> columns;
  std::shared_ptr<const Query> query;
};

// UNION, INTERSECT, EXCEPT.
struct SetOperation {
  enum class Kind { union_of, intersect, except };

  Kind kind = Kind::union_of;
  bool all = false;
  QueryPtr left;
  QueryPtr right;
};

struct Query {
  std::vector<CommonTable> with;
  std::variant<Select, Values, SetOperation> body;
  std::vector<OrderItem> order_by;
  std::optional<std::int64_t> limit;
  std::optional<std::int64_t> offset;
  Span where;
};

struct ColumnDefinition {
  enum class Kind { physical, computed, metadata };

  Kind kind = Kind::physical;
  Identifier name;
  TypeName type;  // physical, metadata
  // computed; shared with the tables that are LIKE this one
  std::shared_ptr<const Expression> expression;
  std::optional<std::string> key;  // metadata FROM 'key'
  bool is_virtual = false;         // metadata
  std::string comment;
};

struct WatermarkDefinition {
  Identifier column;
  std::shared_ptr<const Expression> expression;
  Span where;
};

// LIKE t (INCLUDING ALL OVERWRITING OPTIONS): what is taken over, and what may be there twice.
struct Like {
  enum class Merge { including, excluding, overwriting };

  QualifiedName table;
  // Feature in capitals ("ALL", "OPTIONS", ...), as written.
  struct Choice {
    Merge merge = Merge::including;
    Identifier feature;
  };
  std::vector<Choice> choices;
  Span where;
};

struct CreateTable {
  QualifiedName name;
  bool temporary = false;
  bool if_not_exists = false;
  std::vector<ColumnDefinition> columns;
  std::optional<WatermarkDefinition> watermark;
  std::vector<Identifier> primary_key;
  std::string comment;
  std::vector<Identifier> partitioned_by;
  std::vector<Option> options;
  std::optional<Like> like;
};

struct CreateView {
  QualifiedName name;
  bool temporary = false;
  bool if_not_exists = false;
  std::vector<Identifier> columns;
  std::string comment;
  std::shared_ptr<const Query> query;
  std::string text;  // of the query, as written
};

struct Drop {
  enum class What { table, view };

  What what = What::table;
  bool temporary = false;
  QualifiedName name;
  bool if_exists = false;
};

// SET 'key' = 'value'; without a key: show them all (nothing to do in a script).
struct Set {
  std::optional<Option> option;
};

// Without a key: all.
struct Reset {
  std::optional<std::string> key;
};

struct Insert {
  // PARTITION (a = 'x', b): without a value the query gives it.
  struct Partition {
    Identifier column;
    ExpressionPtr value;
  };

  QualifiedName target;
  std::vector<Hint> hints;
  std::vector<Partition> partitions;
  std::vector<Identifier> columns;
  QueryPtr query;
};

struct StatementSet {
  std::vector<Insert> inserts;
};

// A bare query: its rows are printed.
struct SelectStatement {
  QueryPtr query;
};

struct Explain {
  std::variant<SelectStatement, Insert, StatementSet> statement;
};

// USE CATALOG c, USE d, USE c.d
struct Use {
  bool catalog = false;
  QualifiedName name;
};

// SHOW ... and DESCRIBE t.
struct Show {
  enum class What {
    tables,
    views,
    functions,
    catalogs,
    databases,
    current_catalog,
    current_database,
    jars,
    modules,
    columns,
    create_table,
    create_view,
  };

  What what = What::tables;
  bool describe = false;  // columns, by DESCRIBE
  QualifiedName name;     // of columns and create_*; of tables and views: FROM's database, or empty
  std::optional<std::string> like;
  bool negated = false;   // NOT LIKE
  bool any_case = false;  // ILIKE
};

struct Statement {
  std::variant<CreateTable, CreateView, Drop, Set, Reset, Insert, StatementSet, SelectStatement,
               Explain, Use, Show>
      body;
  Span where;
  // Its bytes of the script's text, without the semicolon.
  std::size_t begin = 0;
  std::size_t end = 0;
};

}  // namespace millrace::sql
