// Where windows lie on the time line, and the slices they share.
//
//   HOP of 90 s every 60 s:      |---- w0 ----|
//                                        |---- w1 ----|
//                                                |---- w2 ----|
//   slices of gcd(90, 60) = 30 s |   |   |   |   |   |   |   |
//
// A row is aggregated once, in its slice; a window is the merge of its slices. All times here are
// milliseconds on the windows' own time line: for a TIMESTAMP_LTZ the wall clock of
// table.local-time-zone, so that days begin at local midnight.
#pragma once

#include <cstdint>

#include "runtime/data/time.hpp"
#include "runtime/plan/plan.hpp"

namespace millrace::operators {

class WindowSlices {
 public:
  WindowSlices(const plan::Window& window, const data::TimeZone& zone);

  [[nodiscard]] std::int64_t size() const { return window_.size_ms; }
  [[nodiscard]] std::int64_t slide() const { return window_.slide_ms; }
  [[nodiscard]] std::int64_t slice_size() const { return slice_ms_; }

  // A row time on the windows' time line.
  [[nodiscard]] std::int64_t to_line(std::int64_t time_ms) const {
    return shifted_ ? zone_.to_local(time_ms) : time_ms;
  }
  // The watermark at which a window that ends at `end` fires: the last instant inside it.
  [[nodiscard]] std::int64_t fires_at(std::int64_t end) const {
    return (shifted_ ? zone_.to_instant(end) : end) - 1;
  }

  // The start of the slice a time lies in.
  [[nodiscard]] std::int64_t slice_of(std::int64_t line_ms) const {
    return line_ms - data::floor_mod(line_ms - window_.offset_ms, slice_ms_);
  }
  // The start of the latest window that begins at or before a time.
  [[nodiscard]] std::int64_t latest_start(std::int64_t line_ms) const {
    return line_ms - data::floor_mod(line_ms - window_.offset_ms, window_.slide_ms);
  }
  // The end of the latest window that holds a time; not behind it when none does (a HOP whose slide
  // is longer than its size leaves gaps). The windows before it end a slide earlier each, down to
  // the last end that is behind the time:
  //   for (end = latest_end(time); end > time; end -= slide())
  [[nodiscard]] std::int64_t latest_end(std::int64_t line_ms) const {
    return (cumulates_ ? greatest_start(line_ms) : latest_start(line_ms)) + window_.size_ms;
  }
  // The start of the window that ends at `end`.
  [[nodiscard]] std::int64_t start_of(std::int64_t end) const {
    return cumulates_ ? greatest_start(end - 1) : end - window_.size_ms;
  }
  [[nodiscard]] bool cumulates() const { return cumulates_; }

 private:
  // CUMULATE: the start of the greatest window a time lies in.
  [[nodiscard]] std::int64_t greatest_start(std::int64_t line_ms) const {
    return line_ms - data::floor_mod(line_ms - window_.offset_ms, window_.size_ms);
  }

  plan::Window window_;
  data::TimeZone zone_;
  bool shifted_;
  bool cumulates_;
  std::int64_t slice_ms_;
};

}  // namespace millrace::operators
