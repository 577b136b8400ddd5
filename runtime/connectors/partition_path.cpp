#include "runtime/connectors/partition_path.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include "runtime/data/text.hpp"
#include "runtime/data/time.hpp"
#include "runtime/formats/json_cells.hpp"

namespace millrace::connectors {
namespace {

using base::Error;
using base::ErrorCode;
using data::TypeKind;

constexpr std::string_view escaped = "\"#%'*/:=?\\\x7f{[]^";

// Hive's escaping, which Flink took over: %3A for a colon.
void append_escaped(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && escaped.find(c) == std::string_view::npos) {
      out += c;
      continue;
    }
    out += '%';
    out += digits[byte >> 4U];
    out += digits[byte & 15U];
  }
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned code = 0;
    const char* at = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(at, at + 2, code, 16).ptr == at + 2) {
      // A code is one of Java's characters, so above 7F it is two bytes here.
      if (code >= 0x80) out += static_cast<char>(0xC0U | code >> 6U);
      out += static_cast<char>(code >= 0x80 ? 0x80U | (code & 0x3FU) : code);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

void append_value(std::string& out, const data::Column& column, std::size_t row) {
  switch (column.type().kind()) {
    case TypeKind::date:
    case TypeKind::time:
      data::append_int64(out, column.at<std::int64_t>(row));
      return;
    case TypeKind::timestamp_ltz:
      data::append_local_date_time(out, column.at<data::TimestampValue>(row));
      return;
    default:
      data::append_java_text(out, column, row);
  }
}

// As Java's parseInt and its like: a sign, digits, and within the type's range.
base::Result<data::Value> whole(const data::LogicalType& type, const std::string& text) {
  const char* begin = text.data() + (text.starts_with('+') ? 1 : 0);
  const char* end = text.data() + text.size();
  std::int64_t value = 0;
  const auto [stopped, failed] = std::from_chars(begin, end, value);
  const std::int64_t most = type.is(TypeKind::tinyint)    ? INT8_MAX
                            : type.is(TypeKind::smallint) ? INT16_MAX
                            : type.is(TypeKind::integer)  ? INT32_MAX
                                                          : INT64_MAX;
  if (failed != std::errc{} || stopped != end || value > most || value < -most - 1 ||
      text.starts_with("+-")) {
    return Error{ErrorCode::serialization, "For input string: \"" + text + "\""};
  }
  return data::Value{value};
}

base::Result<data::Value> value_of(const data::LogicalType& type, const std::string& text) {
  const auto unreadable = [&] {
    return Error{ErrorCode::serialization,
                 "Text '" + text + "' could not be parsed as " + type.with_nullable(true).text()};
  };
  switch (type.kind()) {
    case TypeKind::character:
    case TypeKind::varchar:
      return data::Value{text};
    case TypeKind::boolean: {
      std::string lower = text;
      std::transform(lower.begin(), lower.end(), lower.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      return data::Value{lower == "true"};
    }
    case TypeKind::tinyint:
    case TypeKind::smallint:
    case TypeKind::integer:
    case TypeKind::bigint:
      return whole(type, text);
    case TypeKind::float32:
    case TypeKind::float64: {
      data::Column cell(type);
      data::Arena arena;
      if (!formats::append_cell(cell, formats::Token::text, text, data::TimestampStyle::sql,
                                arena)) {
        return Error{ErrorCode::serialization, "For input string: \"" + text + "\""};
      }
      return data::Value{cell.at<double>(0)};
    }
    case TypeKind::date: {
      const auto days = data::parse_date(text);
      if (!days) return unreadable();
      return data::Value{*days};
    }
    case TypeKind::timestamp: {
      const auto at = data::parse_timestamp(text, data::TimestampStyle::iso_8601, false);
      if (!at) return unreadable();
      return data::Value{*at};
    }
    default:
      return Error{ErrorCode::unsupported,
                   "Can not convert " + text + " to type " + type.text() + " for partition value"};
  }
}

}  // namespace

base::Result<PartitionLayout> partition_layout(const Table& table) {
  PartitionLayout layout;
  for (const auto& name : table.partition_keys) {
    const auto column = table.schema.find(name);
    if (!column) {
      return Error{ErrorCode::invalid_argument,
                   "PARTITIONED BY names the column '" + name + "', which is not in the record"};
    }
    const auto& type = table.schema.fields[*column].type;
    if (type.is_nested() || type.is_binary() || type.is_interval()) {
      return Error{ErrorCode::unsupported, "column '" + name + "': a partition's name cannot be " +
                                               type.with_nullable(true).text()};
    }
    layout.keys.push_back(*column);
  }
  for (std::size_t i = 0; i < table.schema.size(); ++i) {
    if (std::find(layout.keys.begin(), layout.keys.end(), i) == layout.keys.end()) {
      layout.record.push_back(i);
    }
  }
  return layout;
}

void append_partition_path(std::string& out, const Table& table, const PartitionLayout& layout,
                           const data::Batch& batch, std::size_t row,
                           std::string_view default_name) {
  std::string value;
  for (std::size_t i = 0; i < layout.keys.size(); ++i) {
    const data::Column& column = *batch.columns[layout.keys[i]];
    value.clear();
    if (!column.is_null(row)) append_value(value, column, row);
    if (i > 0) out += '/';
    append_escaped(out, table.partition_keys[i]);
    out += '=';
    append_escaped(out, value.empty() ? default_name : std::string_view{value});
  }
}

base::Result<std::vector<data::Value>> partition_values(const Table& table,
                                                        const PartitionLayout& layout,
                                                        std::string_view directory,
                                                        std::string_view default_name) {
  std::map<std::string, std::string> found;
  std::string shown;
  // Deeper ones are directories like any other.
  for (std::size_t level = 0; level < layout.keys.size() && !directory.empty(); ++level) {
    const auto slash = directory.find('/');
    const auto name = directory.substr(0, slash);
    directory.remove_prefix(slash == std::string_view::npos ? directory.size() : slash + 1);
    const auto equals = name.rfind('=');
    if (equals == std::string_view::npos || equals == 0 || equals + 1 == name.size()) continue;
    auto key = unescaped(name.substr(0, equals));
    auto value = unescaped(name.substr(equals + 1));
    shown += (shown.empty() ? "" : ", ") + key + "=" + value;
    found[std::move(key)] = std::move(value);
  }
  std::vector<data::Value> values;
  for (std::size_t i = 0; i < layout.keys.size(); ++i) {
    const auto at = found.find(table.partition_keys[i]);
    if (at == found.end()) {
      std::string keys;
      for (const auto& key : table.partition_keys) keys += (keys.empty() ? "" : ", ") + key;
      return Error{
          ErrorCode::invalid_argument,
          "Partition keys are: [" + keys + "], incomplete partition spec: {" + shown + "}"};
    }
    if (at->second == default_name) {
      values.emplace_back();
      continue;
    }
    BOOST_OUTCOME_TRY(auto value, value_of(table.schema.fields[layout.keys[i]].type, at->second));
    values.push_back(std::move(value));
  }
  return values;
}

}  // namespace millrace::connectors
