// The rules a request member must keep, and AWS's sentences when it does not.
//
// Grammar of the sentences: recorded from AWS by kinesalite's tests, checked 2026-11-22.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"

namespace millrace::wire {

// A regular expression of the service model. The whole text must match; `text` is printed as AWS
// prints it. Compiled at first use; thread-safe.
class Pattern {
 public:
  constexpr explicit Pattern(const char* text) : text_(text) {}
  Pattern(const Pattern&) = delete;
  Pattern& operator=(const Pattern&) = delete;
  [[nodiscard]] const char* text() const { return text_; }
  [[nodiscard]] bool matches(std::string_view subject) const;

 private:
  const char* text_;
  mutable std::atomic<void*> compiled_{nullptr};  // pcre2_code, kept for the process's life
};

constexpr std::int64_t unbounded_below = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t unbounded_above = std::numeric_limits<std::int64_t>::max();

// What the service model says of a member. min and max bound the value of a number and the length
// of anything else: UTF-16 units of a text, bytes of a blob, entries of a list or map.
struct Rules {
  bool required = false;
  std::int64_t min = unbounded_below;
  std::int64_t max = unbounded_above;
  const Pattern* pattern = nullptr;
  std::span<const std::string_view> values{};  // of an enum, in the order AWS prints them
  const char* element_text = nullptr;          // how AWS prints a structure inside a list
  // Of the elements of a list of texts, or of the keys and values of a map; AWS checks them as a
  // whole.
  const Rules* elements = nullptr;
  const Rules* keys = nullptr;
};

// Java's String.length() of valid UTF-8.
std::size_t utf16_length(std::string_view utf8);

// Collects violations in AWS's grammar; at most ten, as AWS does.
class Violations {
 public:
  static constexpr std::size_t most = 10;

  // value: as AWS prints it, without quotes; nullopt for an absent member. path:
  // "records.1.member.data".
  void add(const std::optional<std::string>& value, const std::string& path,
           const std::string& constraint);
  [[nodiscard]] bool full() const { return sentences_.size() >= most; }
  [[nodiscard]] bool empty() const { return sentences_.empty(); }
  // "2 validation errors detected: Value ..."
  [[nodiscard]] std::string message() const;
  [[nodiscard]] base::Status status() const;

 private:
  std::vector<std::string> sentences_;
};

// The same as one error, for rules that only the operation can check.
base::Error violation(const std::optional<std::string>& value, const std::string& path,
                      const std::string& constraint);

// How AWS prints a blob of that many bytes.
std::string blob_text(std::size_t bytes);

// "Member must have length less than or equal to 128" and its kin.
std::string length_at_least(std::int64_t min);
std::string length_at_most(std::int64_t max);

// The checks of one text; a pattern, then the length, then the enum.
void check_text(std::string_view value, const std::string& path, const Rules& rules,
                Violations& out);
void check_number(std::int64_t value, const std::string& path, const Rules& rules, Violations& out);
// The size of a list, map or blob, printed as `shown`.
void check_size(std::size_t size, const std::string& shown, const std::string& path,
                const Rules& rules, Violations& out);
void check_absent(const std::string& path, const Rules& rules, Violations& out);
// "Member must satisfy constraint: [...]" for a list's texts, "Map keys ..." and "Map value ..."
// for maps.
void check_each(std::span<const std::string_view> values, const Rules& rules, const char* subject,
                const std::string& shown, const std::string& path, Violations& out);

}  // namespace millrace::wire
