#include "runtime/data/type.hpp"

#include <algorithm>

#include "common/base/result.hpp"

namespace millrace::data {

LogicalType LogicalType::array(const LogicalType& element) {
  LogicalType type = of(TypeKind::array);
  type.fields_ = std::make_shared<const std::vector<NestedField>>(
      std::vector<NestedField>{{"element", element}});
  return type;
}

LogicalType LogicalType::map(const LogicalType& key, const LogicalType& value) {
  LogicalType type = of(TypeKind::map);
  type.fields_ = std::make_shared<const std::vector<NestedField>>(
      std::vector<NestedField>{{"key", key}, {"value", value}});
  return type;
}

LogicalType LogicalType::multiset(const LogicalType& element) {
  LogicalType type = of(TypeKind::multiset);
  type.fields_ = std::make_shared<const std::vector<NestedField>>(
      std::vector<NestedField>{{"element", element}, {"count", integer().not_null()}});
  return type;
}

LogicalType LogicalType::row(std::vector<NestedField> fields) {
  LogicalType type = of(TypeKind::row);
  type.fields_ = std::make_shared<const std::vector<NestedField>>(std::move(fields));
  return type;
}

bool LogicalType::same_fields(const LogicalType& a, const LogicalType& b) {
  return a.fields_ && b.fields_ && *a.fields_ == *b.fields_;
}

Storage LogicalType::storage() const {
  switch (kind_) {
    case TypeKind::null:
    case TypeKind::boolean:
      return Storage::boolean;
    case TypeKind::tinyint:
    case TypeKind::smallint:
    case TypeKind::integer:
    case TypeKind::bigint:
    case TypeKind::date:
    case TypeKind::time:
    case TypeKind::interval_months:
    case TypeKind::interval_millis:
      return Storage::int64;
    case TypeKind::float32:
    case TypeKind::float64:
      return Storage::float64;
    case TypeKind::decimal:
      return Storage::decimal;
    case TypeKind::character:
    case TypeKind::varchar:
    case TypeKind::binary:
    case TypeKind::varbinary:
    case TypeKind::array:
    case TypeKind::map:
    case TypeKind::multiset:
    case TypeKind::row:
      return Storage::bytes;
    case TypeKind::timestamp:
    case TypeKind::timestamp_ltz:
      return Storage::timestamp;
  }
  KS_ASSERT(false);
}

std::string LogicalType::root_text() const {
  switch (kind_) {
    case TypeKind::null:
      return "NULL";
    case TypeKind::boolean:
      return "BOOLEAN";
    case TypeKind::tinyint:
      return "TINYINT";
    case TypeKind::smallint:
      return "SMALLINT";
    case TypeKind::integer:
      return "INTEGER";
    case TypeKind::bigint:
      return "BIGINT";
    case TypeKind::float32:
      return "FLOAT";
    case TypeKind::float64:
      return "DOUBLE";
    case TypeKind::decimal:
      return "DECIMAL";
    case TypeKind::character:
      return "CHAR";
    case TypeKind::varchar:
      return "VARCHAR";
    case TypeKind::binary:
      return "BINARY";
    case TypeKind::varbinary:
      return "VARBINARY";
    case TypeKind::date:
      return "DATE";
    case TypeKind::time:
      return "TIME";
    case TypeKind::timestamp:
      return "TIMESTAMP";
    case TypeKind::timestamp_ltz:
      return "TIMESTAMP_LTZ";
    case TypeKind::interval_months:
      return "INTERVAL YEAR TO MONTH";
    case TypeKind::interval_millis:
      return "INTERVAL DAY TO SECOND";
    case TypeKind::array:
      return "ARRAY";
    case TypeKind::map:
      return "MAP";
    case TypeKind::multiset:
      return "MULTISET";
    case TypeKind::row:
      return "ROW";
  }
  KS_ASSERT(false);
}

std::string LogicalType::text() const {
  std::string out = root_text();
  switch (kind_) {
    case TypeKind::integer:
      out = "INT";
      break;
    case TypeKind::decimal:
      out += "(" + std::to_string(precision_) + ", " + std::to_string(scale_) + ")";
      break;
    case TypeKind::varchar:
    case TypeKind::varbinary:
      if (precision_ == max_length) {
        out = kind_ == TypeKind::varchar ? "STRING" : "BYTES";
        break;
      }
      [[fallthrough]];
    case TypeKind::character:
    case TypeKind::binary:
    case TypeKind::time:
    case TypeKind::timestamp:
    case TypeKind::timestamp_ltz:
      out += "(" + std::to_string(precision_) + ")";
      break;
    case TypeKind::interval_millis:
      out = "INTERVAL SECOND(3)";
      break;
    case TypeKind::interval_months:
      out = "INTERVAL MONTH";
      break;
    case TypeKind::array:
    case TypeKind::multiset:
      out += "<" + fields()[0].type.text() + ">";
      break;
    case TypeKind::map:
      out += "<" + fields()[0].type.text() + ", " + fields()[1].type.text() + ">";
      break;
    case TypeKind::row: {
      std::string list;
      for (const NestedField& field : fields()) {
        list += (list.empty() ? "`" : ", `") + field.name + "` " + field.type.text();
      }
      out += "<" + list + ">";
      break;
    }
    default:
      break;
  }
  return nullable_ ? out : out + " NOT NULL";
}

std::string LogicalType::calcite_text() const {
  if (is(TypeKind::integer)) return root_text();
  if (is(TypeKind::varchar) || is(TypeKind::varbinary)) {
    return root_text() + "(" + std::to_string(precision_) + ")";
  }
  if (is(TypeKind::timestamp_ltz)) {
    return "TIMESTAMP_WITH_LOCAL_TIME_ZONE(" + std::to_string(precision_) + ")";
  }
  if (is(TypeKind::array) || is(TypeKind::multiset)) {
    return fields()[0].type.calcite_text() + " " + root_text();
  }
  if (is(TypeKind::map)) {
    return "(" + fields()[0].type.calcite_text() + ", " + fields()[1].type.calcite_text() + ") MAP";
  }
  if (is(TypeKind::row)) {
    std::string list;
    for (const NestedField& field : fields()) {
      list += (list.empty() ? "" : ", ") + field.type.calcite_text() + " " + field.name;
    }
    return "RecordType:peek_no_expand(" + list + ")";
  }
  return with_nullable(true).text();
}

std::string LogicalType::family_text() const {
  if (is_numeric()) return "NUMERIC";
  if (is_string()) return "CHARACTER";
  if (is_binary()) return "BINARY";
  if (is_timestamp()) return "TIMESTAMP";
  if (is(TypeKind::interval_months)) return "INTERVAL_YEAR_MONTH";
  if (is(TypeKind::interval_millis)) return "INTERVAL_DAY_TIME";
  if (is_nested()) return calcite_text();
  return root_text();
}

LogicalType as_decimal(const LogicalType& type) {
  switch (type.kind()) {
    case TypeKind::tinyint:
      return LogicalType::decimal(3, 0).with_nullable(type.nullable());
    case TypeKind::smallint:
      return LogicalType::decimal(5, 0).with_nullable(type.nullable());
    case TypeKind::integer:
      return LogicalType::decimal(10, 0).with_nullable(type.nullable());
    case TypeKind::bigint:
      return LogicalType::decimal(19, 0).with_nullable(type.nullable());
    default:
      return type;
  }
}

namespace {

bool common_numeric(const LogicalType& left, const LogicalType& right, LogicalType& out) {
  if (left.is_integer() && right.is_integer()) {
    out = left.kind() > right.kind() ? left : right;
    return true;
  }
  if (left.is_exact_numeric() && right.is_exact_numeric()) {
    const LogicalType a = as_decimal(left);
    const LogicalType b = as_decimal(right);
    const int scale = std::max(a.scale(), b.scale());
    const int whole = std::max(a.precision() - a.scale(), b.precision() - b.scale());
    out = LogicalType::decimal(std::min(whole + scale, LogicalType::max_precision), scale);
    return true;
  }
  // FLOAT stays FLOAT beside integers; DECIMAL and DOUBLE widen it to DOUBLE.
  const auto narrow = [](const LogicalType& t) {
    return t.is(TypeKind::float32) || t.is_integer();
  };
  out = narrow(left) && narrow(right) ? LogicalType::float32() : LogicalType::float64();
  return true;
}

bool common_nested(const LogicalType& left, const LogicalType& right, LogicalType& out);

bool common_not_null(const LogicalType& left, const LogicalType& right, LogicalType& out) {
  if (left.is(TypeKind::null) || left.same_as(right)) {
    out = right;
    return true;
  }
  if (right.is(TypeKind::null)) {
    out = left;
    return true;
  }
  if (left.is_numeric() && right.is_numeric()) return common_numeric(left, right, out);
  if ((left.is_string() && right.is_string()) || (left.is_binary() && right.is_binary())) {
    const int length = std::max(left.length(), right.length());
    const bool fixed = (left.is(TypeKind::character) && right.is(TypeKind::character)) ||
                       (left.is(TypeKind::binary) && right.is(TypeKind::binary));
    if (left.is_string()) {
      // CHAR(1) with CHAR(3): Flink keeps the values as they are and widens to VARCHAR when they
      // differ.
      out = fixed && left.length() == right.length() ? LogicalType::character(length)
                                                     : LogicalType::varchar(length);
    } else {
      out = fixed && left.length() == right.length() ? LogicalType::binary(length)
                                                     : LogicalType::varbinary(length);
    }
    return true;
  }
  const auto datetime = [](const LogicalType& t) {
    return t.is_timestamp() || t.is(TypeKind::date);
  };
  if (datetime(left) && datetime(right)) {
    const int precision = std::max(left.precision(), right.precision());
    const bool zoned = left.is(TypeKind::timestamp_ltz) || right.is(TypeKind::timestamp_ltz);
    out = zoned ? LogicalType::timestamp_ltz(precision) : LogicalType::timestamp(precision);
    return true;
  }
  if (left.is(TypeKind::time) && right.is(TypeKind::time)) {
    out = LogicalType::time(std::max(left.precision(), right.precision()));
    return true;
  }
  if (left.is_nested()) return left.kind() == right.kind() && common_nested(left, right, out);
  return left.kind() == right.kind() && (out = left, true);
}

bool common_nested(const LogicalType& left, const LogicalType& right, LogicalType& out) {
  if (left.fields().size() != right.fields().size()) return false;
  std::vector<NestedField> fields(left.fields().begin(), left.fields().end());
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (!common_type(fields[i].type, right.fields()[i].type, fields[i].type)) return false;
  }
  switch (left.kind()) {
    case TypeKind::array:
      out = LogicalType::array(fields[0].type);
      break;
    case TypeKind::map:
      out = LogicalType::map(fields[0].type, fields[1].type);
      break;
    case TypeKind::multiset:
      out = LogicalType::multiset(fields[0].type);
      break;
    default:
      out = LogicalType::row(std::move(fields));
  }
  return true;
}

}  // namespace

bool common_type(const LogicalType& left, const LogicalType& right, LogicalType& out) {
  // `out` may be one of the two.
  LogicalType common;
  if (!common_not_null(left, right, common)) return false;
  out = common.with_nullable(left.nullable() || right.nullable());
  return true;
}

}  // namespace millrace::data
