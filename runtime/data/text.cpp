#include "runtime/data/text.hpp"

#include "runtime/data/batch.hpp"
#include "runtime/data/decimal.hpp"

namespace millrace::data {

namespace {

void append_two(std::string& out, std::int64_t value) {
  if (value < 10) out.push_back('0');
  append_int64(out, value);
}

// Calcite's text: +1-02 for months, +3 04:05:06.007 for millis.
void append_interval(std::string& out, const LogicalType& type, std::int64_t value) {
  out.push_back(value < 0 ? '-' : '+');
  if (value < 0) value = value == INT64_MIN ? INT64_MAX : -value;
  if (type.is(TypeKind::interval_months)) {
    append_int64(out, value / 12);
    out.push_back('-');
    append_two(out, value % 12);
    return;
  }
  append_int64(out, value / millis_per_day);
  out.push_back(' ');
  append_time(out, value % millis_per_day);
  out.push_back('.');
  const std::int64_t millis = value % 1000;
  if (millis < 100) out.push_back('0');
  append_two(out, millis);
}

// java.time.Period of months: P14M, P0D.
void append_period(std::string& out, std::int64_t months) {
  out.push_back('P');
  append_int64(out, months);
  out.push_back(months == 0 ? 'D' : 'M');
}

// java.time.Duration: PT24H, PT-1.5S, PT1H2M.
void append_duration(std::string& out, std::int64_t millis) {
  out.append("PT");
  if (millis == 0) {
    out.append("0S");
    return;
  }
  const std::int64_t hours = millis / 3'600'000;
  const std::int64_t minutes = millis / 60'000 % 60;
  const std::int64_t rest = millis % 60'000;
  if (hours != 0) {
    append_int64(out, hours);
    out.push_back('H');
  }
  if (minutes != 0) {
    append_int64(out, minutes);
    out.push_back('M');
  }
  if (rest == 0) return;
  if (rest < 0 && rest > -1000) out.push_back('-');
  append_int64(out, rest / 1000);
  if (const std::int64_t fraction = rest < 0 ? -(rest % 1000) : rest % 1000; fraction != 0) {
    std::string digits = std::to_string(1000 + fraction);
    while (digits.back() == '0') digits.pop_back();
    digits[0] = '.';
    out.append(digits);
  }
  out.push_back('S');
}

void append_float(std::string& out, const LogicalType& type, double value) {
  if (type.is(TypeKind::float32)) {
    append_java_float(out, static_cast<float>(value));
  } else {
    append_java_double(out, value);
  }
}

}  // namespace

void append_sql_text(std::string& out, const Column& column, std::size_t row,
                     const TimeZone& zone) {
  const LogicalType& type = column.type();
  switch (type.kind()) {
    case TypeKind::boolean:
      out.append(column.at<std::uint8_t>(row) != 0 ? "TRUE" : "FALSE");
      return;
    case TypeKind::decimal:
      append_decimal_plain(out, column.at<Int128>(row), type.scale());
      return;
    case TypeKind::date:
      append_date(out, column.at<std::int64_t>(row));
      return;
    case TypeKind::time: {
      const std::int64_t millis = column.at<std::int64_t>(row);
      append_time(out, millis);
      if (type.precision() > 0) {
        std::string fraction = std::to_string(1000 + millis % 1000).substr(1);
        fraction.resize(static_cast<std::size_t>(type.precision()), '0');
        out.push_back('.');
        out.append(fraction);
      }
      return;
    }
    case TypeKind::timestamp:
      append_timestamp_fixed(out, column.at<TimestampValue>(row), type.precision());
      return;
    case TypeKind::timestamp_ltz: {
      TimestampValue value = column.at<TimestampValue>(row);
      value.millis = zone.to_local(value.millis);
      append_timestamp_fixed(out, value, type.precision());
      return;
    }
    case TypeKind::interval_months:
    case TypeKind::interval_millis:
      append_interval(out, type, column.at<std::int64_t>(row));
      return;
    case TypeKind::binary:
    case TypeKind::varbinary:
      out.append(sanitize_utf8(column.at<std::string_view>(row)));
      return;
    case TypeKind::array:
    case TypeKind::map:
    case TypeKind::multiset:
    case TypeKind::row:
      append_nested_sql_text(out, type, column.at<std::string_view>(row), zone);
      return;
    default:
      append_java_text(out, column, row);
      return;
  }
}

void append_java_text(std::string& out, const Column& column, std::size_t row) {
  if (column.is_null(row)) {
    out.append("null");
    return;
  }
  const LogicalType& type = column.type();
  switch (type.kind()) {
    case TypeKind::null:
      out.append("null");
      return;
    case TypeKind::boolean:
      out.append(column.at<std::uint8_t>(row) != 0 ? "true" : "false");
      return;
    case TypeKind::tinyint:
    case TypeKind::smallint:
    case TypeKind::integer:
    case TypeKind::bigint:
      append_int64(out, column.at<std::int64_t>(row));
      return;
    case TypeKind::float32:
    case TypeKind::float64:
      append_float(out, type, column.at<double>(row));
      return;
    case TypeKind::decimal:
      append_decimal_java(out, column.at<Int128>(row), type.scale());
      return;
    case TypeKind::character:
    case TypeKind::varchar:
      out.append(column.at<std::string_view>(row));
      return;
    case TypeKind::binary:
    case TypeKind::varbinary: {
      out.push_back('[');
      bool first = true;
      for (const char c : column.at<std::string_view>(row)) {
        if (!first) out.append(", ");
        first = false;
        append_int64(out, static_cast<signed char>(c));
      }
      out.push_back(']');
      return;
    }
    case TypeKind::date:
      append_date(out, column.at<std::int64_t>(row));
      return;
    case TypeKind::time:
      append_local_time(out, column.at<std::int64_t>(row));
      return;
    case TypeKind::timestamp:
      append_local_date_time(out, column.at<TimestampValue>(row));
      return;
    case TypeKind::timestamp_ltz:
      append_instant(out, column.at<TimestampValue>(row));
      return;
    case TypeKind::interval_months:
      append_period(out, column.at<std::int64_t>(row));
      return;
    case TypeKind::interval_millis:
      append_duration(out, column.at<std::int64_t>(row));
      return;
    case TypeKind::array:
    case TypeKind::map:
    case TypeKind::multiset:
    case TypeKind::row:
      append_nested_java_text(out, type, column.at<std::string_view>(row));
      return;
  }
}

std::string literal_text(const Value& value, const LogicalType& type) {
  if (is_null(value)) return "NULL";
  if (type.is_interval()) {
    return std::to_string(std::get<std::int64_t>(value)) +
           (type.is(TypeKind::interval_months) ? ":INTERVAL MONTH" : ":INTERVAL SECOND");
  }
  if (type.is_nested()) return nested_literal_text(type, std::get<std::string>(value));
  if (type.is_binary()) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hex = "X'";
    for (const char c : std::get<std::string>(value)) {
      hex += digits[static_cast<unsigned char>(c) >> 4U];
      hex += digits[static_cast<unsigned char>(c) & 15U];
    }
    return hex + "'";
  }
  const Column column = Column::constant(type, value, 1);
  std::string text;
  append_sql_text(text, column, 0, TimeZone{});
  if (type.is_string()) {
    std::string quoted = "'";
    for (const char c : text) quoted.append(c == '\'' ? 2 : 1, c);
    return quoted + "'";
  }
  if (type.is_timestamp()) return "TIMESTAMP '" + text + "'";
  if (type.is(TypeKind::date)) return "DATE '" + text + "'";
  if (type.is(TypeKind::time)) return "TIME '" + text + "'";
  return text;
}

void append_row_text(std::string& out, const Batch& batch, std::size_t row) {
  out.append(row_kind_text(batch.kind(row)));
  out.push_back('[');
  bool first = true;
  for (const ColumnPtr& column : batch.columns) {
    if (!first) out.append(", ");
    first = false;
    append_java_text(out, *column, row);
  }
  out.push_back(']');
}

}  // namespace millrace::data
