#include "runtime/data/arena.hpp"

#include <algorithm>
#include <cstring>

namespace millrace::data {

std::string_view Arena::copy(std::string_view text) {
  if (text.empty()) return {};
  char* place = allocate(text.size());
  std::memcpy(place, text.data(), text.size());
  return {place, text.size()};
}

void Arena::grow(std::size_t bytes) {
  const std::size_t size = std::max(bytes, chunk_bytes_);
  chunks_.push_back(std::make_unique_for_overwrite<char[]>(size));
  next_ = chunks_.back().get();
  left_ = size;
  total_ += size;
}

}  // namespace millrace::data
