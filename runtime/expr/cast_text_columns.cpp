// Casts from and to text, a column at a time.
#include <array>
#include <optional>
#include <string>

#include "runtime/data/decimal.hpp"
#include "runtime/data/text.hpp"
#include "runtime/expr/cast_columns.hpp"
#include "runtime/expr/cast_text.hpp"

namespace millrace::expr {

using base::Int128;
using data::TimestampValue;

IntegerRange range_of(TypeKind kind) {
  switch (kind) {
    case TypeKind::tinyint:
      return {INT8_MIN, INT8_MAX};
    case TypeKind::smallint:
      return {INT16_MIN, INT16_MAX};
    case TypeKind::integer:
      return {INT32_MIN, INT32_MAX};
    default:
      return {INT64_MIN, INT64_MAX};
  }
}

// --- from text
// -----------------------------------------------------------------------------------------------

namespace {

// Reads each cell; the first that cannot be read is an error, or NULL under TRY_CAST.
template <class Out, class Parse>
Result<Column> parse_rows(const ColumnPtr& from, const LogicalType& to, bool try_cast,
                          std::size_t rows, Parse&& parse) {
  const ColumnPtr args[] = {from};
  std::optional<std::string> failed;
  Column out =
      map_rows<std::string_view>(to, args, rows, [&](std::string_view text) -> std::optional<Out> {
        std::optional<Out> cell = parse(text);
        if (!cell && !failed) failed = std::string(text);
        return cell;
      });
  if (failed && !try_cast) return runtime_error(parse_error(*failed, to));
  return out;
}

}  // namespace

Result<Column> cast_from_text(const ColumnPtr& from, const LogicalType& to, bool try_cast,
                              std::size_t rows, Context& context) {
  switch (to.kind()) {
    case TypeKind::boolean:
      return parse_rows<std::uint8_t>(from, to, try_cast, rows,
                                      [](std::string_view text) -> std::optional<std::uint8_t> {
                                        const auto value = parse_boolean(text);
                                        if (!value) return std::nullopt;
                                        return *value ? std::uint8_t{1} : std::uint8_t{0};
                                      });
    case TypeKind::float64:
      return parse_rows<double>(from, to, try_cast, rows, parse_double);
    case TypeKind::float32:
      return parse_rows<double>(from, to, try_cast, rows,
                                [](std::string_view text) -> std::optional<double> {
                                  const auto value = parse_float(text);
                                  if (!value) return std::nullopt;
                                  return static_cast<double>(*value);
                                });
    case TypeKind::decimal: {
      // Malformed text is an error, too many digits are NULL.
      const ColumnPtr args[] = {from};
      std::optional<std::string> failed;
      Column out = map_rows<std::string_view>(
          to, args, rows, [&](std::string_view text) -> std::optional<Int128> {
            bool valid = false;
            auto cell = data::parse_decimal(trim_spaces(text), to.precision(), to.scale(), valid);
            if (!valid && !failed) failed = std::string(text);
            return cell;
          });
      if (failed && !try_cast) return runtime_error(parse_error(*failed, to));
      return out;
    }
    case TypeKind::date:
      return parse_rows<std::int64_t>(from, to, try_cast, rows, [](std::string_view text) {
        return data::parse_date_lenient(trim_spaces(text));
      });
    case TypeKind::time:
      return parse_rows<std::int64_t>(
          from, to, try_cast, rows, [&](std::string_view text) -> std::optional<std::int64_t> {
            const auto millis = data::parse_time_lenient(trim_spaces(text));
            if (!millis) return std::nullopt;
            return to.precision() == 0 ? *millis / 1000 * 1000 : *millis;
          });
    case TypeKind::timestamp:
    case TypeKind::timestamp_ltz:
      return parse_rows<TimestampValue>(
          from, to, try_cast, rows, [&](std::string_view text) -> std::optional<TimestampValue> {
            auto value = data::parse_timestamp_lenient(text);
            if (!value) return std::nullopt;
            if (to.is(TypeKind::timestamp_ltz))
              value->millis = context.zone.to_instant(value->millis);
            return data::truncate_to_precision(*value, to.precision());
          });
    default: {
      const IntegerRange range = range_of(to.kind());
      return parse_rows<std::int64_t>(from, to, try_cast, rows, [range](std::string_view text) {
        return parse_integer(text, range.min, range.max);
      });
    }
  }
}

// --- to text
// -------------------------------------------------------------------------------------------------

namespace {

// The first `length` code points.
std::string_view first_code_points(std::string_view text, std::size_t length) {
  if (text.size() <= length) return text;
  std::size_t seen = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U) continue;
    if (seen == length) return text.substr(0, i);
    ++seen;
  }
  return text;
}

}  // namespace

Column cast_to_text(const ColumnPtr& from, const LogicalType& to, std::size_t rows,
                    Context& context) {
  const auto length = static_cast<std::size_t>(to.length());
  Column out = Column::of_size(to, rows);
  auto arena = std::make_shared<data::Arena>();
  const std::span<std::string_view> cells = out.cells<std::string_view>();
  const bool text = from->type().is_string();
  std::string buffer;
  for (std::size_t row = 0; row < rows; ++row) {
    if (from->is_null(row)) continue;
    std::string_view value;
    if (text) {
      value = from->at<std::string_view>(row);
    } else {
      buffer.clear();
      data::append_sql_text(buffer, *from, row, context.zone);
      value = buffer;
    }
    value = first_code_points(value, length);
    if (to.is(TypeKind::character)) {
      const std::size_t points = data::count_code_points(value);
      if (points < length) {
        std::string padded(value);
        padded.append(length - points, ' ');
        cells[row] = arena->copy(padded);
        continue;
      }
    }
    cells[row] = text ? value : arena->copy(value);
  }
  const ColumnPtr args[] = {from};
  out.set_nulls(any_null(args, rows));
  out.keep_alive(arena);
  out.keep_alive_with(*from);
  return out;
}

}  // namespace millrace::expr
