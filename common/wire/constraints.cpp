#include "common/wire/constraints.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <memory>

namespace millrace::wire {
namespace {

pcre2_code* compile(const char* text) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  auto* code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text), PCRE2_ZERO_TERMINATED,
                             PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_UTF | PCRE2_DOLLAR_ENDONLY,
                             &error, &offset, nullptr);
  KS_ASSERT(code != nullptr);  // patterns are ours, not the user's
  pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
  return code;
}

std::string must_match(const Pattern& pattern) {
  return std::string{"Member must satisfy regular expression pattern: "} + pattern.text();
}

std::string must_be_one_of(std::span<const std::string_view> values) {
  std::string set;
  for (const auto& allowed : values) {
    if (!set.empty()) set += ", ";
    set += allowed;
  }
  return "Member must satisfy enum value set: [" + set + "]";
}

}  // namespace

bool Pattern::matches(std::string_view subject) const {
  void* code = compiled_.load(std::memory_order_acquire);
  if (code == nullptr) {
    void* made = compile(text_);
    if (compiled_.compare_exchange_strong(code, made, std::memory_order_acq_rel)) {
      code = made;
    } else {  // another thread was first
      pcre2_code_free(static_cast<pcre2_code*>(made));
    }
  }
  thread_local const std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)> match{
      pcre2_match_data_create(1, nullptr), &pcre2_match_data_free};
  return pcre2_match(static_cast<pcre2_code*>(code), reinterpret_cast<PCRE2_SPTR>(subject.data()),
                     subject.size(), 0, PCRE2_NO_UTF_CHECK, match.get(), nullptr) >= 0;
}

std::size_t utf16_length(std::string_view utf8) {
  std::size_t units = 0;
  for (const char c : utf8) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) == 0x80) continue;  // continuation
    units += byte >= 0xF0 ? 2 : 1;        // outside the basic plane: a surrogate pair
  }
  return units;
}

void Violations::add(const std::optional<std::string>& value, const std::string& path,
                     const std::string& constraint) {
  if (full()) return;
  sentences_.push_back("Value " + (value ? "'" + *value + "'" : "null") + " at '" + path +
                       "' failed to satisfy constraint: " + constraint);
}

std::string Violations::message() const {
  std::string text = std::to_string(sentences_.size()) + " validation error" +
                     (sentences_.size() == 1 ? "" : "s") + " detected: ";
  for (std::size_t i = 0; i < sentences_.size(); ++i) {
    if (i != 0) text += "; ";
    text += sentences_[i];
  }
  return text;
}

base::Status Violations::status() const {
  if (empty()) return base::success();
  return base::Error{base::ErrorCode::validation, message()};
}

base::Error violation(const std::optional<std::string>& value, const std::string& path,
                      const std::string& constraint) {
  Violations violations;
  violations.add(value, path, constraint);
  return {base::ErrorCode::validation, violations.message()};
}

std::string blob_text(std::size_t bytes) {
  const auto size = std::to_string(bytes);
  return "java.nio.HeapByteBuffer[pos=0 lim=" + size + " cap=" + size + "]";
}

std::string length_at_least(std::int64_t min) {
  return "Member must have length greater than or equal to " + std::to_string(min);
}

std::string length_at_most(std::int64_t max) {
  return "Member must have length less than or equal to " + std::to_string(max);
}

void check_text(std::string_view value, const std::string& path, const Rules& rules,
                Violations& out) {
  if (rules.pattern != nullptr && !rules.pattern->matches(value)) {
    out.add(std::string{value}, path, must_match(*rules.pattern));
  }
  check_size(utf16_length(value), std::string{value}, path, rules, out);
  if (!rules.values.empty() &&
      std::find(rules.values.begin(), rules.values.end(), value) == rules.values.end()) {
    out.add(std::string{value}, path, must_be_one_of(rules.values));
  }
}

void check_number(std::int64_t value, const std::string& path, const Rules& rules,
                  Violations& out) {
  if (rules.min != unbounded_below && value < rules.min) {
    out.add(std::to_string(value), path,
            "Member must have value greater than or equal to " + std::to_string(rules.min));
  }
  if (rules.max != unbounded_above && value > rules.max) {
    out.add(std::to_string(value), path,
            "Member must have value less than or equal to " + std::to_string(rules.max));
  }
}

void check_size(std::size_t size, const std::string& shown, const std::string& path,
                const Rules& rules, Violations& out) {
  const auto length = static_cast<std::int64_t>(size);
  if (rules.min != unbounded_below && length < rules.min) {
    out.add(shown, path, length_at_least(rules.min));
  }
  if (rules.max != unbounded_above && length > rules.max) {
    out.add(shown, path, length_at_most(rules.max));
  }
}

void check_absent(const std::string& path, const Rules& rules, Violations& out) {
  if (rules.required) out.add(std::nullopt, path, "Member must not be null");
}

void check_each(std::span<const std::string_view> values, const Rules& rules, const char* subject,
                const std::string& shown, const std::string& path, Violations& out) {
  const bool kept = std::all_of(values.begin(), values.end(), [&](std::string_view value) {
    Violations one;
    check_text(value, path, rules, one);
    return one.empty();
  });
  if (kept) return;
  std::string constraints;
  const auto say = [&constraints](const std::string& constraint) {
    constraints += (constraints.empty() ? "" : ", ") + constraint;
  };
  if (rules.max != unbounded_above) say(length_at_most(rules.max));
  if (rules.min != unbounded_below) say(length_at_least(rules.min));
  if (rules.pattern != nullptr) say(must_match(*rules.pattern));
  if (!rules.values.empty()) say(must_be_one_of(rules.values));
  out.add(shown, path, std::string{subject} + " must satisfy constraint: [" + constraints + "]");
}

}  // namespace millrace::wire
