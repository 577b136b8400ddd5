// Batches by hand and an Output that remembers; for the operators' tests.
#pragma once

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

#include "runtime/data/text.hpp"
#include "runtime/operators/operator.hpp"

namespace millrace::operators::test {

using data::LogicalType;

inline data::ColumnPtr times(const std::vector<std::optional<std::int64_t>>& ms,
                             const LogicalType& type = LogicalType::timestamp(3)) {
  data::Column column(type);
  for (const auto& value : ms) {
    if (value) {
      column.append(data::TimestampValue{*value, 0});
    } else {
      column.append_null();
    }
  }
  return data::share(std::move(column));
}

inline data::ColumnPtr numbers(const std::vector<std::optional<std::int64_t>>& values) {
  data::Column column(LogicalType::bigint());
  for (const auto& value : values) {
    if (value) {
      column.append(*value);
    } else {
      column.append_null();
    }
  }
  return data::share(std::move(column));
}

inline Chunk chunk(std::vector<data::ColumnPtr> columns, std::vector<Mark> marks = {}) {
  Chunk out;
  out.batch.rows = columns.empty() ? 0 : columns.front()->size();
  out.batch.columns = std::move(columns);
  out.marks = std::move(marks);
  return out;
}

// Rows as text "a, b", watermarks as "<ms>" where they fall.
class Collected final : public Output {
 public:
  Status push(Chunk chunk) override {
    std::size_t row = 0;
    const auto rows_until = [&](std::size_t end) {
      for (; row < end; ++row) {
        std::string text;
        for (const auto& column : chunk.batch.columns) {
          if (!text.empty()) text += ", ";
          if (column->is_null(row)) {
            text += "null";
          } else {
            data::append_java_text(text, *column, row);
          }
        }
        lines.push_back(text);
      }
    };
    for (const Mark& mark : chunk.marks) {
      rows_until(mark.rows);
      lines.push_back("<" + std::to_string(mark.watermark_ms) + ">");
    }
    rows_until(chunk.batch.rows);
    return base::success();
  }

  // What came since the last call.
  std::vector<std::string> take() {
    auto out = std::move(lines);
    lines.clear();
    return out;
  }
  // The same without watermarks.
  std::vector<std::string> rows() {
    std::vector<std::string> out;
    for (auto& line : take()) {
      if (!line.starts_with('<')) out.push_back(std::move(line));
    }
    return out;
  }

  std::vector<std::string> lines;
};

using Lines = std::vector<std::string>;

inline void must(const Status& status) {
  if (!status) FAIL(status.error().message());
}

}  // namespace millrace::operators::test
