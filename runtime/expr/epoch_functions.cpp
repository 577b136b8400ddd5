// Instants out of numbers and texts, and texts between time zones: TO_TIMESTAMP_LTZ, CONVERT_TZ.
#include <array>
#include <cmath>
#include <utility>

#include "runtime/expr/kernels.hpp"
#include "runtime/expr/numbers.hpp"
#include "runtime/expr/signatures.hpp"
#include "runtime/expr/time_units.hpp"

namespace millrace::expr {

namespace {

using Text = std::string_view;
using data::TimestampValue;

constexpr Text usual_pattern = "yyyy-MM-dd HH:mm:ss";

Error unknown_precision(std::int64_t precision) {
  return {ErrorCode::validation, "The precision value '" + std::to_string(precision) +
                                     "' for function TO_TIMESTAMP_LTZ(numeric, precision) is "
                                     "unsupported, the supported value is '0' for second or '3' "
                                     "for millisecond."};
}

// TO_TIMESTAMP_LTZ(number[, 0 or 3]): seconds or milliseconds since 1970.
Result<Column> from_number(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                           Context&) {
  std::optional<std::int64_t> unknown;
  const auto whole = [&](std::int64_t number,
                         std::int64_t precision) -> std::optional<TimestampValue> {
    // Outside of the years 0000 to 9999 there is nothing.
    const std::int64_t unit = precision == 0 ? 1 : 1000;
    if (precision != 0 && precision != 3) {
      unknown = precision;
      return std::nullopt;
    }
    if (number < -62'167'219'200 * unit || number > 253'402'300'799 * unit + (unit - 1)) {
      return std::nullopt;
    }
    return TimestampValue{precision == 0 ? number * 1000 : number, 0};
  };
  const auto real = [&](double number, std::int64_t precision) -> std::optional<TimestampValue> {
    if (std::isnan(number)) return std::nullopt;
    if (precision == 0) return whole(double_to_int64(number * 1000), 3);
    return whole(double_to_int64(number), precision);
  };
  const bool is_real = args[0]->type().is_approximate();
  const ColumnPtr three =
      data::share(Column::constant(LogicalType::integer(), std::int64_t{3}, args[0]->size()));
  const ColumnPtr pair[] = {args[0], args.size() == 2 ? args[1] : three};
  Column out = is_real ? map_rows<double, std::int64_t>(call.type, pair, rows, real)
                       : map_rows<std::int64_t, std::int64_t>(call.type, pair, rows, whole);
  if (unknown) return unknown_precision(*unknown);
  return out;
}

// TO_TIMESTAMP_LTZ(text[, pattern[, zone]]): the reading of a clock, UTC's unless a zone is named.
Result<Column> from_text(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                         Context&) {
  std::string failed;
  const auto read = [&](Text text, Text pattern, Text zone) -> std::optional<TimestampValue> {
    TimestampValue local;
    if (!parse_time_pattern(text, pattern, local)) {
      const auto lenient =
          pattern == usual_pattern ? data::parse_timestamp_lenient(text) : std::nullopt;
      if (!lenient) {
        if (failed.empty()) failed = "Text '" + std::string(text) + "' could not be parsed";
        return std::nullopt;
      }
      local = *lenient;
    }
    if (zone.empty()) return data::truncate_to_precision(local, 3);
    const auto found = data::TimeZone::find(std::string(zone));
    if (!found) {
      failed = "Unknown time-zone ID: " + std::string(zone);
      return std::nullopt;
    }
    local.millis = found.value().to_instant(local.millis);
    return data::truncate_to_precision(local, 3);
  };
  Column out;
  if (args.size() == 1) {
    out = map_rows<Text>(call.type, args, rows,
                         [&](Text text) { return read(text, usual_pattern, {}); });
  } else if (args.size() == 2) {
    out = map_rows<Text, Text>(call.type, args, rows,
                               [&](Text text, Text pattern) { return read(text, pattern, {}); });
  } else {
    out = map_rows<Text, Text, Text>(call.type, args, rows, read);
  }
  if (!failed.empty()) return runtime_error(failed);
  return out;
}

Result<Signature> infer_ltz(std::span<const ExprPtr> args) {
  Signature signature{{}, LogicalType::timestamp_ltz(3)};
  if (args[0]->type.is_string()) {
    for (const ExprPtr& arg : args) {
      if (!is_text(arg)) return Error(ErrorCode::validation, "Invalid input arguments.");
      signature.args.push_back(text_of(arg));
    }
    signature.kernel = from_text;
    return signature;
  }
  const bool numeric = args[0]->type.is_numeric() || args[0]->type.is(TypeKind::null);
  if (!numeric || args.size() == 3 || (args.size() == 2 && !is_whole(args[1]))) {
    return Error(ErrorCode::validation, "Invalid input arguments.");
  }
  if (args.size() == 2) {
    if (const auto precision = literal_int(*args[1]);
        precision && *precision != 0 && *precision != 3) {
      return unknown_precision(*precision);
    }
  }
  // A DECIMAL is read as a DOUBLE, so that its seconds keep their fraction.
  const bool real = args[0]->type.is_approximate() || args[0]->type.is(TypeKind::decimal);
  signature.args.push_back(real ? LogicalType::float64() : LogicalType::bigint());
  if (args.size() == 2) signature.args.push_back(LogicalType::integer());
  signature.kernel = from_number;
  return signature;
}

// CONVERT_TZ(text, from, to); a zone that nobody knows is GMT, as in Java.
Result<Column> convert_tz(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                          Context&) {
  std::string buffer;
  const auto zone_of = [](Text name) {
    // java.util.TimeZone's short names; an offset without GMT in front is none of its names.
    constexpr std::array<std::pair<Text, Text>, 12> brief = {{{"PST", "America/Los_Angeles"},
                                                              {"CST", "America/Chicago"},
                                                              {"AST", "America/Anchorage"},
                                                              {"PNT", "America/Phoenix"},
                                                              {"JST", "Asia/Tokyo"},
                                                              {"CTT", "Asia/Shanghai"},
                                                              {"IST", "Asia/Kolkata"},
                                                              {"BST", "Asia/Dhaka"},
                                                              {"ECT", "Europe/Paris"},
                                                              {"AET", "Australia/Sydney"},
                                                              {"ACT", "Australia/Darwin"},
                                                              {"NST", "Pacific/Auckland"}}};
    if (name.starts_with('+') || name.starts_with('-')) return data::TimeZone();
    for (const auto& [from_name, to_name] : brief) {
      if (name == from_name) name = to_name;
    }
    auto found = data::TimeZone::find(std::string(name));
    return found ? std::move(found).value() : data::TimeZone();
  };
  return map_text<Text, Text, Text>(
      call.type, args, rows,
      [&](data::Arena& arena, Text text, Text from, Text to) -> std::optional<Text> {
        TimestampValue local;
        std::optional<std::int64_t> offset;
        if (!parse_time_front(text, usual_pattern, local, offset)) return std::nullopt;
        const TimestampValue there{zone_of(to).to_local(zone_of(from).to_instant(local.millis)), 0};
        buffer.clear();
        if (!format_time(buffer, usual_pattern, there)) return std::nullopt;
        return arena.copy(buffer);
      });
}

Result<Signature> infer_convert_tz(std::span<const ExprPtr> args) {
  Signature signature{{}, LogicalType::string()};
  for (const ExprPtr& arg : args) {
    if (!is_text(arg)) return no_match();
    signature.args.push_back(text_of(arg));
  }
  return signature;
}

constexpr std::array functions = {
    Function{.name = "TO_TIMESTAMP_LTZ",
             .min_args = 1,
             .max_args = 3,
             .infer = infer_ltz,
             .forms = "TO_TIMESTAMP_LTZ(<NUMERIC>[, <INTEGER>])'\n'TO_TIMESTAMP_LTZ(<CHARACTER>[, "
                      "<CHARACTER>[, <CHARACTER>]])",
             .can_fail = true},
    Function{.name = "CONVERT_TZ",
             .min_args = 3,
             .max_args = 3,
             .infer = infer_convert_tz,
             .kernel = convert_tz,
             .forms = "CONVERT_TZ(<CHARACTER>, <CHARACTER>, <CHARACTER>)"},
};

}  // namespace

std::span<const Function> epoch_functions() {
  return functions;
}

}  // namespace millrace::expr
