// CompressionType: bytes in, compressed bytes out. The same input gives the same output.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "common/base/result.hpp"

namespace millrace::delivery {

// Not thread-safe; for one object.
class Compressor {
 public:
  // NONE, GZIP or ZSTD.
  static std::unique_ptr<Compressor> make(std::string_view type);
  virtual ~Compressor() = default;
  // Both append to `out`. Error: the library is out of memory.
  virtual base::Status add(std::string_view bytes, std::string& out) = 0;
  virtual base::Status finish(std::string& out) = 0;
};

}  // namespace millrace::delivery
