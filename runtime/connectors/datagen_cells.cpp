#include "runtime/connectors/datagen_cells.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "runtime/connectors/connector.hpp"
#include "runtime/data/decimal.hpp"
#include "runtime/data/time.hpp"

namespace millrace::connectors {
namespace {

using base::Error;
using base::ErrorCode;
using data::LogicalType;
using data::TypeKind;

struct Limits {
  std::int64_t low;
  std::int64_t high;
};

Limits limits_of(const LogicalType& type) {
  switch (type.kind()) {
    case TypeKind::tinyint:
      return {INT8_MIN, INT8_MAX};
    case TypeKind::smallint:
      return {INT16_MIN, INT16_MAX};
    case TypeKind::integer:
      return {INT32_MIN, INT32_MAX};
    case TypeKind::interval_months:
      return {0, 120'000};
    case TypeKind::interval_millis:
      return {0, INT64_MAX};
    default:
      return {INT64_MIN, INT64_MAX};
  }
}

void append_real(const LogicalType& type, double value, data::Column& out) {
  if (type.is(TypeKind::float32)) value = static_cast<double>(static_cast<float>(value));
  if (!type.is(TypeKind::decimal)) {
    out.append(value);
  } else if (const auto cell = data::decimal_from_double(value, type.precision(), type.scale())) {
    out.append(*cell);
  } else {
    out.append_null();
  }
}

// start, start + 1, ... end.
class Sequence final : public CellMaker {
 public:
  Sequence(const LogicalType& type, std::int64_t start, std::uint64_t rows)
      : type_(type), start_(start), rows_(rows) {}

  void append(std::uint64_t row, std::int64_t, DatagenRandom&, data::Column& out,
              data::Arena& arena) override {
    const auto value = static_cast<std::int64_t>(static_cast<std::uint64_t>(start_) + row);
    if (type_.is_string()) {
      out.append(arena.copy(std::to_string(value)));
    } else if (type_.is(TypeKind::decimal) || type_.is_approximate()) {
      append_real(type_, static_cast<double>(value), out);
    } else {
      out.append(value);
    }
  }
  [[nodiscard]] std::optional<std::uint64_t> rows() const override { return rows_; }

 private:
  LogicalType type_;
  std::int64_t start_;
  std::uint64_t rows_;
};

struct Shape {
  LogicalType type;
  Limits whole{0, 0};
  double low = 0;
  double high = 0;
  std::int64_t max_past_ms = 0;
  std::int64_t length = 0;
  bool var_length = false;
  double null_rate = 0;
};

class Random final : public CellMaker {
 public:
  explicit Random(const Shape& shape) : shape_(shape) {}

  void append(std::uint64_t, std::int64_t now_ms, DatagenRandom& random, data::Column& out,
              data::Arena& arena) override {
    const LogicalType& type = shape_.type;
    if (shape_.null_rate > 0 && unit_random(random) < shape_.null_rate) {
      out.append_null();
      return;
    }
    switch (type.kind()) {
      case TypeKind::boolean:
        out.append(static_cast<std::uint8_t>(random() & 1U));
        return;
      case TypeKind::float32:
      case TypeKind::float64:
      case TypeKind::decimal: {
        // Not low + share * (high - low), which overflows for the whole range of DOUBLE.
        const double share = unit_random(random);
        append_real(type, shape_.low * (1 - share) + shape_.high * share, out);
        return;
      }
      case TypeKind::character:
      case TypeKind::varchar:
        out.append(text(random, arena));
        return;
      case TypeKind::binary:
      case TypeKind::varbinary:
        out.append(bytes(random, arena));
        return;
      case TypeKind::date:
        out.append(data::floor_div(now_ms, data::millis_per_day));
        return;
      case TypeKind::time:
        out.append(data::floor_mod(now_ms, data::millis_per_day));
        return;
      case TypeKind::timestamp:
      case TypeKind::timestamp_ltz:
        out.append(data::TimestampValue{now_ms - whole(random, {0, shape_.max_past_ms}), 0});
        return;
      default:
        out.append(whole(random, shape_.whole));
    }
  }

 private:
  static std::int64_t whole(DatagenRandom& random, const Limits& limits) {
    return std::uniform_int_distribution<std::int64_t>(limits.low, limits.high)(random);
  }
  [[nodiscard]] std::size_t length(DatagenRandom& random) const {
    return static_cast<std::size_t>(
        shape_.var_length && shape_.length > 0 ? whole(random, {1, shape_.length}) : shape_.length);
  }
  std::string_view text(DatagenRandom& random, data::Arena& arena) const {
    const std::size_t size = length(random);
    char* place = arena.allocate(size);
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < size; ++i, bits >>= 4U) {
      if (i % 16 == 0) bits = random();
      place[i] = "0123456789abcdef"[bits & 15U];
    }
    return {place, size};
  }
  std::string_view bytes(DatagenRandom& random, data::Arena& arena) const {
    const std::size_t size = length(random);
    char* place = arena.allocate(size);
    for (std::size_t i = 0; i < size; ++i) place[i] = static_cast<char>(random());
    return {place, size};
  }

  Shape shape_;
};

base::Result<double> real_option(const formats::Options& options, const std::string& key,
                                 double fallback) {
  const auto at = options.find(key);
  if (at == options.end()) return fallback;
  double value = 0;
  const char* end = at->second.data() + at->second.size();
  const auto [stopped, failed] = std::from_chars(at->second.data(), end, value);
  if (failed != std::errc{} || stopped != end || !std::isfinite(value)) {
    return Error{ErrorCode::invalid_argument,
                 "Invalid value for option '" + key + "': '" + at->second + "' is no number"};
  }
  return value;
}

Error less_than(const std::string& key, const std::string& other) {
  return {ErrorCode::invalid_argument,
          "Invalid value for option '" + key + "': it is less than '" + other + "'"};
}

base::Result<std::unique_ptr<CellMaker>> make_sequence(const Table& table, const data::Field& field,
                                                       const std::string& prefix,
                                                       std::set<std::string>& known) {
  const LogicalType& type = field.type;
  if (!type.is_numeric() && !type.is_string()) {
    return Error{ErrorCode::invalid_argument, "Unsupported type: " + type.text()};
  }
  for (const char* name : {"start", "end"}) {
    known.insert(prefix + name);
    if (!table.options.contains(prefix + name)) {
      return Error{ErrorCode::invalid_argument, "Could not find required property '" + prefix +
                                                    name + "' for sequence generator."};
    }
  }
  const Limits limits = limits_of(type);
  BOOST_OUTCOME_TRY(const auto start,
                    int_option(table.options, prefix + "start", 0, limits.low, limits.high));
  BOOST_OUTCOME_TRY(const auto end,
                    int_option(table.options, prefix + "end", 0, limits.low, limits.high));
  if (end < start) return less_than(prefix + "end", prefix + "start");
  const std::uint64_t rows =
      static_cast<std::uint64_t>(end) - static_cast<std::uint64_t>(start) + 1;
  return std::make_unique<Sequence>(type, start, rows);
}

base::Status take_range(const Table& table, const std::string& prefix, Shape& shape,
                        std::set<std::string>& known) {
  const LogicalType& type = shape.type;
  known.insert(prefix + "min");
  known.insert(prefix + "max");
  if (type.is_integer() || type.is_interval()) {
    const Limits limits = limits_of(type);
    BOOST_OUTCOME_TRY(shape.whole.low, int_option(table.options, prefix + "min", limits.low,
                                                  limits.low, limits.high));
    BOOST_OUTCOME_TRY(shape.whole.high, int_option(table.options, prefix + "max", limits.high,
                                                   limits.low, limits.high));
    return shape.whole.high < shape.whole.low ? less_than(prefix + "max", prefix + "min")
                                              : base::success();
  }
  double largest = type.is(TypeKind::float32)
                       ? static_cast<double>(std::numeric_limits<float>::max())
                       : std::numeric_limits<double>::max();
  if (type.is(TypeKind::decimal)) largest = std::pow(10.0, type.precision() - type.scale());
  const double least = type.is(TypeKind::decimal) ? -largest : 0;
  BOOST_OUTCOME_TRY(shape.low, real_option(table.options, prefix + "min", least));
  BOOST_OUTCOME_TRY(shape.high, real_option(table.options, prefix + "max", largest));
  return shape.high < shape.low ? less_than(prefix + "max", prefix + "min") : base::success();
}

base::Status take_length(const Table& table, const std::string& name, Shape& shape,
                         std::set<std::string>& known) {
  const LogicalType& type = shape.type;
  const bool fixed = type.is(TypeKind::character) || type.is(TypeKind::binary);
  const bool open = type.length() == LogicalType::max_length;
  const std::string prefix = "fields." + name + ".";
  if (fixed && table.options.contains(prefix + "length")) {
    return Error{
        ErrorCode::invalid_argument,
        "Custom length for fixed-length type (CHAR/BINARY) field '" + name + "' is not supported."};
  }
  if (!fixed) known.insert({prefix + "length", prefix + "var-len"});
  const std::int64_t most = type.length();
  BOOST_OUTCOME_TRY(shape.length,
                    int_option(table.options, prefix + "length", open ? 100 : most, 1, most));
  if (!fixed) {
    BOOST_OUTCOME_TRY(shape.var_length, bool_option(table.options, prefix + "var-len", false));
  }
  return base::success();
}

}  // namespace

base::Result<std::unique_ptr<CellMaker>> make_cells(const Table& table, const data::Field& field,
                                                    std::set<std::string>& known) {
  const std::string prefix = "fields." + field.name + ".";
  known.insert(prefix + "kind");
  const std::string kind = string_option(table.options, prefix + "kind", "random");
  if (kind == "sequence") return make_sequence(table, field, prefix, known);
  if (kind != "random") {
    return Error{ErrorCode::invalid_argument, "Unsupported generator kind: " + kind};
  }
  return make_random_cells(table, field.name, field.type, known);
}

base::Result<double> null_rate_option(const Table& table, const std::string& name,
                                      std::set<std::string>& known) {
  const std::string key = "fields." + name + ".null-rate";
  known.insert(key);
  BOOST_OUTCOME_TRY(const double rate, real_option(table.options, key, 0));
  if (rate < 0 || rate > 1) {
    return Error{ErrorCode::invalid_argument,
                 "Invalid value for option '" + key + "': it is not between 0 and 1"};
  }
  return rate;
}

base::Result<std::unique_ptr<CellMaker>> make_random_cells(const Table& table,
                                                           const std::string& name,
                                                           const LogicalType& type,
                                                           std::set<std::string>& known) {
  const std::string prefix = "fields." + name + ".";
  if (!type.is_string() && !type.is_binary() && table.options.contains(prefix + "var-len")) {
    return Error{ErrorCode::invalid_argument,
                 "Only supports specifying 'fields.#.var-len' option for variable-length types "
                 "(VARCHAR/STRING/VARBINARY/BYTES). The type of field '" +
                     name + "' is not within this range."};
  }
  if (type.is_nested()) return make_nested_cells(table, name, type, known);
  Shape shape;
  shape.type = type;
  BOOST_OUTCOME_TRY(shape.null_rate, null_rate_option(table, name, known));
  switch (type.kind()) {
    case TypeKind::boolean:
    case TypeKind::date:
    case TypeKind::time:
      break;
    case TypeKind::tinyint:
    case TypeKind::smallint:
    case TypeKind::integer:
    case TypeKind::bigint:
    case TypeKind::float32:
    case TypeKind::float64:
    case TypeKind::decimal:
    case TypeKind::interval_months:
    case TypeKind::interval_millis: {
      BOOST_OUTCOME_TRY(take_range(table, prefix, shape, known));
      break;
    }
    case TypeKind::character:
    case TypeKind::varchar:
    case TypeKind::binary:
    case TypeKind::varbinary: {
      BOOST_OUTCOME_TRY(take_length(table, name, shape, known));
      break;
    }
    case TypeKind::timestamp:
    case TypeKind::timestamp_ltz: {
      known.insert(prefix + "max-past");
      BOOST_OUTCOME_TRY(const auto past, duration_option(table.options, prefix + "max-past",
                                                         std::chrono::milliseconds{0}));
      shape.max_past_ms = past.count();
      break;
    }
    default:
      return Error{ErrorCode::unsupported, "Unsupported type: " + type.text()};
  }
  return std::make_unique<Random>(shape);
}

}  // namespace millrace::connectors
