// SQL types as Flink names them, and how their values are stored.
//
//   auto price = LogicalType::decimal(10, 2);
//   price.text();                       // "DECIMAL(10, 2)"
//   price.not_null().text();            // "DECIMAL(10, 2) NOT NULL"
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace millrace::data {

enum class TypeKind : std::uint8_t {
  null,  // the type of a bare NULL literal; never that of a table's column
  boolean,
  tinyint,
  smallint,
  integer,
  bigint,
  float32,  // FLOAT
  float64,  // DOUBLE
  decimal,
  character,  // CHAR(n)
  varchar,    // VARCHAR(n), STRING
  binary,     // BINARY(n)
  varbinary,  // VARBINARY(n), BYTES
  date,
  time,
  timestamp,
  timestamp_ltz,
  interval_months,  // INTERVAL YEAR, MONTH, YEAR TO MONTH
  interval_millis,  // INTERVAL DAY, HOUR, MINUTE, SECOND and combinations
  // Types made of others: see fields().
  array,     // ARRAY<T>
  map,       // MAP<K, V>
  multiset,  // MULTISET<T>: each element and how often it is there
  row,       // ROW<a T, ...>
};

// What a column's cells are in memory. See Column for the C++ type of each.
enum class Storage : std::uint8_t {
  boolean,    // std::uint8_t, 0 or 1
  int64,      // integers; DATE = days since 1970-01-01; TIME = millis of the day; intervals
  float64,    // DOUBLE, and FLOAT (every stored value is then exactly a float)
  decimal,    // base::Int128, the unscaled value
  bytes,      // std::string_view; CHAR and VARCHAR hold UTF-8, ARRAY, MAP, MULTISET and ROW what
              // nested.hpp draws
  timestamp,  // TimestampValue
};

struct NestedField;

// A value type: copy freely. Immutable but for assignment.
class LogicalType {
 public:
  static constexpr int max_length = 2147483647;
  static constexpr int max_precision = 38;

  // The type of NULL.
  LogicalType() = default;

  static LogicalType of(TypeKind kind) { return {kind, 0, 0}; }
  static LogicalType boolean() { return of(TypeKind::boolean); }
  static LogicalType integer() { return of(TypeKind::integer); }
  static LogicalType bigint() { return of(TypeKind::bigint); }
  static LogicalType float64() { return of(TypeKind::float64); }
  static LogicalType float32() { return of(TypeKind::float32); }
  static LogicalType date() { return of(TypeKind::date); }
  static LogicalType string() { return varchar(max_length); }
  static LogicalType bytes() { return {TypeKind::varbinary, max_length, 0}; }
  // length 1..max_length, in code points
  static LogicalType varchar(int length) { return {TypeKind::varchar, length, 0}; }
  static LogicalType character(int length) { return {TypeKind::character, length, 0}; }
  static LogicalType varbinary(int length) { return {TypeKind::varbinary, length, 0}; }
  static LogicalType binary(int length) { return {TypeKind::binary, length, 0}; }
  // precision 1..38, scale 0..precision
  static LogicalType decimal(int precision, int scale) {
    return {TypeKind::decimal, precision, scale};
  }
  // precision 0..9: digits of the second's fraction. Flink's default is 6 (TIME: 0).
  static LogicalType timestamp(int precision = 6) { return {TypeKind::timestamp, precision, 0}; }
  static LogicalType timestamp_ltz(int precision = 6) {
    return {TypeKind::timestamp_ltz, precision, 0};
  }
  static LogicalType time(int precision = 0) { return {TypeKind::time, precision, 0}; }
  static LogicalType interval_months() { return of(TypeKind::interval_months); }
  static LogicalType interval_millis() { return of(TypeKind::interval_millis); }
  static LogicalType array(const LogicalType& element);
  static LogicalType map(const LogicalType& key, const LogicalType& value);
  static LogicalType multiset(const LogicalType& element);
  static LogicalType row(std::vector<NestedField> fields);

  [[nodiscard]] TypeKind kind() const { return kind_; }
  [[nodiscard]] bool nullable() const { return nullable_; }
  // DECIMAL, TIME, TIMESTAMP, TIMESTAMP_LTZ; 0 for other types.
  [[nodiscard]] int precision() const { return is_sized() ? 0 : precision_; }
  // DECIMAL; 0 for other types.
  [[nodiscard]] int scale() const { return scale_; }
  // CHAR, VARCHAR, BINARY, VARBINARY; 0 for other types.
  [[nodiscard]] int length() const { return is_sized() ? precision_ : 0; }
  [[nodiscard]] Storage storage() const;

  [[nodiscard]] LogicalType with_nullable(bool nullable) const {
    LogicalType copy = *this;
    copy.nullable_ = nullable;
    return copy;
  }
  [[nodiscard]] LogicalType not_null() const { return with_nullable(false); }

  [[nodiscard]] bool is_integer() const {
    return kind_ >= TypeKind::tinyint && kind_ <= TypeKind::bigint;
  }
  [[nodiscard]] bool is_exact_numeric() const { return is_integer() || is(TypeKind::decimal); }
  [[nodiscard]] bool is_approximate() const {
    return kind_ == TypeKind::float32 || kind_ == TypeKind::float64;
  }
  [[nodiscard]] bool is_numeric() const { return is_exact_numeric() || is_approximate(); }
  [[nodiscard]] bool is_string() const {
    return kind_ == TypeKind::character || kind_ == TypeKind::varchar;
  }
  [[nodiscard]] bool is_binary() const {
    return kind_ == TypeKind::binary || kind_ == TypeKind::varbinary;
  }
  [[nodiscard]] bool is_timestamp() const {
    return kind_ == TypeKind::timestamp || kind_ == TypeKind::timestamp_ltz;
  }
  [[nodiscard]] bool is_interval() const {
    return kind_ == TypeKind::interval_months || kind_ == TypeKind::interval_millis;
  }
  // ARRAY, MAP, MULTISET, ROW.
  [[nodiscard]] bool is_nested() const { return kind_ >= TypeKind::array; }
  // What a nested type is made of: an array's element; a map's key and value; a multiset's element
  // and its INT NOT NULL count; a row's fields. Empty for other types.
  [[nodiscard]] std::span<const NestedField> fields() const;
  [[nodiscard]] bool is(TypeKind kind) const { return kind_ == kind; }

  // Flink's summary text: "STRING", "DECIMAL(10, 2) NOT NULL", "TIMESTAMP_LTZ(3)", "CHAR(1) NOT
  // NULL". A time attribute's "*ROWTIME*" is the planner's to add.
  [[nodiscard]] std::string text() const;
  // Without NOT NULL and without parameters, as Calcite's messages say it: "VARCHAR", "BIGINT".
  [[nodiscard]] std::string root_text() const;
  // Without NOT NULL and as Calcite spells it: "INTEGER", "VARCHAR(2147483647)", "CHAR(1)".
  [[nodiscard]] std::string calcite_text() const;
  // Calcite's family, as in "No match found for function signature foo(<CHARACTER>)".
  [[nodiscard]] std::string family_text() const;

  // Equal in everything, nullability included.
  friend bool operator==(const LogicalType& a, const LogicalType& b) {
    return a.kind_ == b.kind_ && a.nullable_ == b.nullable_ && a.precision_ == b.precision_ &&
           a.scale_ == b.scale_ && (a.fields_ == b.fields_ || same_fields(a, b));
  }
  // Equal but for nullability.
  [[nodiscard]] bool same_as(const LogicalType& other) const {
    return with_nullable(true) == other.with_nullable(true);
  }

 private:
  LogicalType(TypeKind kind, int precision, int scale)
      : kind_(kind), precision_(precision), scale_(scale) {}
  [[nodiscard]] bool is_sized() const { return is_string() || is_binary(); }
  static bool same_fields(const LogicalType& a, const LogicalType& b);

  TypeKind kind_ = TypeKind::null;
  bool nullable_ = true;
  std::int32_t precision_ = 0;  // or the length
  std::int32_t scale_ = 0;
  std::shared_ptr<const std::vector<NestedField>> fields_;  // null: not nested
};

// A part of a nested type. Names matter in rows only: "element", "key", "value", "count" elsewhere.
struct NestedField {
  std::string name;
  LogicalType type;

  friend bool operator==(const NestedField&, const NestedField&) = default;
};

inline std::span<const NestedField> LogicalType::fields() const {
  return fields_ ? std::span<const NestedField>(*fields_) : std::span<const NestedField>();
}

// The type both convert to without loss of meaning, as CASE, COALESCE, IN and UNION need it: INT
// with DECIMAL widens to DECIMAL, CHAR(1) with CHAR(3) to CHAR(3). False when there is none; `out`
// is nullable when one of the two is.
bool common_type(const LogicalType& left, const LogicalType& right, LogicalType& out);

// An integer type as the DECIMAL that holds all its values (INT -> DECIMAL(10, 0)); a DECIMAL as it
// is.
LogicalType as_decimal(const LogicalType& exact_numeric);

}  // namespace millrace::data
