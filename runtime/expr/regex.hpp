// Java-like regular expressions, by PCRE2.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/base/result.hpp"

namespace millrace::expr {

// A compiled pattern. One thread at a time.
class Regex {
 public:
  // Error: what is wrong with the pattern and where, as PCRE2 says it.
  static base::Result<std::unique_ptr<Regex>> compile(std::string_view pattern);
  ~Regex();
  Regex(const Regex&) = delete;
  Regex& operator=(const Regex&) = delete;

  // Finds the first match at or after `from`; false also when matching would take too long
  // (backtracking limit).
  bool find(std::string_view text, std::size_t from = 0);
  // Of the last match: group 0 is the whole. Unset groups and numbers out of range: false.
  bool group(std::size_t index, std::size_t& begin, std::size_t& end) const;
  [[nodiscard]] std::size_t group_count() const;

 private:
  struct State;
  explicit Regex(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Patterns by text, compiled once; forgets all when a job makes more than a few hundred of them.
class RegexCache {
 public:
  RegexCache();
  ~RegexCache();
  // nullptr: the pattern is malformed, `error()` says why.
  Regex* find(std::string_view pattern);
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  std::unordered_map<std::string, std::unique_ptr<Regex>> patterns_;
  std::string last_text_;
  Regex* last_ = nullptr;
  std::string error_;
};

}  // namespace millrace::expr
