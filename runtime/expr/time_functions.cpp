// Functions on dates and times, and the clock.
#include <array>

#include "runtime/data/text.hpp"
#include "runtime/expr/cast_text.hpp"
#include "runtime/expr/kernels.hpp"
#include "runtime/expr/numbers.hpp"
#include "runtime/expr/signatures.hpp"
#include "runtime/expr/time_units.hpp"

namespace millrace::expr {

namespace {

using data::Arena;
using data::TimestampValue;
using Text = std::string_view;

bool is_time(const LogicalType& type) {
  return type.is_timestamp() || type.is(TypeKind::date) || type.is(TypeKind::time);
}

// Any date or time as the reading of the session's wall clock.
TimestampValue reading(const Column& column, std::size_t row, const Context& context) {
  switch (column.type().kind()) {
    case TypeKind::date:
      return {wrapping_multiply(column.at<std::int64_t>(row), data::millis_per_day), 0};
    case TypeKind::time:
      return {column.at<std::int64_t>(row), 0};
    case TypeKind::timestamp_ltz: {
      TimestampValue value = column.at<TimestampValue>(row);
      value.millis = context.zone.to_local(value.millis);
      return value;
    }
    default:
      return column.at<TimestampValue>(row);
  }
}

// --- EXTRACT and its short forms
// -----------------------------------------------------------------------------

std::optional<TimeUnit> literal_unit(const Expr& expr) {
  const auto name = literal_string(expr);
  return name ? parse_time_unit(*name) : std::nullopt;
}

Column extract_rows(const Expr& call, const Column& times, TimeUnit unit, std::size_t rows,
                    const Context& context) {
  Column out = Column::of_size(call.type, rows);
  const std::span<std::int64_t> to = out.cells<std::int64_t>();
  for (std::size_t row = 0; row < rows; ++row) {
    if (times.is_null(row)) {
      out.set_null(row);
    } else {
      to[row] = extract_field(unit, reading(times, row, context));
    }
  }
  return out;
}

Result<Column> extract(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                       Context& context) {
  return extract_rows(call, *args[1], *literal_unit(*call.args[0]), rows, context);
}

Result<Signature> infer_extract(std::span<const ExprPtr> args) {
  if (!literal_unit(*args[0]) || !is_time(args[1]->type)) return no_match();
  return Signature{{args[0]->type, args[1]->type},
                   LogicalType::bigint().with_nullable(args[1]->type.nullable())};
}

template <TimeUnit unit>
Result<Column> field(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                     Context& context) {
  return extract_rows(call, *args[0], unit, rows, context);
}

Result<Signature> infer_field(std::span<const ExprPtr> args) {
  if (!is_time(args[0]->type)) return no_match();
  return Signature{{args[0]->type}, nullable_as(LogicalType::bigint(), args)};
}

// --- FLOOR, CEIL
// ---------------------------------------------------------------------------------------------

template <bool up>
Result<Column> round_time(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                          Context& context) {
  const TimeUnit unit = *literal_unit(*call.args[1]);
  const auto round = [unit](std::int64_t local) {
    return up ? ceil_to(unit, local) : floor_to(unit, local);
  };
  const ColumnPtr times[] = {args[0]};
  if (call.type.is(TypeKind::date)) {
    return map_rows<std::int64_t>(call.type, times, rows, [&](std::int64_t day) {
      return data::floor_div(round(wrapping_multiply(day, data::millis_per_day)),
                             data::millis_per_day);
    });
  }
  if (call.type.is(TypeKind::time)) {
    return map_rows<std::int64_t>(call.type, times, rows, [&](std::int64_t millis) {
      return data::floor_mod(round(millis), data::millis_per_day);
    });
  }
  const bool zoned = call.type.is(TypeKind::timestamp_ltz);
  return map_rows<TimestampValue>(call.type, times, rows, [&](const TimestampValue& value) {
    const std::int64_t local = zoned ? context.zone.to_local(value.millis) : value.millis;
    // A fraction below the millisecond is above the floor.
    const std::int64_t start = up && value.nanos_of_milli > 0 ? local + 1 : local;
    const std::int64_t rounded = round(start);
    return TimestampValue{zoned ? context.zone.to_instant(rounded) : rounded, 0};
  });
}

// --- text
// ----------------------------------------------------------------------------------------------------

Result<Column> date_format(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                           Context& context) {
  Column out = Column::of_size(call.type, rows);
  auto arena = std::make_shared<Arena>();
  const std::span<Text> to = out.cells<Text>();
  std::string buffer;
  for (std::size_t row = 0; row < rows; ++row) {
    if (args[0]->is_null(row) || args[1]->is_null(row)) {
      out.set_null(row);
      continue;
    }
    buffer.clear();
    const Text pattern = args[1]->at<Text>(row);
    TimestampValue value;
    if (!args[0]->type().is_string()) {
      value = reading(*args[0], row, context);
    } else if (!parse_time_pattern(args[0]->at<Text>(row), "yyyy-MM-dd HH:mm:ss", value)) {
      out.set_null(row);
      continue;
    }
    if (!format_time(buffer, pattern, value)) {
      return runtime_error("DATE_FORMAT: the pattern '" + std::string(pattern) +
                           "' is not supported");
    }
    to[row] = arena->copy(buffer);
  }
  out.keep_alive(arena);
  return out;
}

Result<Signature> infer_date_format(std::span<const ExprPtr> args) {
  if (!args[1]->type.is_string()) return no_match();
  if (!args[0]->type.is_timestamp() && !args[0]->type.is_string()) return no_match();
  return Signature{{args[0]->type, args[1]->type}, LogicalType::string()};
}

// Flink's default pattern "yyyy-MM-dd HH:mm:ss" reads like CAST: what cannot be read is NULL.
Result<Column> to_timestamp(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                            Context&) {
  const int precision = call.type.precision();
  if (args.size() == 1) {
    return map_rows<Text>(call.type, args, rows, [=](Text text) -> std::optional<TimestampValue> {
      const auto value = data::parse_timestamp_lenient(text);
      if (!value) return std::nullopt;
      return data::truncate_to_precision(*value, precision);
    });
  }
  return map_rows<Text, Text>(call.type, args, rows,
                              [=](Text text, Text pattern) -> std::optional<TimestampValue> {
                                TimestampValue value;
                                if (!parse_time_pattern(text, pattern, value)) return std::nullopt;
                                return data::truncate_to_precision(value, precision);
                              });
}

Result<Signature> infer_to_timestamp(std::span<const ExprPtr> args) {
  Signature signature{{}, LogicalType::timestamp(3)};
  for (const ExprPtr& arg : args) {
    if (!arg->type.is_string()) return no_match();
    signature.args.push_back(arg->type);
  }
  return signature;
}

Result<Column> to_date(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                       Context&) {
  if (args.size() == 1) {
    return map_rows<Text>(call.type, args, rows,
                          [](Text text) { return data::parse_date_lenient(trim_spaces(text)); });
  }
  return map_rows<Text, Text>(call.type, args, rows,
                              [](Text text, Text pattern) -> std::optional<std::int64_t> {
                                TimestampValue value;
                                if (!parse_time_pattern(text, pattern, value)) return std::nullopt;
                                return data::floor_div(value.millis, data::millis_per_day);
                              });
}

Result<Signature> infer_to_date(std::span<const ExprPtr> args) {
  BOOST_OUTCOME_TRY(Signature signature, infer_to_timestamp(args));
  signature.result = LogicalType::date();
  return signature;
}

Result<Column> from_unixtime(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                             Context& context) {
  std::string buffer;
  const auto format = [&](Arena& arena, std::int64_t seconds, Text pattern) -> std::optional<Text> {
    buffer.clear();
    const TimestampValue value{context.zone.to_local(wrapping_multiply(seconds, 1000)), 0};
    if (!format_time(buffer, pattern, value)) return std::nullopt;
    return arena.copy(buffer);
  };
  if (args.size() == 2) return map_text<std::int64_t, Text>(call.type, args, rows, format);
  return map_text<std::int64_t>(call.type, args, rows, [&](Arena& arena, std::int64_t seconds) {
    return format(arena, seconds, "yyyy-MM-dd HH:mm:ss");
  });
}

Result<Signature> infer_from_unixtime(std::span<const ExprPtr> args) {
  if (!args[0]->type.is_integer() || (args.size() == 2 && !args[1]->type.is_string()))
    return no_match();
  Signature signature{{LogicalType::bigint()}, LogicalType::string()};
  if (args.size() == 2) signature.args.push_back(args[1]->type);
  return signature;
}

// --- the clock
// -----------------------------------------------------------------------------------------------

// Read once a batch.
Result<Column> now(const Expr& call, std::span<const ColumnPtr>, std::size_t rows,
                   Context& context) {
  const std::int64_t instant = base::to_epoch_ms(context.clock->now());
  const std::int64_t local = context.zone.to_local(instant);
  Column out(call.type);
  switch (call.type.kind()) {
    case TypeKind::timestamp_ltz:
      out.append(TimestampValue{instant, 0});
      break;
    case TypeKind::timestamp:
      out.append(TimestampValue{local, 0});
      break;
    case TypeKind::date:
      out.append(data::floor_div(local, data::millis_per_day));
      break;
    case TypeKind::time:
      out.append(data::floor_mod(local, data::millis_per_day) / 1000 * 1000);
      break;
    default:
      out.append(data::floor_div(instant, 1000));
      break;
  }
  if (rows != 1) out.make_constant(rows);
  return out;
}

Result<Signature> instant_type(std::span<const ExprPtr>) {
  return Signature{{}, LogicalType::timestamp_ltz(3).not_null()};
}
Result<Signature> local_type(std::span<const ExprPtr>) {
  return Signature{{}, LogicalType::timestamp(3).not_null()};
}
Result<Signature> date_type(std::span<const ExprPtr>) {
  return Signature{{}, LogicalType::date().not_null()};
}
Result<Signature> time_type(std::span<const ExprPtr>) {
  return Signature{{}, LogicalType::time(0).not_null()};
}
// UNIX_TIMESTAMP(text[, pattern]): the seconds of a reading of the session's clock, the smallest
// BIGINT for what cannot be read.
Result<Column> unix_timestamp(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                              Context& context) {
  const auto seconds = [&](Text text, Text pattern) {
    TimestampValue local;
    std::optional<std::int64_t> offset;
    if (!parse_time_front(text, pattern, local, offset)) return INT64_MIN;
    const std::int64_t instant =
        offset ? local.millis - *offset : context.zone.to_instant(local.millis);
    return instant / 1000;
  };
  if (args.size() == 2) return map_rows<Text, Text>(call.type, args, rows, seconds);
  return map_rows<Text>(call.type, args, rows,
                        [&](Text text) { return seconds(text, "yyyy-MM-dd HH:mm:ss"); });
}

Result<Signature> infer_unix_timestamp(std::span<const ExprPtr> args) {
  Signature signature{{}, nullable_as(LogicalType::bigint(), args)};
  for (const ExprPtr& arg : args) {
    if (!arg->type.is_string() && !arg->type.is(TypeKind::null)) return no_match();
    signature.args.push_back(arg->type.is_string() ? arg->type : LogicalType::string());
  }
  if (!args.empty()) signature.kernel = unix_timestamp;
  return signature;
}

Result<Column> current_watermark(const Expr& call, std::span<const ColumnPtr>, std::size_t rows,
                                 Context& context) {
  Column out = Column::of_size(call.type, rows);
  if (!context.watermark_ms) {
    out.set_nulls(std::vector<std::uint8_t>(rows, 1));
  } else {
    for (TimestampValue& cell : out.cells<TimestampValue>()) cell = {*context.watermark_ms, 0};
  }
  return out;
}

Result<Signature> infer_watermark(std::span<const ExprPtr> args) {
  const LogicalType& type = args[0]->type;
  if (!type.is_timestamp()) return no_match();
  return Signature{
      {type},
      type.is(TypeKind::timestamp) ? LogicalType::timestamp(3) : LogicalType::timestamp_ltz(3)};
}

constexpr Function clock(std::string_view name, Infer infer) {
  return {.name = name, .infer = infer, .kernel = now, .forms = name, .deterministic = false};
}

constexpr std::array functions = {
    function_row("EXTRACT", 2, 2, infer_extract, extract, "EXTRACT(<UNIT> FROM <DATETIME>)"),
    function_row("YEAR", 1, 1, infer_field, field<TimeUnit::year>, "YEAR(<DATETIME>)"),
    function_row("QUARTER", 1, 1, infer_field, field<TimeUnit::quarter>, "QUARTER(<DATETIME>)"),
    function_row("MONTH", 1, 1, infer_field, field<TimeUnit::month>, "MONTH(<DATETIME>)"),
    function_row("WEEK", 1, 1, infer_field, field<TimeUnit::week>, "WEEK(<DATETIME>)"),
    function_row("DAYOFYEAR", 1, 1, infer_field, field<TimeUnit::day_of_year>,
                 "DAYOFYEAR(<DATETIME>)"),
    function_row("DAYOFMONTH", 1, 1, infer_field, field<TimeUnit::day>, "DAYOFMONTH(<DATETIME>)"),
    function_row("DAYOFWEEK", 1, 1, infer_field, field<TimeUnit::day_of_week>,
                 "DAYOFWEEK(<DATETIME>)"),
    function_row("HOUR", 1, 1, infer_field, field<TimeUnit::hour>, "HOUR(<DATETIME>)"),
    function_row("MINUTE", 1, 1, infer_field, field<TimeUnit::minute>, "MINUTE(<DATETIME>)"),
    function_row("SECOND", 1, 1, infer_field, field<TimeUnit::second>, "SECOND(<DATETIME>)"),
    function_row("DATE_FORMAT", 2, 2, infer_date_format, date_format,
                 "DATE_FORMAT(<TIMESTAMP>, <CHARACTER>)", true),
    function_row("TO_TIMESTAMP", 1, 2, infer_to_timestamp, to_timestamp,
                 "TO_TIMESTAMP(<CHARACTER>[, <CHARACTER>])"),
    function_row("TO_DATE", 1, 2, infer_to_date, to_date, "TO_DATE(<CHARACTER>[, <CHARACTER>])"),
    // Not folded: the text is the session's time zone's.
    Function{.name = "FROM_UNIXTIME",
             .min_args = 1,
             .max_args = 2,
             .infer = infer_from_unixtime,
             .kernel = from_unixtime,
             .forms = "FROM_UNIXTIME(<INTEGER>[, <CHARACTER>])",
             .deterministic = false},
    clock("CURRENT_TIMESTAMP", instant_type),
    clock("NOW", instant_type),
    clock("CURRENT_ROW_TIMESTAMP", instant_type),
    clock("PROCTIME", instant_type),
    clock("LOCALTIMESTAMP", local_type),
    clock("CURRENT_DATE", date_type),
    clock("CURRENT_TIME", time_type),
    clock("LOCALTIME", time_type),
    Function{.name = "UNIX_TIMESTAMP",
             .max_args = 2,
             .infer = infer_unix_timestamp,
             .kernel = now,
             .forms =
                 "UNIX_TIMESTAMP()'\n'UNIX_TIMESTAMP(<CHARACTER>)'\n'UNIX_TIMESTAMP(<CHARACTER>, "
                 "<CHARACTER>)",
             .deterministic = false},
    Function{.name = "CURRENT_WATERMARK",
             .min_args = 1,
             .max_args = 1,
             .infer = infer_watermark,
             .kernel = current_watermark,
             .forms = "CURRENT_WATERMARK(<TIMESTAMP>)",
             .deterministic = false},
};

}  // namespace

std::span<const Function> time_functions() {
  return functions;
}

Result<Signature> infer_time_floor(std::span<const ExprPtr> args, bool up) {
  if (!is_time(args[0]->type) || !literal_unit(*args[1])) return no_match();
  return Signature{
      {args[0]->type, args[1]->type}, args[0]->type, up ? round_time<true> : round_time<false>};
}

}  // namespace millrace::expr
