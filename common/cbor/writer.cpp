#include <cbor/encoding.h>

#include <array>

#include "common/cbor/cbor.hpp"

namespace millrace::cbor {
namespace {

// One item's head, at most nine bytes, through one of libcbor's encoders.
template <class Encode, class... Values>
void append(std::string& out, Encode encode, Values... values) {
  std::array<unsigned char, 9> head;
  const auto size = encode(values..., head.data(), head.size());
  out.append(reinterpret_cast<const char*>(head.data()), size);
}

}  // namespace

void Writer::begin_map() {
  append(out_, cbor_encode_indef_map_start);
}

void Writer::end_map() {
  append(out_, cbor_encode_break);
}

void Writer::begin_list() {
  append(out_, cbor_encode_indef_array_start);
}

void Writer::end_list() {
  append(out_, cbor_encode_break);
}

void Writer::null() {
  append(out_, cbor_encode_null);
}

void Writer::boolean(bool value) {
  append(out_, cbor_encode_bool, value);
}

void Writer::integer(std::int64_t value) {
  if (value >= 0) {
    append(out_, cbor_encode_uint, static_cast<std::uint64_t>(value));
  } else {
    append(out_, cbor_encode_negint, static_cast<std::uint64_t>(-(value + 1)));
  }
}

void Writer::real(double value) {
  append(out_, cbor_encode_double, value);
}

void Writer::text(std::string_view utf8) {
  append(out_, cbor_encode_string_start, utf8.size());
  out_ += utf8;
}

void Writer::bytes(std::string_view raw) {
  append(out_, cbor_encode_bytestring_start, raw.size());
  out_ += raw;
}

void Writer::time(std::int64_t epoch_ms) {
  append(out_, cbor_encode_tag, std::uint64_t{1});
  integer(epoch_ms);
}

}  // namespace millrace::cbor
