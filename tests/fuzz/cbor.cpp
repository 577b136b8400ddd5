// A body in CBOR: what is read and written again is the same.
#include "common/cbor/cbor.hpp"

#include "tests/fuzz/same_values.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/support/tree.hpp"

using namespace millrace;

FUZZ_TARGET(cbor) {
  const auto read = cbor::parse(std::string{input});
  if (!read) return;
  cbor::Writer out;
  test::write_tree(read.value()->root(), out);
  const auto again = cbor::parse(out.take());
  FUZZ_CHECK(again.has_value());
  FUZZ_CHECK(fuzz::same_values(read.value()->root(), again.value()->root()));
}
