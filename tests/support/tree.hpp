// Trees of values: written out again, compared, and made from hex.
#pragma once

#include <cmath>
#include <string>
#include <string_view>

#include "common/wire/encoder.hpp"
#include "common/wire/value.hpp"

namespace millrace::test {

// The tree in another encoding (or the same).
inline void write_tree(const wire::Value& value, wire::Encoder& out) {
  switch (value.kind()) {
    case wire::Kind::null:
      return out.null();
    case wire::Kind::boolean:
      return out.boolean(value.as_boolean());
    case wire::Kind::integer:
      return out.integer(value.as_integer());
    case wire::Kind::real:
      return out.real(value.as_real());
    case wire::Kind::text:
      return out.text(value.as_text());
    case wire::Kind::bytes:
      return out.bytes(value.as_text());
    case wire::Kind::time:
      return out.time(value.as_time());
    case wire::Kind::list:
      out.begin_list();
      for (const auto& item : value.as_list()) write_tree(item, out);
      return out.end_list();
    case wire::Kind::map:
      out.begin_map();
      for (const auto& [name, item] : value.as_map()) {
        out.key(name);
        write_tree(item, out);
      }
      return out.end_map();
  }
}

inline bool same_tree(const wire::Value& left, const wire::Value& right) {
  if (left.is_number() && right.is_number()) return left.as_real() == right.as_real();
  if (left.kind() != right.kind()) return false;
  switch (left.kind()) {
    case wire::Kind::boolean:
      return left.as_boolean() == right.as_boolean();
    case wire::Kind::text:
    case wire::Kind::bytes:
      return left.as_text() == right.as_text();
    case wire::Kind::time:
      return left.as_time() == right.as_time();
    case wire::Kind::list: {
      if (left.as_list().size() != right.as_list().size()) return false;
      for (std::size_t i = 0; i < left.as_list().size(); ++i) {
        if (!same_tree(left.as_list()[i], right.as_list()[i])) return false;
      }
      return true;
    }
    case wire::Kind::map: {
      if (left.as_map().size() != right.as_map().size()) return false;
      for (const auto& [name, value] : left.as_map()) {
        if (!same_tree(value, right[name])) return false;
      }
      return true;
    }
    default:
      return true;
  }
}

inline std::string from_hex(std::string_view hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1]));
  }
  return bytes;
}

}  // namespace millrace::test
