// The order in which a client opens its streams. Internal to http/.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <utility>

namespace millrace::http {

// Streams below one that was opened and that were not opened themselves are closed: HEADERS for one
// of them is a connection error (RFC 9113 5.1.1). nghttp2 passes such HEADERS over. HEADERS for a
// stream that was opened may come late and are nghttp2's business.
class StreamOrder {
 public:
  // Of each HEADERS frame, in the order they come.
  [[nodiscard]] bool is_out_of_turn(std::int32_t id) {
    if (id % 2 == 0) return false;  // no client's; nghttp2 refuses it
    if (id > highest_) {
      if (id > highest_ + 2) passed_over_.emplace_back(highest_ + 2, id - 2);
      if (passed_over_.size() > remembered) passed_over_.pop_front();
      highest_ = id;
      return false;
    }
    return std::any_of(passed_over_.begin(), passed_over_.end(),
                       [&](const auto& gap) { return id >= gap.first && id <= gap.second; });
  }

 private:
  static constexpr std::size_t remembered = 64;  // gaps; a client that leaves more is let off
  std::int32_t highest_ = -1;
  std::deque<std::pair<std::int32_t, std::int32_t>> passed_over_;  // first and last of each gap
};

}  // namespace millrace::http
