// Values as text: Java's number texts, CAST AS STRING, and the print connector's.
#pragma once

#include <string>

#include "runtime/data/column.hpp"
#include "runtime/data/time.hpp"

namespace millrace::data {

// Double.toString and Float.toString of JDK 17: "2.0", "1.0E21", "0.1". JDK 19 and later print
// fewer digits for a few values (2^60, powers of two, 2.0E-3's neighbours); Flink's reference runs
// are on 17.
void append_java_double(std::string& out, double value);
void append_java_float(std::string& out, float value);
void append_int64(std::string& out, std::int64_t value);

// CAST(x AS STRING): TRUE, 100.00, 1.0E20, 2024-01-01 00:00:04.250; TIMESTAMP_LTZ in `zone`. Not
// for NULL.
void append_sql_text(std::string& out, const Column& column, std::size_t row, const TimeZone& zone);
// The Java object's text, as `print` and EXPLAIN show it: true, 2024-01-01T00:00:04.250, null.
void append_java_text(std::string& out, const Column& column, std::size_t row);
// As a SQL literal for EXPLAIN: 'it''s', 1.50, NULL.
std::string literal_text(const Value& value, const LogicalType& type);

// The same three for the bytes of a nested cell: [1, NULL] {k=v} (1, abc); [1, null] {k=v} +I[1,
// abc]; ARRAY[1, NULL] MAP['k', 'v'] ROW(1, 'abc').
void append_nested_sql_text(std::string& out, const LogicalType& type, std::string_view bytes,
                            const TimeZone& zone);
void append_nested_java_text(std::string& out, const LogicalType& type, std::string_view bytes);
std::string nested_literal_text(const LogicalType& type, std::string_view bytes);

// "+I[a, 2, 2024-01-01T00:00:04.250, 2.0]"; no newline.
struct Batch;
void append_row_text(std::string& out, const Batch& batch, std::size_t row);

// Malformed UTF-8 replaced by U+FFFD, as Java decodes it; the text itself when it is well-formed.
std::string sanitize_utf8(std::string_view text);
bool is_valid_utf8(std::string_view text);
// Code points in valid UTF-8; stray bytes count one each.
std::size_t count_code_points(std::string_view text);

}  // namespace millrace::data
