#include "runtime/plan/types.hpp"

#include <map>

namespace millrace::plan {

using data::LogicalType;
using data::TypeKind;

sql::Result<LogicalType> resolve_type(const sql::TypeName& name) {
  const auto& p = name.parameters;
  const auto parameter = [&](std::size_t i, int fallback) {
    return p.size() > i ? p[i] : fallback;
  };
  const auto bad = [&](const std::string& what) { return sql::validation_error(name.where, what); };
  const auto finish = [&](const LogicalType& type) { return type.with_nullable(!name.not_null); };
  const std::size_t most =
      name.name == "DECIMAL" || name.name == "DEC" || name.name == "NUMERIC" ? 2 : 1;
  if (p.size() > most) return bad("The type " + name.name + " takes fewer parameters.");

  static const std::map<std::string, TypeKind> plain = {
      {"BOOLEAN", TypeKind::boolean},   {"TINYINT", TypeKind::tinyint},
      {"SMALLINT", TypeKind::smallint}, {"INT", TypeKind::integer},
      {"INTEGER", TypeKind::integer},   {"BIGINT", TypeKind::bigint},
      {"FLOAT", TypeKind::float32},     {"DOUBLE", TypeKind::float64},
      {"DATE", TypeKind::date}};
  if (const auto found = plain.find(name.name); found != plain.end()) {
    return finish(LogicalType::of(found->second));
  }
  if (name.name == "STRING") return finish(LogicalType::string());
  if (name.name == "BYTES") return finish(LogicalType::bytes());
  if (name.name == "DECIMAL" || name.name == "DEC" || name.name == "NUMERIC") {
    const int precision = parameter(0, 10);
    const int scale = parameter(1, 0);
    if (precision < 1 || precision > LogicalType::max_precision) {
      return bad("Decimal precision must be between 1 and 38 (both inclusive).");
    }
    if (scale < 0 || scale > precision) {
      return bad("Decimal scale must be between 0 and the precision " + std::to_string(precision) +
                 " (both inclusive).");
    }
    return finish(LogicalType::decimal(precision, scale));
  }
  if (name.name == "VARCHAR" || name.name == "CHAR" || name.name == "CHARACTER" ||
      name.name == "VARBINARY" || name.name == "BINARY") {
    const bool varying = name.name.starts_with("VAR");
    // VARCHAR without a length is STRING to Flink's parser; CHAR is CHAR(1).
    const int length = parameter(0, varying ? LogicalType::max_length : 1);
    if (length < 1) {
      return bad((varying ? "Variable character" : "Character") +
                 std::string(" string length must be between 1 and 2147483647 (both inclusive)."));
    }
    if (name.name == "VARCHAR") return finish(LogicalType::varchar(length));
    if (name.name == "VARBINARY") return finish(LogicalType::varbinary(length));
    if (name.name == "BINARY") return finish(LogicalType::binary(length));
    return finish(LogicalType::character(length));
  }
  if (name.name == "TIMESTAMP" || name.name == "TIMESTAMP_LTZ") {
    const int precision = parameter(0, 6);
    if (precision < 0 || precision > 9) {
      return bad("Timestamp precision must be between 0 and 9 (both inclusive).");
    }
    const bool local = name.name == "TIMESTAMP_LTZ" || name.zone == sql::TypeName::Zone::local;
    return finish(local ? LogicalType::timestamp_ltz(precision)
                        : LogicalType::timestamp(precision));
  }
  if (name.name == "INTERVAL MONTHS") return finish(LogicalType::interval_months());
  if (name.name == "INTERVAL MILLIS") return finish(LogicalType::interval_millis());
  if (name.name == "ARRAY" || name.name == "MAP" || name.name == "MULTISET" || name.name == "ROW") {
    std::vector<data::NestedField> fields;
    for (std::size_t i = 0; i < name.children.size(); ++i) {
      BOOST_OUTCOME_TRY(auto type, resolve_type(name.children[i]));
      fields.push_back({i < name.names.size() ? name.names[i].text : "", type});
    }
    if (name.name == "ARRAY") return finish(LogicalType::array(fields[0].type));
    if (name.name == "MULTISET") return finish(LogicalType::multiset(fields[0].type));
    if (name.name == "MAP") return finish(LogicalType::map(fields[0].type, fields[1].type));
    for (std::size_t i = 0; i < fields.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (fields[i].name == fields[j].name) {
          return bad("Field names must be unique. Found duplicates: [" + fields[i].name + "]");
        }
      }
    }
    return finish(LogicalType::row(std::move(fields)));
  }
  if (name.name == "TIME") {
    const int precision = parameter(0, 0);
    if (precision < 0 || precision > 9) {
      return bad("Time precision must be between 0 and 9 (both inclusive).");
    }
    return finish(LogicalType::time(precision));
  }
  return bad("Unknown type '" + name.name + "'");
}

}  // namespace millrace::plan
