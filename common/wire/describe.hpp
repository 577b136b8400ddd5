// What members() says of a structure, as data: for documentation, and for a test that compares it
// with AWS's service model.
//
//   describe<Input>(encoder);
//   {"type":"structure","members":{"Limit":{"type":"integer","min":1,"max":100}, ...}}
//
// A member has "required" when a request must have it, or an answer always does; "min", "max",
// "pattern", "enum" as Rules has them; "element" for a list, "key" and "value" for a map. Not for
// recursive structures; none of AWS's requests is one.
#pragma once

#include "common/wire/members.hpp"

namespace millrace::wire {

// A type that writes itself (encode()) says with `using Described = ...` what that looks like.
template <class T>
concept WritesItself = requires(const T& value, Encoder& out) {
  value.encode(out);
};

// The members of Rules that are set; the caller is inside a map.
void describe_rules(const Rules& rules, Encoder& out);

namespace detail {

template <class T>
struct DescribedType {
  using Type = T;
};
template <class T>
requires requires {
  typename T::Described;
}
struct DescribedType<T> {
  using Type = typename T::Described;
};

template <class T>
constexpr bool is_list = false;
template <class T>
constexpr bool is_list<std::vector<T>> = true;
template <>
inline constexpr bool is_list<TextEntries> = false;

template <class T>
constexpr const char* type_name() {
  if constexpr (std::is_same_v<T, bool>) return "boolean";
  if constexpr (std::is_same_v<T, std::int32_t>) return "integer";
  if constexpr (std::is_same_v<T, std::int64_t>) return "long";
  if constexpr (std::is_same_v<T, BlobView>) return "blob";
  if constexpr (std::is_same_v<T, EpochMs>) return "timestamp";
  if constexpr (std::is_same_v<T, TextEntries>) return "map";
  if constexpr (is_list<T>) return "list";
  if constexpr (std::is_convertible_v<T, std::string_view>) return "string";
  if constexpr (WritesItself<T>) return "opaque";
  return "structure";
}

struct Describer {
  Encoder& out;

  template <class T>
  void operator()(const char* name, const std::optional<T>&, const Rules& rules = {}) {
    out.key(name);
    value<T>(rules);
  }
  // Not optional: an answer's member that is always there.
  template <class T>
  void operator()(const char* name, const T&, Rules rules = {}) {
    rules.required = true;
    out.key(name);
    value<T>(rules);
  }

  template <class As>
  void value(const Rules& rules) {
    using T = typename DescribedType<As>::Type;
    out.begin_map();
    out.key("type");
    out.text(type_name<T>());
    describe_rules(rules, out);
    const Rules none;
    if constexpr (std::is_same_v<T, TextEntries>) {
      out.key("key");
      value<std::string_view>(rules.keys ? *rules.keys : none);
      out.key("value");
      value<std::string_view>(rules.elements ? *rules.elements : none);
    } else if constexpr (is_list<T>) {
      out.key("element");
      value<typename T::value_type>(rules.elements ? *rules.elements : none);
    } else if constexpr (Structure<T> && !WritesItself<T>) {
      out.key("members");
      out.begin_map();
      const T empty{};
      T::members(*this, empty);
      out.end_map();
    }
    out.end_map();
  }
};

}  // namespace detail

template <class T>
void describe(Encoder& out) {
  detail::Describer{out}.template value<T>({});
}

}  // namespace millrace::wire
