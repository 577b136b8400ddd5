// libFuzzer's door to the one target that is linked in.
#include "tests/fuzz/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static const auto run = millrace::fuzz::targets().begin()->second;
  // libFuzzer keeps each input in a block of its own: AddressSanitizer sees every step beyond it.
  run({reinterpret_cast<const char*>(data), size});
  return 0;
}
