// The neutral tree that a request body becomes, whatever encoding it came in.
//
// A Document owns the bytes of the body and the nodes; texts are views into those bytes, so reading
// a request of 500 records costs a handful of allocations. Values die with their Document.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>

namespace millrace::wire {

enum class Kind : std::uint8_t {
  null,
  boolean,
  integer,  // fits 64 bits with sign
  real,     // any other number
  text,     // UTF-8
  bytes,    // only from encodings that know them (CBOR); JSON carries base64 in a text
  time,     // milliseconds since the epoch; only from encodings that know them
  list,
  map,
};

struct Member;

// Trivially copyable; refers to memory of its Document.
class Value {
 public:
  constexpr Value() = default;
  static Value boolean(bool value);
  static Value integer(std::int64_t value);
  static Value real(double value);
  static Value text(std::string_view value);
  static Value bytes(std::string_view value);
  static Value time(std::int64_t epoch_ms);
  static Value list(std::span<const Value> items);
  static Value map(std::span<const Member> members);

  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] bool is_null() const { return kind_ == Kind::null; }
  [[nodiscard]] bool is_number() const { return kind_ == Kind::integer || kind_ == Kind::real; }

  // Each of these may only be asked of a value of that kind.
  [[nodiscard]] bool as_boolean() const { return data_.integer != 0; }
  [[nodiscard]] std::int64_t as_integer() const { return data_.integer; }
  [[nodiscard]] std::int64_t as_time() const { return data_.integer; }
  // Of either kind of number.
  [[nodiscard]] double as_real() const {
    return kind_ == Kind::real ? data_.real : static_cast<double>(data_.integer);
  }
  // Of a text or bytes.
  [[nodiscard]] std::string_view as_text() const { return {data_.text, size_}; }
  // The same bytes, writable: a blob is decoded in place. Null where the size is 0.
  [[nodiscard]] char* mutable_text() const { return const_cast<char*>(data_.text); }
  [[nodiscard]] std::span<const Value> as_list() const { return {data_.items, size_}; }
  [[nodiscard]] std::span<const Member> as_map() const;

  // A member of a map; null where there is none (of equal names the last counts, as in Java's
  // maps).
  [[nodiscard]] const Value& operator[](std::string_view name) const;

 private:
  union Data {
    std::int64_t integer = 0;
    double real;
    const char* text;
    const Value* items;
    const Member* members;
  };
  Data data_;
  std::size_t size_ = 0;
  Kind kind_ = Kind::null;
};

struct Member {
  std::string_view name;
  Value value;
};

// Not movable: views point into it. Keep it behind a unique_ptr or on the stack.
class Document {
 public:
  explicit Document(std::string body) : body_(std::move(body)) {}
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

  // The body's bytes; a decoder may rewrite them in place.
  [[nodiscard]] std::string& body() { return body_; }
  [[nodiscard]] const Value& root() const { return root_; }
  void set_root(Value root) { root_ = root; }

  // Copies into memory that lives as long as the document.
  std::span<const Value> keep(std::span<const Value> items);
  std::span<const Member> keep(std::span<const Member> members);
  std::string_view keep(std::string_view text);

 private:
  std::string body_;
  std::pmr::monotonic_buffer_resource arena_;
  Value root_;
};

}  // namespace millrace::wire
