#include "runtime/expr/json_text.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "common/base/base64.hpp"
#include "runtime/data/decimal.hpp"
#include "runtime/data/nested.hpp"
#include "runtime/data/text.hpp"
#include "runtime/expr/json_path.hpp"

namespace millrace::expr {

using data::Column;
using data::LogicalType;
using data::TypeKind;

namespace {

std::string append_nested_as_json(std::string& out, const LogicalType& type, std::string_view bytes,
                                  const data::TimeZone& zone) {
  const data::NestedView view(bytes);
  const auto fields = type.fields();
  const bool array = type.is(TypeKind::array);
  const bool row = type.is(TypeKind::row);
  out += array ? '[' : '{';
  std::string wrong;
  const auto cell = [&](std::size_t i, const LogicalType& of) {
    if (view.is_null(i)) {
      out += "null";
      return;
    }
    Column one(of);
    data::append_nested(one, view, i);
    std::string inside = append_cell_as_json(out, one, 0, zone);
    if (!inside.empty()) wrong = std::move(inside);
  };
  const std::size_t step = array || row ? 1 : 2;
  // A map's entries come in the order of their keys.
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i + step <= view.size(); i += step) order.push_back(i);
  if (step == 2) {
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return view.bytes(a) < view.bytes(b); });
  }
  bool first = true;
  for (const std::size_t i : order) {
    if (!first) out += ',';
    first = false;
    if (row) {
      append_json_quoted(out, fields[i].name);
      out += ':';
    } else if (!array) {
      if (view.is_null(i)) {
        return "Key at index " + std::to_string(i / 2) +
               " was null. This is not supported during conversion to JSON.";
      }
      append_json_quoted(out, view.bytes(i));
      out += ':';
    }
    cell(i + step - 1, fields[row ? i : step - 1].type);
  }
  out += array ? ']' : '}';
  return wrong;
}

}  // namespace

std::string append_cell_as_json(std::string& out, const Column& column, std::size_t row,
                                const data::TimeZone& zone) {
  const LogicalType& type = column.type();
  switch (type.kind()) {
    case TypeKind::boolean:
      out += column.at<std::uint8_t>(row) != 0 ? "true" : "false";
      return {};
    case TypeKind::decimal:
      data::append_decimal_java(out, column.at<base::Int128>(row), type.scale());
      return {};
    case TypeKind::float32:
    case TypeKind::float64: {
      std::string text;
      data::append_java_text(text, column, row);
      if (std::isfinite(column.at<double>(row))) {
        out += decimal_text(text);
      } else {
        append_json_quoted(out, text);
      }
      return {};
    }
    case TypeKind::character:
    case TypeKind::varchar:
      append_json_quoted(out, column.at<std::string_view>(row));
      return {};
    case TypeKind::binary:
    case TypeKind::varbinary:
      append_json_quoted(out, base::base64_encode(column.at<std::string_view>(row)));
      return {};
    case TypeKind::array:
    case TypeKind::map:
    case TypeKind::multiset:
    case TypeKind::row:
      return append_nested_as_json(out, type, column.at<std::string_view>(row), zone);
    case TypeKind::tinyint:
    case TypeKind::smallint:
    case TypeKind::integer:
    case TypeKind::bigint:
      data::append_int64(out, column.at<std::int64_t>(row));
      return {};
    case TypeKind::timestamp:
    case TypeKind::timestamp_ltz:
      out += '"';
      data::append_timestamp(out, column.at<data::TimestampValue>(row), 'T');
      out += type.is(TypeKind::timestamp_ltz) ? "Z\"" : "\"";
      return {};
    default: {
      std::string text;
      data::append_java_text(text, column, row);
      append_json_quoted(out, text);
      return {};
    }
  }
}

}  // namespace millrace::expr
