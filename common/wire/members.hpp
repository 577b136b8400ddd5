// Structures that describe themselves: one list of members serves reading, checking and writing.
//
//   struct Input {
//     Text stream_name;
//     Integer limit;
//     static void members(auto& visit, auto& self) {
//       visit("StreamName", self.stream_name, Rules{.required = true, .min = 1, .max = 128});
//       visit("Limit", self.limit, Rules{.min = 1, .max = 10000});
//     }
//   };
//   Input input;
//   BOOST_OUTCOME_TRY(read(document.root(), input));   // types: SerializationException
//   BOOST_OUTCOME_TRY(check(input));                   // constraints: ValidationException
//   write(output, encoder);
//
// A field that was read views the Document's memory.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "common/base/result.hpp"
#include "common/wire/constraints.hpp"
#include "common/wire/encoder.hpp"
#include "common/wire/value.hpp"

namespace millrace::wire {

struct BlobView {
  std::string_view bytes;
};
struct EpochMs {
  std::int64_t ms = 0;
};
using TextEntries = std::vector<std::pair<std::string_view, std::string_view>>;

using Text = std::optional<std::string_view>;
using Boolean = std::optional<bool>;
using Integer = std::optional<std::int32_t>;  // clamped to 32 bits, as AWS does
using Long = std::optional<std::int64_t>;
using Blob = std::optional<BlobView>;
using Time = std::optional<EpochMs>;
using TextMap = std::optional<TextEntries>;

// Converts one value; on a wrong type, SerializationException's sentence.
base::Status read_value(const Value& from, std::string_view& to);
base::Status read_value(const Value& from, bool& to);
base::Status read_value(const Value& from, std::int32_t& to);
base::Status read_value(const Value& from, std::int64_t& to);
base::Status read_value(const Value& from, BlobView& to);
base::Status read_value(const Value& from, EpochMs& to);
base::Status read_value(const Value& from, TextEntries& to);
base::Status expect_list(const Value& from);
base::Status expect_structure(const Value& from);

template <class T>
concept Structure = requires(T& value, int& visit) {
  &T::template members<int, T>;
};

template <Structure T>
base::Status read_value(const Value& from, T& to);

template <class T>
base::Status read_value(const Value& from, std::vector<T>& to) {
  BOOST_OUTCOME_TRY(expect_list(from));
  to.resize(from.as_list().size());
  for (std::size_t i = 0; i < to.size(); ++i) {
    if (from.as_list()[i].is_null()) continue;
    BOOST_OUTCOME_TRY(read_value(from.as_list()[i], to[i]));
  }
  return base::success();
}

namespace detail {

struct Reader {
  const Value& map;
  base::Status status = base::success();

  template <class T>
  void operator()(const char* name, std::optional<T>& field, const Rules& = {}) {
    if (!status) return;
    const Value& value = map[name];
    if (value.is_null()) return;
    status = read_value(value, field.emplace());
  }
};

// "StreamName" -> "streamName"
inline std::string lower_first(std::string_view name) {
  std::string text{name};
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] + 32);
  return text;
}

struct Checker {
  Violations& out;
  std::string prefix;

  template <class T>
  void operator()(const char* name, const std::optional<T>& field, const Rules& rules = {}) {
    if (out.full()) return;
    // Most members keep their rules: the path is only built for the others.
    if (!field) {
      if (rules.required) check_absent(path(name), rules, out);
      return;
    }
    one(name, *field, rules);
  }

 private:
  [[nodiscard]] std::string path(const char* name) const {
    return full_prefix() + lower_first(name);
  }

  void one(const char* name, std::string_view value, const Rules& rules) {
    const auto size = static_cast<std::int64_t>(value.size());
    const bool plainly_kept = rules.pattern == nullptr && rules.values.empty() &&
                              size <= rules.max && (rules.min <= 1 ? size >= rules.min : false);
    if (!plainly_kept) check_text(value, path(name), rules, out);
  }
  void one(const char*, bool, const Rules&) {}
  void one(const char*, EpochMs, const Rules&) {}
  void one(const char* name, std::int32_t value, const Rules& rules) {
    check_number(value, path(name), rules, out);
  }
  void one(const char* name, std::int64_t value, const Rules& rules) {
    check_number(value, path(name), rules, out);
  }
  void one(const char* name, const BlobView& value, const Rules& rules) {
    const auto size = static_cast<std::int64_t>(value.bytes.size());
    if (size >= rules.min && size <= rules.max) return;
    check_size(value.bytes.size(), blob_text(value.bytes.size()), path(name), rules, out);
  }
  void one(const char* name, const TextEntries& value, const Rules& rules) {
    std::string shown = "{";
    std::vector<std::string_view> keys, values;
    for (const auto& [key, text] : value) {
      if (shown.size() > 1) shown += ", ";
      shown += std::string{key} + "=" + std::string{text};
      keys.push_back(key);
      values.push_back(text);
    }
    shown += "}";
    check_size(value.size(), shown, path(name), rules, out);
    if (rules.keys) check_each(keys, *rules.keys, "Map keys", shown, path(name), out);
    if (rules.elements) check_each(values, *rules.elements, "Map value", shown, path(name), out);
  }
  void one(const char* name, const std::vector<std::string_view>& value, const Rules& rules) {
    std::string shown = "[";
    for (const auto& text : value) {
      if (shown.size() > 1) shown += ", ";
      shown += text;
    }
    shown += "]";
    check_size(value.size(), shown, path(name), rules, out);
    if (rules.elements) check_each(value, *rules.elements, "Member", shown, path(name), out);
  }
  template <Structure T>
  void one(const char* name, const std::vector<T>& value, const Rules& rules) {
    const auto size = static_cast<std::int64_t>(value.size());
    if (size < rules.min || size > rules.max) {
      std::string shown = "[";
      for (std::size_t i = 0; i < value.size(); ++i) {
        if (i != 0) shown += ", ";
        shown += rules.element_text ? rules.element_text : "structure";
      }
      check_size(value.size(), shown + "]", path(name), rules, out);
    }
    for (std::size_t i = 0; i < value.size() && !out.full(); ++i) {
      Checker inner{out, {}};
      inner.lazy_prefix = {this, name, i + 1};
      T::members(inner, value[i]);
    }
  }
  template <Structure T>
  void one(const char* name, const T& value, const Rules&) {
    Checker inner{out, path(name) + "."};
    T::members(inner, value);
  }

 public:
  // Where this structure stands in a list of its parent; turned into text only for a violation.
  struct Place {
    const Checker* parent = nullptr;
    const char* name = nullptr;
    std::size_t index = 0;
  };
  Place lazy_prefix{};

 private:
  [[nodiscard]] std::string full_prefix() const {
    if (lazy_prefix.parent == nullptr) return prefix;
    return lazy_prefix.parent->full_prefix() + lower_first(lazy_prefix.name) + "." +
           std::to_string(lazy_prefix.index) + ".member.";
  }
};

struct Writer {
  Encoder& out;

  template <class T>
  void operator()(const char* name, const T& field, const Rules& = {}) {
    out.key(name);
    value(field);
  }
  template <class T>
  void operator()(const char* name, const std::optional<T>& field, const Rules& = {}) {
    if (!field) return;  // AWS leaves absent members out
    out.key(name);
    value(*field);
  }

  void value(std::string_view text) { out.text(text); }
  void value(const std::string& text) { out.text(text); }
  void value(bool flag) { out.boolean(flag); }
  void value(std::int32_t number) { out.integer(number); }
  void value(std::int64_t number) { out.integer(number); }
  void value(const BlobView& blob) { out.bytes(blob.bytes); }
  void value(const EpochMs& time) { out.time(time.ms); }
  template <class T>
  void value(const std::vector<T>& items) {
    out.begin_list();
    for (const auto& item : items) value(item);
    out.end_list();
  }
  template <class T>
  requires requires(const T& item, Encoder& encoder) { item.encode(encoder); }
  void value(const T& item) { item.encode(out); }
  template <Structure T>
  void value(const T& item) {
    out.begin_map();
    T::members(*this, item);
    out.end_map();
  }
};

}  // namespace detail

template <Structure T>
base::Status read_value(const Value& from, T& to) {
  BOOST_OUTCOME_TRY(expect_structure(from));
  detail::Reader reader{from};
  T::members(reader, to);
  return std::move(reader.status);
}

// The root of a request: a map.
template <class T>
base::Status read(const Value& root, T& to) {
  return read_value(root, to);
}

template <class T>
base::Status check(const T& value) {
  Violations out;
  detail::Checker checker{out, {}};
  T::members(checker, value);
  return out.status();
}

template <class T>
void write(const T& value, Encoder& out) {
  detail::Writer writer{out};
  writer.value(value);
}

}  // namespace millrace::wire
