#include "runtime/expr/regex.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <array>

namespace millrace::expr {

struct Regex::State {
  pcre2_code* code = nullptr;
  pcre2_match_data* match = nullptr;
  pcre2_match_context* limits = nullptr;

  ~State() {
    pcre2_match_context_free(limits);
    pcre2_match_data_free(match);
    pcre2_code_free(code);
  }
};

Regex::Regex(std::unique_ptr<State> state) : state_(std::move(state)) {}
Regex::~Regex() = default;

base::Result<std::unique_ptr<Regex>> Regex::compile(std::string_view pattern) {
  int code = 0;
  PCRE2_SIZE offset = 0;
  auto state = std::make_unique<State>();
  // Java's classes \d, \w and \b are ASCII, which is PCRE2's default without UCP; malformed bytes
  // never match.
  const char* text = pattern.data() != nullptr ? pattern.data() : "";
  state->code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text), pattern.size(),
                              PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C, &code,
                              &offset, nullptr);
  if (state->code == nullptr) {
    std::array<PCRE2_UCHAR, 256> message{};
    pcre2_get_error_message(code, message.data(), message.size());
    return base::Error(base::ErrorCode::validation,
                       "Malformed regular expression '" + std::string(pattern) + "' near index " +
                           std::to_string(offset) + ": " +
                           reinterpret_cast<const char*>(message.data()));
  }
  // A pattern without JIT is only slower.
  pcre2_jit_compile(state->code, PCRE2_JIT_COMPLETE);
  state->match = pcre2_match_data_create_from_pattern(state->code, nullptr);
  state->limits = pcre2_match_context_create(nullptr);
  if (state->match == nullptr || state->limits == nullptr) {
    return base::Error(base::ErrorCode::internal, "out of memory for a regular expression");
  }
  pcre2_set_match_limit(state->limits, 10'000'000);
  return std::unique_ptr<Regex>(new Regex(std::move(state)));
}

bool Regex::find(std::string_view text, std::size_t from) {
  const char* subject = text.data() != nullptr ? text.data() : "";
  return pcre2_match(state_->code, reinterpret_cast<PCRE2_SPTR>(subject), text.size(), from, 0,
                     state_->match, state_->limits) > 0;
}

std::size_t Regex::group_count() const {
  std::uint32_t count = 0;
  pcre2_pattern_info(state_->code, PCRE2_INFO_CAPTURECOUNT, &count);
  return count;
}

bool Regex::group(std::size_t index, std::size_t& begin, std::size_t& end) const {
  if (index > group_count()) return false;
  const PCRE2_SIZE* places = pcre2_get_ovector_pointer(state_->match);
  begin = places[2 * index];
  end = places[2 * index + 1];
  return begin != PCRE2_UNSET && begin <= end;
}

RegexCache::RegexCache() = default;
RegexCache::~RegexCache() = default;

Regex* RegexCache::find(std::string_view pattern) {
  if (last_ != nullptr && pattern == last_text_) return last_;
  constexpr std::size_t limit = 256;
  std::string key(pattern);
  auto place = patterns_.find(key);
  if (place == patterns_.end()) {
    auto compiled = Regex::compile(pattern);
    if (!compiled) {
      error_ = compiled.error().message();
      return nullptr;
    }
    if (patterns_.size() >= limit) patterns_.clear();
    place = patterns_.emplace(key, std::move(compiled).value()).first;
  }
  last_text_ = std::move(key);
  last_ = place->second.get();
  return last_;
}

}  // namespace millrace::expr
