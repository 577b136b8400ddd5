// A fuzz target: what one parser of outside bytes is fed, and what must hold whatever it is fed.
//
//   FUZZ_TARGET(base64) {                      // `input` is a std::string_view
//     const auto decoded = base::base64_decode(input);
//     FUZZ_CHECK(!decoded || base::base64_encode(*decoded) == input);
//   }
//
// One file a target, one row in CMakeLists.txt. Two programs come of it: fuzz_<name> with libFuzzer
// (preset fuzz), and fuzz_replay, which any build has and which feeds all targets their corpora.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

namespace millrace::fuzz {

using Run = void (*)(std::string_view input);

// All that are linked in, by name.
inline std::map<std::string, Run>& targets() {
  static std::map<std::string, Run> all;
  return all;
}

struct Registration {
  Registration(const char* name, Run run) { targets()[name] = run; }
};

[[noreturn]] inline void broken(const char* what, const char* file, int line,
                                const std::string& more = "") {
  std::fprintf(stderr, "%s:%d: broken: %s\n%s\n", file, line, what, more.c_str());
  std::abort();
}

}  // namespace millrace::fuzz

#define FUZZ_TARGET(name)                                                            \
  static void fuzz_##name(std::string_view input);                                   \
  static const millrace::fuzz::Registration registration_##name{#name, fuzz_##name}; \
  static void fuzz_##name(std::string_view input)

// What must hold. The second form says more, as a std::string.
#define FUZZ_CHECK(condition) \
  ((condition) ? void() : millrace::fuzz::broken(#condition, __FILE__, __LINE__))
#define FUZZ_CHECK_SAY(condition, more) \
  ((condition) ? void() : millrace::fuzz::broken(#condition, __FILE__, __LINE__, more))
