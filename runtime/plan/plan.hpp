// The logical plan of a query: a tree of nodes from tables to a sink. Immutable once bound.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "runtime/aggregates/aggregate.hpp"
#include "runtime/connectors/source.hpp"
#include "runtime/connectors/table.hpp"
#include "runtime/expr/expr.hpp"
#include "runtime/plan/settings.hpp"

namespace millrace::plan {

// Whether a field is a time attribute: what windows may be built on.
enum class TimeAttribute : std::uint8_t { none, rowtime, proctime };
// Which of a window's own columns a field is; GROUP BY recognises windows by it.
enum class WindowRole : std::uint8_t { none, start, end, time };

struct Field {
  std::string name;
  data::LogicalType type;
  TimeAttribute time = TimeAttribute::none;
  WindowRole window = WindowRole::none;
};

data::Schema schema_of(const std::vector<Field>& fields);

struct Node;
using NodePtr = std::shared_ptr<const Node>;

// A column of a table as its rows enter the job.
struct TableColumn {
  enum class Kind : std::uint8_t { physical, metadata, computed };

  Kind kind = Kind::physical;
  Field field;
  // physical: index into Table::schema; metadata: index into TableInput::metadata.
  std::size_t index = 0;
  // metadata whose declared type is not the connector's: the conversion; column 0 is the source's.
  // computed: the expression over the table's columns.
  expr::ExprPtr expression;
  bool is_virtual = false;
};

// A table as a source: its declared columns, its computed ones and its watermark. Shared by all
// queries of a job that read it.
struct TableInput {
  std::shared_ptr<const connectors::Table> table;
  std::vector<TableColumn> columns;
  std::vector<connectors::MetadataColumn> metadata;
  // The row time's column and WATERMARK's expression over the columns.
  std::optional<std::size_t> rowtime;
  expr::ExprPtr watermark;
  std::vector<std::size_t> primary_key;  // columns
};

struct Scan {
  std::shared_ptr<const TableInput> input;
};

// Rows written in the script.
struct ConstantRows {
  std::vector<std::vector<expr::ExprPtr>> rows;
};

// WHERE, then SELECT.
struct Calc {
  expr::ExprPtr condition;  // null: every row
  std::vector<expr::ExprPtr> projections;
};

// Windows on the time line.
struct Window {
  enum class Kind : std::uint8_t { tumble, hop, cumulate, session };

  Kind kind = Kind::tumble;
  std::int64_t size_ms = 0;    // CUMULATE: the greatest; SESSION: the gap
  std::int64_t slide_ms = 0;   // TUMBLE: the size; HOP: from start to start; CUMULATE: the step
  std::int64_t offset_ms = 0;  // of a window's start from the epoch
  bool event_time = true;
  // The time column is a TIMESTAMP_LTZ: windows align to table.local-time-zone.
  bool zoned = false;
  // GROUP BY TUMBLE(...), not TABLE(TUMBLE(...)).
  bool legacy = false;
};

// TABLE(TUMBLE(...)) by itself: every row once for each of its windows, with three columns more. A
// SESSION's rows come when it closes.
struct WindowExpand {
  Window window;
  std::size_t time_column = 0;
  std::vector<std::size_t> partition;  // SESSION: one for each of these columns' values
};

struct AggregateCall {
  aggregates::BoundAggregate aggregate;
  std::vector<std::size_t> args;      // columns of the input
  std::optional<std::size_t> filter;  // a BOOLEAN column: only rows where it is TRUE count
  std::string name;                   // for EXPLAIN
};

// GROUP BY keys and a window. Its columns: keys, aggregates, then `properties` of the window.
struct WindowAggregate {
  Window window;
  // Unused with processing time.
  std::size_t time_column = 0;
  std::vector<std::size_t> keys;
  std::vector<AggregateCall> calls;
  std::vector<WindowRole> properties;
  // The rows carry their windows: columns of the input. time_column is then unused.
  bool attached = false;
  std::size_t start_column = 0;
  std::size_t end_column = 0;
};

// GROUP BY without a window: an updating result. Without calls: DISTINCT.
struct GroupAggregate {
  std::vector<std::size_t> keys;
  std::vector<AggregateCall> calls;
  // The input takes rows back.
  bool retracts = false;
};

// One item of an ORDER BY.
struct OrderField {
  std::size_t column = 0;
  bool descending = false;
  bool nulls_first = true;

  friend bool operator==(const OrderField&, const OrderField&) = default;
};

// UNION ALL of `input` and `right`.
struct Union {};

// INTERSECT ALL and EXCEPT ALL of `input` and `right`: rows with counts.
struct SetAll {
  bool intersect = false;
};

// GROUPING SETS: every row once for each set, with NULL in the keys that are not of it and one more
// column, the set's number.
struct Expand {
  struct Set {
    std::vector<bool> kept;  // by key
    std::int64_t number = 0;
  };
  std::size_t keys = 0;  // the first columns of the input
  std::vector<Set> sets;
};

// UNNEST(value): each row once for each element of an array or multiset, or entry of a map. Its
// columns: the input's, the element (a row's fields; a map's key and value), then its number.
struct Unnest {
  expr::ExprPtr value;      // over the input's columns
  expr::ExprPtr condition;  // over the element's columns; null: every element
  bool outer = false;       // LEFT JOIN: a row without elements stays, with NULLs
  bool ordinality = false;  // counted from 1
};

// ORDER BY a time attribute: rows in the order of time when the watermark has passed them.
struct TemporalSort {
  std::vector<OrderField> order;  // the time first
  bool event_time = true;
};

// MATCH_RECOGNIZE. Its columns: the partition's, then the measures'.
struct Match {
  enum class Skip : std::uint8_t { past_last_row, to_next_row, to_first, to_last };

  // What conditions and measures read of the rows matched so far: a column of the slots' row.
  struct Slot {
    enum class Kind : std::uint8_t { first, last, aggregate };

    Kind kind = Kind::last;
    std::optional<std::size_t> variable;  // of the pattern; empty: all rows
    std::int64_t offset = 0;              // first and last: so many rows from that end
    expr::ExprPtr value;                  // first and last: over the input's columns
    aggregates::BoundAggregate aggregate;
    std::vector<expr::ExprPtr> args;
  };
  struct Variable {
    std::string name;
    std::int64_t least = 1;
    std::int64_t most = 1;    // -1: no end
    bool greedy = false;      // a row that fits is not left to the next variable
    expr::ExprPtr condition;  // over the slots; null: every row
  };

  std::vector<std::size_t> partition;
  std::size_t time_column = 0;
  bool event_time = true;
  std::vector<OrderField> order;  // the time first
  std::vector<Slot> slots;
  std::vector<Variable> pattern;
  std::vector<expr::ExprPtr> measures;  // over the slots
  Skip skip = Skip::to_next_row;
  std::size_t skip_to = 0;
  std::optional<std::int64_t> within_ms;
};

// The rows `from` to `to`, counted from 1 in `order`, of each partition: ROW_NUMBER() with a bound,
// ORDER BY with LIMIT, LIMIT. Equal rows stand in the order of their arrival.
struct Rank {
  enum class Strategy : std::uint8_t {
    first_rows,  // append-only input in the order of its arrival: nothing is ever replaced
    append,      // append-only input
    update,      // the input's rows replace one another by `unique_key` and only ever move up
    retract,     // any input
  };
  enum class Form : std::uint8_t { rank, sort_limit, limit };

  Form form = Form::rank;
  Strategy strategy = Strategy::append;
  std::vector<std::size_t> partition;
  std::vector<OrderField> order;
  std::int64_t from = 1;
  std::int64_t to = 1;
  bool with_number = false;  // one more column, BIGINT, at the end
  std::vector<std::size_t> unique_key;
};

// The first or the last row of each key by a time attribute.
struct Deduplicate {
  std::vector<std::size_t> keys;
  std::vector<OrderField> order;  // for texts
  std::size_t time_column = 0;
  bool rowtime = false;
  bool keep_last = false;
};

// The best rows of each partition of each window, when the window closes.
struct WindowRank {
  std::vector<std::size_t> partition;  // without the window's columns
  std::vector<OrderField> order;
  std::size_t window_end = 0;
  bool event_time = true;
  bool zoned = false;  // the window's time line is the local wall clock
  std::int64_t from = 1;
  std::int64_t to = 1;
  bool with_number = false;
  bool newest_of_equal = false;  // of rows with one time the last one counts
};

// Two inputs, `input` and `right`. Its columns: the first left_width of the left input, then the
// first right_width of the right one (semi and anti: the left's alone).
struct Join {
  enum class Kind : std::uint8_t { inner, left, right, full, semi, anti };
  enum class Form : std::uint8_t {
    regular,   // all rows are kept; the result changes when an input does, or is outer
    interval,  // row times within lower_ms <= left - right <= upper_ms
    window,    // rows of equal windows, when they close
    temporal,  // each left row with the version of the right one at its time
  };

  Kind kind = Kind::inner;
  Form form = Form::regular;
  std::size_t left_width = 0;
  std::size_t right_width = 0;
  std::vector<std::size_t> left_keys;   // columns of the left input ...
  std::vector<std::size_t> right_keys;  // ... and what they equal of the right one
  std::vector<bool> null_safe;          // by key: NULL equals NULL
  expr::ExprPtr condition;              // what else must hold, over both inputs' columns in a row
  expr::ExprPtr whole_condition;        // as it was written
  // interval: the row times; window: the windows' ends. Of their own inputs.
  std::size_t left_time = 0;
  std::size_t right_time = 0;
  std::int64_t lower_ms = 0;
  std::int64_t upper_ms = 0;
  // window
  bool event_time = true;
  bool zoned = false;
};

// Aggregates over the rows before each row of its partition. Its columns: the input's, then the
// calls' results.
struct Over {
  std::vector<std::size_t> partition;
  // The time column; with processing time unused.
  std::size_t time_column = 0;
  bool event_time = true;
  bool rows = false;                      // ROWS, not RANGE
  std::optional<std::int64_t> preceding;  // rows, or milliseconds; empty: all
  std::vector<AggregateCall> calls;
  std::vector<OrderField> order;  // the time; for texts, and for ROW_NUMBER with a bound
  bool is_row_number = false;     // its one call is ROW_NUMBER()
  bool is_rank = false;           // its one call is RANK() or DENSE_RANK()
  // Ordered by something else than time: results change when rows come between.
  bool by_value = false;
};

struct Node {
  std::variant<Scan, ConstantRows, Calc, WindowExpand, WindowAggregate, GroupAggregate, Union, Rank,
               Deduplicate, WindowRank, Over, Join, SetAll, Expand, TemporalSort, Match, Unnest>
      body;
  NodePtr input;  // null for Scan and ConstantRows
  NodePtr right;  // the second input of nodes that have two
  std::vector<Field> fields;
};

// A query and where its rows go.
struct SinkPlan {
  NodePtr query;  // its fields are the table's physical columns, in order and of the same types
  std::shared_ptr<const connectors::Table> table;
  // What the query's own fields were called, before the sink's names.
  std::vector<std::string> names;
  // Columns declared NOT NULL, by index.
  std::vector<std::size_t> not_null;
  Settings settings;
};

// What one INSERT, statement set or bare SELECT runs.
struct JobPlan {
  std::vector<SinkPlan> sinks;
};

// What kinds of rows beside inserts come out of a node.
struct Changes {
  bool updates = false;
  bool deletes = false;

  [[nodiscard]] bool any() const { return updates || deletes; }
};
Changes changes_of(const Node& node);

// How a column of an updating node moves when its row is replaced.
enum class Monotonicity : std::uint8_t { none, constant, increasing, decreasing };
Monotonicity monotonicity_of(const Node& node, std::size_t column);
// The columns by which an updating node replaces its rows; empty: it has none.
std::vector<std::size_t> upsert_key_of(const Node& node);

// Every table a job reads, each once, in the order of their first mention.
std::vector<std::shared_ptr<const TableInput>> inputs_of(const JobPlan& job);

// For each column of `input` whether anything in the job reads it (its watermark included).
std::vector<bool> used_columns(const JobPlan& job, const TableInput& input);

}  // namespace millrace::plan
