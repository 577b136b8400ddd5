// Whether two trees say the same, members of equal names each in their place.
#pragma once

#include <cmath>

#include "common/wire/value.hpp"

namespace millrace::fuzz {

inline bool same_values(const wire::Value& left, const wire::Value& right) {
  if (left.is_number() && right.is_number()) {
    return left.as_real() == right.as_real() ||
           (std::isnan(left.as_real()) && std::isnan(right.as_real()));
  }
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
      const auto ours = left.as_list();
      const auto theirs = right.as_list();
      if (ours.size() != theirs.size()) return false;
      for (std::size_t i = 0; i < ours.size(); ++i) {
        if (!same_values(ours[i], theirs[i])) return false;
      }
      return true;
    }
    case wire::Kind::map: {
      const auto ours = left.as_map();
      const auto theirs = right.as_map();
      if (ours.size() != theirs.size()) return false;
      for (std::size_t i = 0; i < ours.size(); ++i) {
        if (ours[i].name != theirs[i].name) return false;
        if (!same_values(ours[i].value, theirs[i].value)) return false;
      }
      return true;
    }
    default:
      return true;
  }
}

}  // namespace millrace::fuzz
