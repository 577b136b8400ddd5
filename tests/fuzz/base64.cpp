// Blobs as JSON carries them: what is taken is the one text of its bytes.
#include "common/base/base64.hpp"

#include "tests/fuzz/target.hpp"

using namespace millrace;

FUZZ_TARGET(base64) {
  const auto decoded = base::base64_decode(input);
  if (decoded) FUZZ_CHECK(base::base64_encode(*decoded) == input);
  const auto encoded = base::base64_encode(input);
  const auto back = base::base64_decode(encoded);
  FUZZ_CHECK(back && *back == input);
}
