// TIMESTAMPDIFF and TIMESTAMPADD: the unit arrives as a text literal.
#include <algorithm>
#include <array>
#include <utility>

#include "runtime/expr/kernels.hpp"
#include "runtime/expr/numbers.hpp"
#include "runtime/expr/time_units.hpp"

namespace millrace::expr {

namespace {

using data::TimestampValue;

// A unit as so many months or milliseconds, or so many of it in a millisecond.
struct Step {
  std::int64_t months = 0;
  std::int64_t millis = 0;
  std::int64_t parts = 0;
};

std::optional<Step> step_of(std::string_view name) {
  constexpr std::int64_t second = 1000;
  constexpr std::int64_t day = 86'400 * second;
  if (name.starts_with("SQL_TSI_")) name.remove_prefix(8);
  if (name == "FRAC_SECOND" || name == "MICROSECOND") return Step{0, 0, 1000};
  if (name == "NANOSECOND") return Step{0, 0, 1'000'000};
  if (name == "MILLISECOND") return Step{0, 1, 0};
  if (name == "SECOND") return Step{0, second, 0};
  if (name == "MINUTE") return Step{0, 60 * second, 0};
  if (name == "HOUR") return Step{0, 3600 * second, 0};
  if (name == "DAY") return Step{0, day, 0};
  if (name == "WEEK") return Step{0, 7 * day, 0};
  if (name == "MONTH") return Step{1, 0, 0};
  if (name == "QUARTER") return Step{3, 0, 0};
  if (name == "YEAR") return Step{12, 0, 0};
  if (name == "DECADE") return Step{120, 0, 0};
  if (name == "CENTURY") return Step{1200, 0, 0};
  if (name == "MILLENNIUM") return Step{12'000, 0, 0};
  return std::nullopt;
}

std::string unit_text(const ExprPtr& unit) {
  const auto* text = std::get_if<std::string>(&unit->literal);
  return unit->kind == Expr::Kind::literal && text != nullptr ? *text : "";
}

Error cannot_apply(std::string_view name, std::span<const ExprPtr> args, std::string_view forms) {
  std::string types = "<INTERVAL " + unit_text(args[0]) + ">";
  for (const ExprPtr& arg : args.subspan(1)) types += ", <" + arg->type.calcite_text() + ">";
  const std::string function(name);
  return {ErrorCode::validation, "Cannot apply '" + function + "' to arguments of type '" +
                                     function + "(" + types + ")'. Supported form(s): '" +
                                     std::string(forms) + "'"};
}

constexpr std::string_view add_forms = "TIMESTAMPADD(<ANY>, <INTEGER>, <DATETIME>)";
constexpr std::string_view diff_forms = "TIMESTAMPDIFF(<ANY>, <DATETIME>, <DATETIME>)";

// Whole months from `from` to `to`: as many as can be added without going beyond.
std::int64_t months_between(const TimestampValue& from, const TimestampValue& to) {
  if (to < from) return -months_between(to, from);
  const auto month_of = [](const TimestampValue& value) {
    const auto date = data::civil_from_days(data::floor_div(value.millis, data::millis_per_day));
    return std::int64_t{date.year} * 12 + date.month;
  };
  std::int64_t months = month_of(to) - month_of(from);
  while (months > 0 && add_months(from, months).millis > to.millis) --months;
  return months;
}

Result<Column> difference(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                          Context&) {
  const Step step = *step_of(unit_text(call.args[0]));
  return map_rows<TimestampValue, TimestampValue>(
      call.type, args.subspan(1), rows, [&](const TimestampValue& from, const TimestampValue& to) {
        std::int64_t count = 0;
        if (step.months > 0) {
          count = months_between(from, to) / step.months;
        } else if (step.parts > 0) {
          count =
              wrapping_multiply(wrapping_add(to.millis, wrapping_negate(from.millis)), step.parts);
        } else {
          count = wrapping_add(to.millis, wrapping_negate(from.millis)) / step.millis;
        }
        return std::int64_t{static_cast<std::int32_t>(count)};
      });
}

Result<Signature> infer_difference(std::span<const ExprPtr> args) {
  bool nullable = false;
  std::vector<LogicalType> types = {args[0]->type};
  for (const ExprPtr& arg : args.subspan(1)) {
    const LogicalType& type = arg->type;
    nullable = nullable || type.nullable();
    if (type.is(TypeKind::time)) {
      return Error(ErrorCode::unsupported,
                   "(TIME_WITHOUT_TIME_ZONE,TIME_WITHOUT_TIME_ZONE) (of class scala.Tuple2)");
    }
    if (!type.is_timestamp() && !type.is(TypeKind::date)) {
      return cannot_apply("TIMESTAMPDIFF", args, diff_forms);
    }
    types.push_back(type.is_timestamp() ? type
                                        : LogicalType::timestamp(3).with_nullable(type.nullable()));
  }
  if (!step_of(unit_text(args[0]))) return cannot_apply("TIMESTAMPDIFF", args, diff_forms);
  return Signature{std::move(types), LogicalType::of(TypeKind::integer).with_nullable(nullable)};
}

Result<Column> shifted(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                       Context&) {
  const Step step = *step_of(unit_text(call.args[0]));
  const auto move = [&](std::int64_t count, const TimestampValue& time) {
    if (step.months > 0) {
      // Far beyond any date, so that the calendar stays within its integers.
      constexpr std::int64_t far = 12 * 300'000'000LL;
      return add_months(time, std::clamp(wrapping_multiply(count, step.months), -far, far));
    }
    return TimestampValue{wrapping_add(time.millis, wrapping_multiply(count, step.millis)),
                          time.nanos_of_milli};
  };
  const auto values = args.subspan(1);
  if (call.type.is_timestamp()) {
    return map_rows<std::int64_t, TimestampValue>(call.type, values, rows, move);
  }
  if (call.type.is(TypeKind::time)) {
    return map_rows<std::int64_t, std::int64_t>(
        call.type, values, rows, [&](std::int64_t count, std::int64_t time) {
          return step.months > 0
                     ? time
                     : data::floor_mod(move(count, {time, 0}).millis, data::millis_per_day);
        });
  }
  return map_rows<std::int64_t, std::int64_t>(
      call.type, values, rows, [&](std::int64_t count, std::int64_t day) {
        const TimestampValue midnight{wrapping_multiply(day, data::millis_per_day), 0};
        return data::floor_div(move(count, midnight).millis, data::millis_per_day);
      });
}

Result<Signature> infer_shifted(std::span<const ExprPtr> args) {
  const LogicalType& time = args[2]->type;
  const auto step = step_of(unit_text(args[0]));
  if (!step || !args[1]->type.is_integer() ||
      (!time.is_timestamp() && !time.is(TypeKind::date) && !time.is(TypeKind::time))) {
    return cannot_apply("TIMESTAMPADD", args, add_forms);
  }
  if (step->parts > 0) {
    return Error(ErrorCode::unsupported,
                 "Unsupported call: /INT(INTERVAL SECOND(3) NOT NULL, INT NOT NULL)");
  }
  LogicalType type = time;
  // Less than a day makes a point in time of a date.
  if (time.is(TypeKind::date) && step->months == 0 && step->millis % data::millis_per_day != 0) {
    type = LogicalType::timestamp(6).with_nullable(time.nullable());
  }
  return Signature{{args[0]->type, args[1]->type, type},
                   type.with_nullable(time.nullable() || args[1]->type.nullable())};
}

constexpr std::array functions = {
    Function{.name = "TIMESTAMPDIFF",
             .min_args = 3,
             .max_args = 3,
             .infer = infer_difference,
             .kernel = difference,
             .forms = "TIMESTAMPDIFF(<UNIT>, <DATETIME>, <DATETIME>)"},
    Function{.name = "TIMESTAMPADD",
             .min_args = 3,
             .max_args = 3,
             .infer = infer_shifted,
             .kernel = shifted,
             .forms = "TIMESTAMPADD(<UNIT>, <INTEGER>, <DATETIME>)"},
};

}  // namespace

std::span<const Function> span_functions() {
  return functions;
}

}  // namespace millrace::expr
