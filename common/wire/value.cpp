#include "common/wire/value.hpp"

#include <algorithm>
#include <cstring>

namespace millrace::wire {

Value Value::boolean(bool value) {
  Value made;
  made.kind_ = Kind::boolean;
  made.data_.integer = value ? 1 : 0;
  return made;
}

Value Value::integer(std::int64_t value) {
  Value made;
  made.kind_ = Kind::integer;
  made.data_.integer = value;
  return made;
}

Value Value::real(double value) {
  Value made;
  made.kind_ = Kind::real;
  made.data_.real = value;
  return made;
}

Value Value::text(std::string_view value) {
  Value made;
  made.kind_ = Kind::text;
  made.data_.text = value.data();
  made.size_ = value.size();
  return made;
}

Value Value::bytes(std::string_view value) {
  Value made = text(value);
  made.kind_ = Kind::bytes;
  return made;
}

Value Value::time(std::int64_t epoch_ms) {
  Value made = integer(epoch_ms);
  made.kind_ = Kind::time;
  return made;
}

Value Value::list(std::span<const Value> items) {
  Value made;
  made.kind_ = Kind::list;
  made.data_.items = items.data();
  made.size_ = items.size();
  return made;
}

Value Value::map(std::span<const Member> members) {
  Value made;
  made.kind_ = Kind::map;
  made.data_.members = members.data();
  made.size_ = members.size();
  return made;
}

std::span<const Member> Value::as_map() const {
  return {data_.members, size_};
}

const Value& Value::operator[](std::string_view name) const {
  static const Value absent{};
  const auto members = as_map();
  for (auto at = members.rbegin(); at != members.rend(); ++at) {
    if (at->name == name) return at->value;
  }
  return absent;
}

namespace {

template <class T>
std::span<const T> copy_into(std::pmr::memory_resource& arena, std::span<const T> from) {
  if (from.empty()) return {};
  auto* to = static_cast<T*>(arena.allocate(from.size_bytes(), alignof(T)));
  std::uninitialized_copy(from.begin(), from.end(), to);
  return {to, from.size()};
}

}  // namespace

std::span<const Value> Document::keep(std::span<const Value> items) {
  return copy_into(arena_, items);
}

std::span<const Member> Document::keep(std::span<const Member> members) {
  return copy_into(arena_, members);
}

std::string_view Document::keep(std::string_view text) {
  const auto kept = copy_into(arena_, std::span<const char>{text.data(), text.size()});
  return {kept.data(), kept.size()};
}

}  // namespace millrace::wire
