#include "runtime/data/column.hpp"

#include <algorithm>

namespace millrace::data {

namespace {

template <class Variant>
void start_cells(Variant& cells, Storage storage) {
  switch (storage) {
    case Storage::boolean:
      cells = std::vector<std::uint8_t>{};
      return;
    case Storage::int64:
      cells = std::vector<std::int64_t>{};
      return;
    case Storage::float64:
      cells = std::vector<double>{};
      return;
    case Storage::decimal:
      cells = std::vector<base::Int128>{};
      return;
    case Storage::bytes:
      cells = std::vector<std::string_view>{};
      return;
    case Storage::timestamp:
      cells = std::vector<TimestampValue>{};
      return;
  }
}

}  // namespace

Column::Column(const LogicalType& type) : type_(type) {
  start_cells(cells_, type.storage());
}

Column Column::constant(const LogicalType& type, const Value& value, std::size_t rows) {
  Column column(type);
  column.append_value(
      value, std::holds_alternative<std::string>(value) ? std::make_shared<Arena>(64) : nullptr);
  column.make_constant(rows);
  return column;
}

Column Column::of_size(const LogicalType& type, std::size_t rows) {
  Column column(type);
  std::visit([rows](auto& cells) { cells.resize(rows); }, column.cells_);
  return column;
}

void Column::set_type(const LogicalType& type) {
  KS_ASSERT(type.storage() == type_.storage());
  type_ = type;
}

std::size_t Column::stored() const {
  return std::visit([](const auto& cells) { return cells.size(); }, cells_);
}

void Column::append_null() {
  if (nulls_.empty()) nulls_.assign(stored(), 0);
  std::visit([](auto& cells) { cells.emplace_back(); }, cells_);
  nulls_.push_back(1);
}

void Column::append_value(const Value& value, const std::shared_ptr<Arena>& arena) {
  if (data::is_null(value)) {
    append_null();
    return;
  }
  switch (type_.storage()) {
    case Storage::boolean:
      append<std::uint8_t>(std::get<bool>(value) ? 1 : 0);
      return;
    case Storage::int64:
      append(std::get<std::int64_t>(value));
      return;
    case Storage::float64:
      append(std::get<double>(value));
      return;
    case Storage::decimal:
      append(std::get<base::Int128>(value));
      return;
    case Storage::bytes:
      append(arena->copy(std::get<std::string>(value)));
      if (owners_.empty() || owners_.back() != arena) keep_alive(arena);
      return;
    case Storage::timestamp:
      append(std::get<TimestampValue>(value));
      return;
  }
}

void Column::truncate(std::size_t rows) {
  std::visit([rows](auto& cells) { cells.resize(std::min(rows, cells.size())); }, cells_);
  if (nulls_.size() > rows) nulls_.resize(rows);
  if (std::find(nulls_.begin(), nulls_.end(), 1) == nulls_.end()) nulls_.clear();
}

void Column::reserve(std::size_t rows) {
  std::visit([rows](auto& cells) { cells.reserve(rows); }, cells_);
}

void Column::set_null(std::size_t row) {
  if (nulls_.empty()) nulls_.assign(stored(), 0);
  nulls_[row] = 1;
}

void Column::keep_alive(std::shared_ptr<const void> owner) {
  if (owner) owners_.push_back(std::move(owner));
}

void Column::keep_alive_with(const Column& other) {
  for (const auto& owner : other.owners_) {
    if (std::find(owners_.begin(), owners_.end(), owner) == owners_.end()) owners_.push_back(owner);
  }
}

void Column::make_constant(std::size_t rows) {
  KS_ASSERT(stored() == 1);
  constant_ = true;
  constant_rows_ = rows;
}

ColumnPtr gather(const ColumnPtr& column, std::span<const std::uint32_t> rows) {
  if (column->is_constant()) {
    Column out = *column;
    out.make_constant(rows.size());
    return share(std::move(out));
  }
  Column out = Column::of_size(column->type(), rows.size());
  with_storage(column->type().storage(), [&]<class T>() {
    const std::span<const T> from = column->cells<T>();
    const std::span<T> to = out.cells<T>();
    for (std::size_t i = 0; i < rows.size(); ++i) to[i] = from[rows[i]];
  });
  if (column->has_nulls()) {
    std::vector<std::uint8_t> nulls(rows.size());
    std::uint8_t any = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) any |= nulls[i] = column->nulls()[rows[i]];
    if (any != 0) out.set_nulls(std::move(nulls));
  }
  out.keep_alive_with(*column);
  return share(std::move(out));
}

ColumnPtr flatten(const ColumnPtr& column) {
  if (!column->is_constant()) return column;
  const std::size_t rows = column->size();
  Column out = Column::of_size(column->type(), rows);
  with_storage(column->type().storage(), [&]<class T>() {
    const std::span<T> to = out.cells<T>();
    std::fill(to.begin(), to.end(), column->cells<T>()[0]);
  });
  if (column->has_nulls() && rows > 0)
    out.set_nulls(std::vector<std::uint8_t>(rows, column->nulls()[0]));
  out.keep_alive_with(*column);
  return share(std::move(out));
}

ColumnPtr concat(std::span<const ColumnPtr> columns) {
  std::size_t rows = 0;
  bool any_null = false;
  for (const ColumnPtr& column : columns) {
    rows += column->size();
    any_null = any_null || column->has_nulls();
  }
  Column out = Column::of_size(columns.front()->type(), rows);
  std::vector<std::uint8_t> nulls(any_null ? rows : 0);
  with_storage(out.type().storage(), [&]<class T>() {
    const std::span<T> to = out.cells<T>();
    std::size_t next = 0;
    for (const ColumnPtr& column : columns) {
      const Cells<T> from(*column);
      for (std::size_t i = 0; i < column->size(); ++i, ++next) {
        to[next] = from[i];
        if (any_null) nulls[next] = from.is_null(i) ? 1 : 0;
      }
      out.keep_alive_with(*column);
    }
  });
  out.set_nulls(std::move(nulls));
  return share(std::move(out));
}

Value value_at(const Column& column, std::size_t row) {
  if (column.is_null(row)) return {};
  return with_storage(column.type().storage(), [&]<class T>() -> Value {
    if constexpr (std::is_same_v<T, std::uint8_t>) {
      return column.at<T>(row) != 0;
    } else if constexpr (std::is_same_v<T, std::string_view>) {
      return std::string(column.at<T>(row));
    } else {
      return column.at<T>(row);
    }
  });
}

}  // namespace millrace::data
