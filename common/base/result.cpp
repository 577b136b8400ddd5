#include "common/base/result.hpp"

#include <cstdio>
#include <cstdlib>

namespace millrace::base {

void assertion_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "millrace: broken invariant '%s' at %s:%d\n", condition, file, line);
  std::abort();
}

}  // namespace millrace::base
