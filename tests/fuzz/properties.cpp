// application_properties.json, and references to it in a script.
//
// Input: the properties; after a byte 0 a script.
#include "runtime/job/script.hpp"
#include "runtime/sql/parser.hpp"
#include "tests/fuzz/target.hpp"

using namespace millrace;

FUZZ_TARGET(properties) {
  const auto zero = input.find('\0');
  const auto groups = job::parse_properties(std::string{input.substr(0, zero)}, "p.json");
  if (!groups) {
    FUZZ_CHECK_SAY(groups.error().message().starts_with("p.json"), groups.error().message());
    return;
  }
  if (zero == std::string_view::npos) return;
  const auto script = sql::fill_properties(input.substr(zero + 1), groups.value());
  if (!script) return;
  for (const auto& part : script.value().replacements) {
    FUZZ_CHECK(part.at + part.size <= script.value().text.size());
  }
  (void)sql::parse_script(script.value());
}
