#include "runtime/state/sort_key.hpp"

#include <bit>

namespace millrace::state {

namespace {

// Most significant byte first.
template <class Unsigned>
void append_big(std::string& out, Unsigned value, std::size_t bytes) {
  for (std::size_t i = bytes; i-- > 0;) {
    out.push_back(static_cast<char>(static_cast<unsigned char>(value >> (8 * i))));
  }
}

void append_ascending(std::string& out, std::uint8_t cell) {
  out.push_back(static_cast<char>(cell));
}
void append_ascending(std::string& out, std::int64_t cell) {
  append_big(out, static_cast<std::uint64_t>(cell) ^ (std::uint64_t{1} << 63U), 8);
}
void append_ascending(std::string& out, double cell) {
  auto bits = std::bit_cast<std::uint64_t>(cell);
  if (cell != cell) bits = 0x7ff8000000000000U;
  constexpr std::uint64_t sign = std::uint64_t{1} << 63U;
  append_big(out, (bits & sign) != 0 ? ~bits : bits | sign, 8);
}
void append_ascending(std::string& out, base::Int128 cell) {
  append_big(out, static_cast<base::Uint128>(cell) ^ (base::Uint128{1} << 127U), 16);
}
void append_ascending(std::string& out, const data::TimestampValue& cell) {
  append_ascending(out, cell.millis);
  append_big(out, static_cast<std::uint32_t>(cell.nanos_of_milli), 4);
}
// A zero byte is written as 0 255 and the end as 0 0, so that a prefix comes first.
void append_ascending(std::string& out, std::string_view cell) {
  for (const char c : cell) {
    out.push_back(c);
    if (c == '\0') out.push_back('\xff');
  }
  out.append(2, '\0');
}

}  // namespace

void append_sort_key(std::string& out, const data::Column& column, std::size_t row, bool descending,
                     bool nulls_first) {
  const bool null = column.is_null(row);
  out.push_back(null == nulls_first ? '\0' : '\1');
  if (null) return;
  const std::size_t from = out.size();
  data::with_storage(column.type().storage(),
                     [&]<class T>() { append_ascending(out, column.at<T>(row)); });
  if (!descending) return;
  for (std::size_t i = from; i < out.size(); ++i) out[i] = static_cast<char>(~out[i]);
}

}  // namespace millrace::state
