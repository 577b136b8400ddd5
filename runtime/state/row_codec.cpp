#include "runtime/state/row_codec.hpp"

#include <cstring>
#include <limits>

namespace millrace::state {

namespace {

using data::Column;

// A cell: a byte that says NULL or not, then the value; text with its length in front.
template <class T>
void append_raw(std::string& out, const T& value) {
  char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  out.append(bytes, sizeof(T));
}

template <class T>
T take_raw(std::string_view& bytes) {
  KS_ASSERT(bytes.size() >= sizeof(T));
  T value;
  std::memcpy(&value, bytes.data(), sizeof(T));
  bytes.remove_prefix(sizeof(T));
  return value;
}

void append_cell(std::string& out, const Column& column, std::size_t row) {
  if (column.is_null(row)) {
    out.push_back('\1');
    return;
  }
  out.push_back('\0');
  data::with_storage(column.type().storage(), [&]<class T>() {
    const T& cell = column.at<T>(row);
    if constexpr (std::is_same_v<T, std::string_view>) {
      append_raw(out, static_cast<std::uint32_t>(cell.size()));
      out.append(cell);
    } else if constexpr (std::is_same_v<T, data::TimestampValue>) {
      append_raw(out, cell.millis);
      append_raw(out, cell.nanos_of_milli);
    } else if constexpr (std::is_same_v<T, double>) {
      append_raw(out, cell != cell ? std::numeric_limits<double>::quiet_NaN() : cell);
    } else {
      append_raw(out, cell);
    }
  });
}

void read_cell(std::string_view& bytes, Column& column, data::Arena& arena) {
  KS_ASSERT(!bytes.empty());
  const bool null = bytes.front() != '\0';
  bytes.remove_prefix(1);
  if (null) {
    column.append_null();
    return;
  }
  data::with_storage(column.type().storage(), [&]<class T>() {
    if constexpr (std::is_same_v<T, std::string_view>) {
      const auto size = take_raw<std::uint32_t>(bytes);
      KS_ASSERT(bytes.size() >= size);
      column.append(arena.copy(bytes.substr(0, size)));
      bytes.remove_prefix(size);
    } else if constexpr (std::is_same_v<T, data::TimestampValue>) {
      data::TimestampValue cell;
      cell.millis = take_raw<std::int64_t>(bytes);
      cell.nanos_of_milli = take_raw<std::int32_t>(bytes);
      column.append(cell);
    } else {
      column.append(take_raw<T>(bytes));
    }
  });
}

}  // namespace

void RowCodec::append(std::string& out, std::span<const data::ColumnPtr> columns,
                      std::size_t row) const {
  KS_ASSERT(columns.size() == types_.size());
  for (const auto& column : columns) append_cell(out, *column, row);
}

void RowCodec::append(std::string& out, std::span<const data::ColumnPtr> columns,
                      std::span<const std::size_t> fields, std::size_t row) const {
  KS_ASSERT(fields.size() == types_.size());
  for (const std::size_t field : fields) append_cell(out, *columns[field], row);
}

void RowCodec::read(std::string_view bytes, std::span<data::Column> columns,
                    data::Arena& arena) const {
  KS_ASSERT(columns.size() == types_.size());
  for (auto& column : columns) read_cell(bytes, column, arena);
  KS_ASSERT(bytes.empty());
}

void RowCodec::read_nulls(std::span<data::Column> columns) {
  for (auto& column : columns) column.append_null();
}

}  // namespace millrace::state
