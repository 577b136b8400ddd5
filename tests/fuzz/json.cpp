// A body in JSON: what is read and written again is the same.
#include "common/json/json.hpp"

#include "tests/fuzz/same_values.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/support/tree.hpp"

using namespace millrace;

FUZZ_TARGET(json) {
  const auto read = json::parse(std::string{input});
  if (!read) return;
  json::Writer out;
  test::write_tree(read.value()->root(), out);
  const auto text = out.take();
  const auto again = json::parse(text);
  FUZZ_CHECK_SAY(again.has_value(), text);
  FUZZ_CHECK_SAY(fuzz::same_values(read.value()->root(), again.value()->root()), text);
}
