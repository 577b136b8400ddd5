// Memory for the strings of a batch: grows in chunks, is freed as a whole.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace millrace::data {

// Held by shared_ptr from every column whose views point into it (Column::keep_alive). One thread
// at a time.
//
//   auto arena = std::make_shared<Arena>();
//   std::string_view text = arena->copy("abc");
class Arena {
 public:
  // chunk_bytes: what is asked from the heap at a time; a larger string gets a chunk of its own.
  explicit Arena(std::size_t chunk_bytes = std::size_t{16} << 10U) : chunk_bytes_(chunk_bytes) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // `bytes` writable bytes that stay in place until the arena dies.
  char* allocate(std::size_t bytes) {
    if (bytes > left_) grow(bytes);
    char* place = next_;
    next_ += bytes;
    left_ -= bytes;
    return place;
  }

  // Gives back the end of the newest allocation: `unused` of its bytes.
  void shrink(std::size_t unused) {
    next_ -= unused;
    left_ += unused;
  }

  std::string_view copy(std::string_view text);

  [[nodiscard]] std::size_t bytes() const { return total_; }

 private:
  void grow(std::size_t bytes);

  std::size_t chunk_bytes_;
  std::vector<std::unique_ptr<char[]>> chunks_;
  char* next_ = nullptr;
  std::size_t left_ = 0;
  std::size_t total_ = 0;
};

}  // namespace millrace::data
