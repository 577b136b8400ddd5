// The logical plan of a query: a chain of nodes from a table to a sink. Immutable once bound.
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

// Windows of equal length, `slide` apart; slide == size for TUMBLE.
struct Window {
  bool hop = false;
  std::int64_t size_ms = 0;
  std::int64_t slide_ms = 0;
  std::int64_t offset_ms = 0;  // of a window's start from the epoch
  bool event_time = true;
  // The time column is a TIMESTAMP_LTZ: windows align to table.local-time-zone.
  bool zoned = false;
  // GROUP BY TUMBLE(...), not TABLE(TUMBLE(...)).
  bool legacy = false;
};

// TABLE(TUMBLE(...)) by itself: every row once for each of its windows, with three columns more.
struct WindowExpand {
  Window window;
  std::size_t time_column = 0;
};

struct AggregateCall {
  aggregates::BoundAggregate aggregate;
  std::vector<std::size_t> args;  // columns of the input
  std::string name;               // for EXPLAIN
};

// GROUP BY keys and a window. Its columns: keys, aggregates, then `properties` of the window.
struct WindowAggregate {
  Window window;
  // Unused with processing time.
  std::size_t time_column = 0;
  std::vector<std::size_t> keys;
  std::vector<AggregateCall> calls;
  std::vector<WindowRole> properties;
};

// GROUP BY without a window: an updating result. Bound to be refused with the right words.
struct GroupAggregate {
  std::vector<std::size_t> keys;
  std::vector<AggregateCall> calls;
};

struct Node {
  std::variant<Scan, ConstantRows, Calc, WindowExpand, WindowAggregate, GroupAggregate> body;
  NodePtr input;  // null for Scan and ConstantRows
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

// Every table a job reads, each once, in the order of their first mention.
std::vector<std::shared_ptr<const TableInput>> inputs_of(const JobPlan& job);

// For each column of `input` whether anything in the job reads it (its watermark included).
std::vector<bool> used_columns(const JobPlan& job, const TableInput& input);

}  // namespace millrace::plan
