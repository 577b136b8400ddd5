#include "runtime/data/nested.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <numeric>

namespace millrace::data {

namespace {

template <class T>
void append_raw(std::string& out, const T& value) {
  char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  out.append(bytes, sizeof(T));
}

template <class T>
T raw(std::string_view bytes) {
  KS_ASSERT(bytes.size() >= sizeof(T));
  T value;
  std::memcpy(&value, bytes.data(), sizeof(T));
  return value;
}

}  // namespace

void append_cell_bytes(std::string& out, const Column& column, std::size_t row) {
  with_storage(column.type().storage(), [&]<class T>() {
    const T& cell = column.at<T>(row);
    if constexpr (std::is_same_v<T, std::string_view>) {
      out.append(cell);
    } else if constexpr (std::is_same_v<T, TimestampValue>) {
      append_raw(out, cell.millis);
      append_raw(out, cell.nanos_of_milli);
    } else if constexpr (std::is_same_v<T, double>) {
      append_raw(out, cell != cell ? std::numeric_limits<double>::quiet_NaN() : cell);
    } else {
      append_raw(out, cell);
    }
  });
}

void append_nested(Column& out, const NestedView& view, std::size_t i) {
  if (view.is_null(i)) {
    out.append_null();
    return;
  }
  const std::string_view bytes = view.bytes(i);
  with_storage(out.type().storage(), [&]<class T>() {
    if constexpr (std::is_same_v<T, std::string_view>) {
      out.append(bytes);
    } else if constexpr (std::is_same_v<T, TimestampValue>) {
      TimestampValue cell;
      cell.millis = raw<std::int64_t>(bytes);
      cell.nanos_of_milli = raw<std::int32_t>(bytes.substr(8));
      out.append(cell);
    } else {
      out.append(raw<T>(bytes));
    }
  });
}

void NestedBuilder::add_null() {
  ends_.push_back(static_cast<std::uint32_t>(cells_.size()) | NestedView::null_bit);
}

void NestedBuilder::add_bytes(std::string_view cell) {
  cells_.append(cell);
  KS_ASSERT(cells_.size() < NestedView::null_bit);
  ends_.push_back(static_cast<std::uint32_t>(cells_.size()));
}

void NestedBuilder::add(const NestedView& view, std::size_t i) {
  if (view.is_null(i)) {
    add_null();
  } else {
    add_bytes(view.bytes(i));
  }
}

void NestedBuilder::add(const Column& column, std::size_t row) {
  if (column.is_null(row)) {
    add_null();
    return;
  }
  append_cell_bytes(cells_, column, row);
  KS_ASSERT(cells_.size() < NestedView::null_bit);
  ends_.push_back(static_cast<std::uint32_t>(cells_.size()));
}

void NestedBuilder::write(char* to) const {
  const auto count = static_cast<std::uint32_t>(ends_.size());
  std::memcpy(to, &count, sizeof(count));
  if (!ends_.empty()) std::memcpy(to + 4, ends_.data(), 4 * ends_.size());
  if (!cells_.empty()) std::memcpy(to + 4 * (ends_.size() + 1), cells_.data(), cells_.size());
}

std::string_view NestedBuilder::take(Arena& arena) {
  const std::size_t size = bytes();
  char* place = arena.allocate(size);
  write(place);
  clear();
  return {place, size};
}

std::string NestedBuilder::take() {
  std::string out(bytes(), '\0');
  write(out.data());
  clear();
  return out;
}

void NestedBuilder::clear() {
  ends_.clear();
  cells_.clear();
}

std::vector<std::size_t> hash_map_order(std::span<const std::uint32_t> hashes) {
  std::size_t buckets = 16;
  while (hashes.size() * 4 > buckets * 3) buckets *= 2;
  std::vector<std::size_t> order(hashes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto bucket = [&](std::size_t i) { return (hashes[i] ^ hashes[i] >> 16U) & (buckets - 1); };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return bucket(a) < bucket(b); });
  return order;
}

std::uint32_t string_data_hash(std::string_view text) {
  std::uint32_t hash = 42;
  const auto mix = [&hash](std::uint32_t word) {
    hash ^= std::rotl(word * 0xcc9e2d51U, 15) * 0x1b873593U;
    hash = std::rotl(hash, 13) * 5 + 0xe6546b64U;
  };
  std::size_t at = 0;
  for (; at + 4 <= text.size(); at += 4) {
    std::uint32_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof(word));
    mix(word);
  }
  for (; at < text.size(); ++at) {
    mix(static_cast<std::uint32_t>(std::int32_t{static_cast<signed char>(text[at])}));
  }
  hash ^= static_cast<std::uint32_t>(text.size());
  hash = (hash ^ hash >> 16U) * 0x85ebca6bU;
  hash = (hash ^ hash >> 13U) * 0xc2b2ae35U;
  return hash ^ hash >> 16U;
}

ColumnPtr nested_field(const ColumnPtr& column, std::size_t field, std::size_t rows) {
  Column out(column->type().fields()[field].type);
  out.reserve(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    if (column->is_null(row)) {
      out.append_null();
    } else {
      append_nested(out, NestedView(column->at<std::string_view>(row)), field);
    }
  }
  out.keep_alive_with(*column);
  return share(std::move(out));
}

NestedCells nested_cells(const ColumnPtr& column, std::size_t part, std::size_t rows) {
  NestedCells out;
  const std::size_t step = column->type().fields().size();
  Column cells(column->type().fields()[part].type);
  out.starts.reserve(rows + 1);
  out.starts.push_back(0);
  for (std::size_t row = 0; row < rows; ++row) {
    if (!column->is_null(row)) {
      const NestedView view(column->at<std::string_view>(row));
      for (std::size_t i = part; i < view.size(); i += step) append_nested(cells, view, i);
    }
    out.starts.push_back(static_cast<std::uint32_t>(cells.size()));
  }
  cells.keep_alive_with(*column);
  out.cells = share(std::move(cells));
  return out;
}

}  // namespace millrace::data
