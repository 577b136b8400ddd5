#include "runtime/operators/window_slices.hpp"

#include <numeric>

namespace millrace::operators {

WindowSlices::WindowSlices(const plan::Window& window, const data::TimeZone& zone)
    : window_(window),
      zone_(zone),
      shifted_(window.zoned && !zone.is_utc()),
      cumulates_(window.kind == plan::Window::Kind::cumulate),
      slice_ms_(std::gcd(window.size_ms, window.slide_ms)) {}

}  // namespace millrace::operators
