// An input as a source of choices: each takes some of its bytes, and zeros when there are none
// left.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace millrace::fuzz {

class Input {
 public:
  explicit Input(std::string_view bytes) : left_(bytes) {}

  [[nodiscard]] bool empty() const { return left_.empty(); }
  std::uint8_t byte() {
    if (left_.empty()) return 0;
    const auto value = static_cast<std::uint8_t>(left_.front());
    left_.remove_prefix(1);
    return value;
  }
  // 0 to count - 1; count is at most 256.
  std::size_t below(std::size_t count) { return byte() % count; }
  bool flag() { return (byte() & 1) != 0; }
  std::uint32_t word() {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) value = value << 8 | byte();
    return value;
  }
  // Mostly small, sometimes any size.
  std::int64_t number() {
    const auto kind = byte();
    if (kind < 200) return kind % 20;
    const auto high = static_cast<std::uint64_t>(word());
    const auto value = static_cast<std::int64_t>(high << 32 | word());
    return kind < 230 ? value % 100'000 : value;
  }
  std::string_view take(std::size_t size) {
    const auto part = left_.substr(0, size);
    left_.remove_prefix(part.size());
    return part;
  }
  // Up to a line feed, which is taken as well.
  std::string_view line() {
    const auto end = left_.find('\n');
    const auto part = left_.substr(0, end);
    left_.remove_prefix(end == std::string_view::npos ? left_.size() : end + 1);
    return part;
  }
  std::string_view rest() { return take(left_.size()); }

 private:
  std::string_view left_;
};

}  // namespace millrace::fuzz
