// CAST and TRY_CAST, as Flink's cast rules do them.
#include <algorithm>
#include <array>

#include "runtime/data/decimal.hpp"
#include "runtime/data/nested.hpp"
#include "runtime/data/text.hpp"
#include "runtime/expr/cast_columns.hpp"
#include "runtime/expr/kernels.hpp"
#include "runtime/expr/numbers.hpp"

namespace millrace::expr {

namespace {

using base::Int128;
using data::TimestampValue;

bool is_datetime(const LogicalType& type) {
  return type.is_timestamp() || type.is(TypeKind::date) || type.is(TypeKind::time);
}

bool can_cast(const LogicalType& from, const LogicalType& to) {
  if (from.is(TypeKind::null) || to.is_string() || from.same_as(to)) return true;
  if (to.is(TypeKind::null)) return false;
  if (from.is_nested() || to.is_nested()) {
    if (from.kind() != to.kind() || from.fields().size() != to.fields().size()) return false;
    for (std::size_t i = 0; i < from.fields().size(); ++i) {
      if (!can_cast(from.fields()[i].type, to.fields()[i].type)) return false;
    }
    return true;
  }
  if (from.is_string()) return !to.is_interval();
  if (from.is_binary()) return to.is_binary();
  if (from.is_numeric()) {
    return to.is_numeric() || to.is(TypeKind::boolean) || (from.is_integer() && to.is_interval());
  }
  if (from.is(TypeKind::boolean)) return to.is_numeric() || to.is(TypeKind::boolean);
  if (from.is_interval()) return to.is_integer() || to.kind() == from.kind();
  if (from.is_timestamp()) return is_datetime(to);
  if (from.is(TypeKind::date)) return to.is_timestamp() || to.is(TypeKind::date);
  if (from.is(TypeKind::time)) return to.is_timestamp() || to.is(TypeKind::time);
  return false;
}

// Whether some value of `from` ends the job.
bool cast_can_fail(const LogicalType& from, const LogicalType& to) {
  if (from.is_nested() && to.is_nested()) {
    for (std::size_t i = 0; i < from.fields().size(); ++i) {
      if (cast_can_fail(from.fields()[i].type, to.fields()[i].type)) return true;
    }
    return false;
  }
  return from.is_string() && !to.is_string() && !to.is_binary();
}

// Whether a value that is not NULL may become NULL: text under TRY_CAST, and what has too many
// digits for a DECIMAL.
bool cast_can_null(const LogicalType& from, const LogicalType& to, bool try_cast) {
  if (try_cast && cast_can_fail(from, to)) return true;
  if (!to.is(TypeKind::decimal) || from.is(TypeKind::boolean)) return false;
  if (!from.is_exact_numeric()) return true;
  const LogicalType exact = data::as_decimal(from);
  const int whole = to.precision() - to.scale() - (exact.precision() - exact.scale());
  return whole < 0 || (whole == 0 && exact.scale() > to.scale());
}

// --- between numbers
// -----------------------------------------------------------------------------------------

Result<Column> to_number(const ColumnPtr& from, const LogicalType& to, std::size_t rows) {
  const LogicalType source = from->type();
  const ColumnPtr args[] = {from};
  const bool to_float = to.is(TypeKind::float32);
  if (to.is(TypeKind::decimal)) {
    const int precision = to.precision();
    const int scale = to.scale();
    switch (source.storage()) {
      case data::Storage::decimal:
        return map_rows<Int128>(to, args, rows, [=, own = source.scale()](Int128 value) {
          return data::rescale(value, own, precision, scale);
        });
      case data::Storage::float64:
        return map_rows<double>(to, args, rows, [=](double value) {
          return data::decimal_from_double(value, precision, scale);
        });
      case data::Storage::boolean:
        return map_rows<std::uint8_t>(to, args, rows, [=](std::uint8_t value) {
          return data::rescale(Int128{value}, 0, precision, scale);
        });
      default:
        return map_rows<std::int64_t>(to, args, rows, [=](std::int64_t value) {
          return data::rescale(Int128{value}, 0, precision, scale);
        });
    }
  }
  const auto narrow = [to_float](double value) {
    return to_float ? static_cast<double>(static_cast<float>(value)) : value;
  };
  if (to.is_approximate()) {
    switch (source.storage()) {
      case data::Storage::decimal:
        return map_rows<Int128>(to, args, rows, [=, own = source.scale()](Int128 value) {
          return narrow(data::decimal_to_double(value, own));
        });
      case data::Storage::float64:
        return map_rows<double>(to, args, rows, narrow);
      case data::Storage::boolean:
        return map_rows<std::uint8_t>(
            to, args, rows, [](std::uint8_t value) { return double{value != 0 ? 1.0 : 0.0}; });
      default:
        return map_rows<std::int64_t>(to, args, rows, [to_float](std::int64_t value) {
          return to_float ? static_cast<double>(static_cast<float>(value))
                          : static_cast<double>(value);
        });
    }
  }
  const TypeKind kind = to.kind();
  switch (source.storage()) {
    case data::Storage::decimal:
      return map_rows<Int128>(to, args, rows, [=, own = source.scale()](Int128 value) {
        return wrap_to(kind, data::decimal_to_int64(value, own));
      });
    case data::Storage::float64:
      return map_rows<double>(to, args, rows,
                              [kind](double value) { return double_to_integer(kind, value); });
    case data::Storage::boolean:
      return map_rows<std::uint8_t>(
          to, args, rows, [](std::uint8_t value) { return std::int64_t{value != 0 ? 1 : 0}; });
    default:
      return map_rows<std::int64_t>(to, args, rows,
                                    [kind](std::int64_t value) { return wrap_to(kind, value); });
  }
}

Column to_boolean(const ColumnPtr& from, const LogicalType& to, std::size_t rows) {
  const ColumnPtr args[] = {from};
  const auto flag = [](bool value) { return static_cast<std::uint8_t>(value ? 1 : 0); };
  switch (from->type().storage()) {
    case data::Storage::decimal:
      return map_rows<Int128>(to, args, rows, [=](Int128 value) { return flag(value != 0); });
    case data::Storage::float64:
      return map_rows<double>(to, args, rows, [=](double value) { return flag(value != 0); });
    default:
      return map_rows<std::int64_t>(to, args, rows,
                                    [=](std::int64_t value) { return flag(value != 0); });
  }
}

// --- between dates and times
// ---------------------------------------------------------------------------------

Column between_times(const ColumnPtr& from, const LogicalType& to, std::size_t rows,
                     Context& context) {
  const LogicalType source = from->type();
  const ColumnPtr args[] = {from};
  const data::TimeZone& zone = context.zone;
  if (source.is_timestamp()) {
    // A TIMESTAMP_LTZ becomes what the session's clock reads; a TIMESTAMP is such a reading.
    const bool to_local = source.is(TypeKind::timestamp_ltz) && !to.is(TypeKind::timestamp_ltz);
    const bool to_instant = source.is(TypeKind::timestamp) && to.is(TypeKind::timestamp_ltz);
    const auto reading = [&, to_local](const TimestampValue& value) {
      return to_local ? zone.to_local(value.millis) : value.millis;
    };
    if (to.is(TypeKind::date)) {
      return map_rows<TimestampValue>(to, args, rows, [&](const TimestampValue& value) {
        return data::floor_div(reading(value), data::millis_per_day);
      });
    }
    if (to.is(TypeKind::time)) {
      return map_rows<TimestampValue>(to, args, rows, [&](const TimestampValue& value) {
        const std::int64_t millis = data::floor_mod(reading(value), data::millis_per_day);
        return to.precision() == 0 ? millis / 1000 * 1000 : millis;
      });
    }
    const int precision = to.precision();
    return map_rows<TimestampValue>(to, args, rows, [&](const TimestampValue& value) {
      const std::int64_t millis = to_instant ? zone.to_instant(value.millis) : reading(value);
      return data::truncate_to_precision({millis, value.nanos_of_milli}, precision);
    });
  }
  const bool to_instant = to.is(TypeKind::timestamp_ltz);
  const std::int64_t unit = source.is(TypeKind::date) ? data::millis_per_day : 1;
  return map_rows<std::int64_t>(to, args, rows, [&](std::int64_t value) {
    const std::int64_t millis = wrapping_multiply(value, unit);
    return TimestampValue{to_instant ? zone.to_instant(millis) : millis, 0};
  });
}

// Part by part: all elements, all keys, each field converted as a column of their own. A part that
// TRY_CAST cannot convert makes the whole NULL.
Result<Column> cast_nested(const ColumnPtr& from, const LogicalType& to, bool try_cast,
                           std::size_t rows, Context& context) {
  const std::span<const data::NestedField> fields = to.fields();
  const bool is_row = to.is(TypeKind::row);
  std::vector<ColumnPtr> parts;
  // Where not null: the cells before a conversion that may fail.
  std::vector<ColumnPtr> before(fields.size());
  std::vector<std::uint32_t> starts;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    ColumnPtr part;
    if (is_row) {
      part = data::nested_field(from, i, rows);
    } else {
      data::NestedCells cells = data::nested_cells(from, i, rows);
      part = std::move(cells.cells);
      starts = std::move(cells.starts);
    }
    if (!part->type().same_as(fields[i].type)) {
      if (try_cast && cast_can_fail(part->type(), fields[i].type)) before[i] = part;
      BOOST_OUTCOME_TRY(Column cast,
                        cast_column(part, fields[i].type, try_cast, part->size(), context));
      part = data::share(std::move(cast));
    }
    parts.push_back(std::move(part));
  }
  Column out = Column::of_size(to, rows);
  auto arena = std::make_shared<data::Arena>();
  data::NestedBuilder builder;
  const std::span<std::string_view> cells = out.cells<std::string_view>();
  for (std::size_t row = 0; row < rows; ++row) {
    if (from->is_null(row)) continue;
    const std::size_t begin = is_row ? row : starts[row];
    const std::size_t end = is_row ? row + 1 : starts[row + 1];
    bool failed = false;
    for (std::size_t i = begin; i < end; ++i) {
      for (std::size_t p = 0; p < parts.size(); ++p) {
        builder.add(*parts[p], i);
        failed = failed || (before[p] && parts[p]->is_null(i) && !before[p]->is_null(i));
      }
    }
    if (failed) {
      builder.clear();
      out.set_null(row);
    } else {
      cells[row] = builder.take(*arena);
    }
  }
  for (std::size_t row = 0; row < rows; ++row) {
    if (from->is_null(row)) out.set_null(row);
  }
  out.keep_alive(arena);
  return out;
}

}  // namespace

Result<Column> cast_column(const ColumnPtr& from, const LogicalType& to, bool try_cast,
                           std::size_t rows, Context& context) {
  const LogicalType source = from->type();
  if (source.is(TypeKind::null)) {
    Column out = Column::of_size(to, rows);
    out.set_nulls(std::vector<std::uint8_t>(rows, 1));
    return out;
  }
  if (source.is_nested() && to.is_nested()) return cast_nested(from, to, try_cast, rows, context);
  if (to.is_string()) return cast_to_text(from, to, rows, context);
  if (source.is_string() && !to.is_binary())
    return cast_from_text(from, to, try_cast, rows, context);
  if (to.is(TypeKind::boolean) && !source.is(TypeKind::boolean)) return to_boolean(from, to, rows);
  if (to.is_numeric()) return to_number(from, to, rows);
  if (is_datetime(source) && source.kind() != TypeKind::null &&
      !(source.kind() == to.kind() && !source.is_timestamp())) {
    return between_times(from, to, rows, context);
  }
  // BINARY of other lengths, and the same type with another precision.
  Column out = rows == from->size() ? *data::flatten(from) : *from;
  if (out.is_constant())
    out = *data::flatten(data::gather(from, std::vector<std::uint32_t>(rows, 0)));
  out.set_type(to);
  if (to.is_binary()) {
    const auto length = static_cast<std::size_t>(to.length());
    auto arena = std::make_shared<data::Arena>();
    for (std::string_view& cell : out.cells<std::string_view>()) {
      cell = cell.substr(0, length);
      if (!to.is(TypeKind::binary) || cell.size() == length) continue;
      // BINARY(n) is n bytes, with zeros behind.
      char* place = arena->allocate(length);
      std::fill(std::copy(cell.begin(), cell.end(), place), place + length, '\0');
      cell = {place, length};
    }
    out.keep_alive(arena);
  }
  return out;
}

Result<ExprPtr> make_cast(ExprPtr from, const LogicalType& type, bool try_cast) {
  if (from->type.same_as(type)) return from;
  if (!can_cast(from->type, type)) {
    return Error(ErrorCode::validation, "Cast function cannot convert value of type " +
                                            from->type.calcite_text() + " to type " +
                                            type.calcite_text());
  }
  if (from->kind == Expr::Kind::literal && data::is_null(from->literal))
    return make_literal({}, type);
  auto expr = std::make_shared<Expr>();
  expr->kind = Expr::Kind::cast;
  expr->type =
      type.with_nullable(from->type.nullable() || cast_can_null(from->type, type, try_cast));
  expr->try_cast = try_cast;
  expr->can_fail = from->can_fail || (!try_cast && cast_can_fail(from->type, type));
  expr->deterministic = from->deterministic;
  expr->args = {std::move(from)};
  return fold(expr);
}

bool can_convert_implicitly(const LogicalType& from, const LogicalType& to) {
  if (from.is(TypeKind::null) || from.same_as(to)) return true;
  if (from.is_nested() && from.kind() == to.kind() && from.fields().size() == to.fields().size()) {
    for (std::size_t i = 0; i < from.fields().size(); ++i) {
      if (!can_convert_implicitly(from.fields()[i].type, to.fields()[i].type)) return false;
    }
    return true;
  }
  // What varies in length does not become CHAR or BINARY by itself.
  if (from.is_string() && to.is_string()) {
    return from.is(TypeKind::character) || to.is(TypeKind::varchar);
  }
  if (from.is_binary() && to.is_binary()) {
    return from.is(TypeKind::binary) || to.is(TypeKind::varbinary);
  }
  if (from.is_integer()) {
    return (to.is_integer() && from.kind() <= to.kind()) || to.is(TypeKind::decimal) ||
           to.is_approximate();
  }
  if (from.is(TypeKind::decimal)) return to.is(TypeKind::decimal) || to.is_approximate();
  if (from.is(TypeKind::float32)) return to.is(TypeKind::float64);
  if (from.is_timestamp()) return to.is_timestamp();
  if (from.is(TypeKind::date)) return to.is_timestamp();
  if (from.is(TypeKind::time)) return to.is(TypeKind::time);
  return from.kind() == to.kind();
}

}  // namespace millrace::expr
