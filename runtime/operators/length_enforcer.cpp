#include "runtime/operators/length_enforcer.hpp"

#include <algorithm>
#include <memory>

#include "runtime/data/text.hpp"

namespace millrace::operators {
namespace {

using data::LogicalType;
using data::TypeKind;
using Lengths = plan::Settings::Lengths;

bool is_fixed(const LogicalType& type) {
  return type.is(TypeKind::character) || type.is(TypeKind::binary);
}

bool has_length(const LogicalType& type) {
  return (type.is_string() || type.is_binary()) && type.length() != LogicalType::max_length;
}

// Code points of a text, bytes of a binary.
std::size_t size_of(const LogicalType& type, std::string_view value) {
  return type.is_string() ? data::count_code_points(value) : value.size();
}

// The bytes of the first `length` code points.
std::size_t bytes_of(std::string_view text, std::size_t length) {
  std::size_t seen = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U) continue;
    if (seen++ == length) return i;
  }
  return text.size();
}

std::string_view fitted(const LogicalType& type, std::string_view value, std::size_t size,
                        std::size_t length, data::Arena& arena) {
  if (size > length) return value.substr(0, type.is_string() ? bytes_of(value, length) : length);
  const std::size_t missing = length - size;
  char* place = arena.allocate(value.size() + missing);
  value.copy(place, value.size());
  std::fill_n(place + value.size(), missing, type.is_string() ? ' ' : '\0');
  return {place, value.size() + missing};
}

base::Error wrong_length(const plan::Field& field, std::size_t size) {
  return {base::ErrorCode::validation,
          "Column '" + field.name + "' is " + field.type.with_nullable(true).text() +
              ", however, a string of length " + std::to_string(size) +
              " is being written into it. You can set job configuration "
              "'table.exec.sink.type-length-enforcer' to control this behaviour."};
}

base::Status enforce_column(data::ColumnPtr& column, const plan::Field& field, Lengths how) {
  const LogicalType& type = field.type;
  const auto length = static_cast<std::size_t>(type.length());
  const auto arena = std::make_shared<data::Arena>();
  std::shared_ptr<data::Column> changed;  // a copy, as soon as one is needed
  for (std::size_t row = 0; row < column->size(); ++row) {
    if (column->is_null(row)) continue;
    const auto value = column->at<std::string_view>(row);
    const std::size_t size = size_of(type, value);
    if (size == length || (size < length && !is_fixed(type))) continue;
    if (how == Lengths::error) return wrong_length(field, size);
    if (changed == nullptr) changed = std::make_shared<data::Column>(*data::flatten(column));
    changed->cells<std::string_view>()[row] = fitted(type, value, size, length, *arena);
  }
  if (changed == nullptr) return base::success();
  changed->keep_alive(arena);
  column = std::move(changed);
  return base::success();
}

}  // namespace

base::Status enforce_lengths(data::Batch& batch, std::span<const plan::Field> fields, Lengths how) {
  if (how == Lengths::ignore) return base::success();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (!has_length(fields[i].type)) continue;
    BOOST_OUTCOME_TRY(enforce_column(batch.columns[i], fields[i], how));
  }
  return base::success();
}

}  // namespace millrace::operators
