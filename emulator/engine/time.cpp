// The engine's clock and what moving it does.
#include <algorithm>
#include <charconv>

#include "emulator/engine/engine.hpp"

namespace millrace::engine {
namespace {

constexpr std::string_view offset_key = "clock_offset_ms";
// Sequence numbers cannot write later seconds (AWS refuses those from 16025175000 on).
constexpr std::int64_t end_of_time_ms = 16'025'175'000'000;
// A time server corrects by less, all the time.
constexpr std::int64_t noticed_jump_ms = 100;

}  // namespace

base::Status Engine::set_clock_offset(std::int64_t offset_ms) {
  const auto system = base::to_epoch_ms(clock_.now());
  if (offset_ms < -system || offset_ms >= end_of_time_ms - system) {
    return base::Error{base::ErrorCode::invalid_argument,
                       "the clock can be set from 1970 to 2477, and an offset of " +
                           std::to_string(offset_ms) + " ms leads out of that"};
  }
  if (const auto back_ms = clock_offset_ms() - offset_ms; back_ms > 0) {
    auto shifted = shift_transitions(now_ms(), back_ms);
    if (!shifted) {
      broken_ = shifted.error();  // memory and disk differ until the commit has failed
      return shifted;
    }
  }
  BOOST_OUTCOME_TRY(store_.set_meta(offset_key, std::to_string(offset_ms)));
  latest_ms_ += offset_ms - clock_offset_ms();
  offset_ms_.store(offset_ms, std::memory_order_relaxed);
  clock_moved_ = true;
  return base::success();
}

// An ACTIVE stream must not be CREATING again because the clock goes back. `now`: before it does.
base::Status Engine::shift_transitions(std::int64_t now, std::int64_t back_ms) {
  for (const auto& [key, stream] : streams_) {
    auto row = stream->row;
    if (row.transition.empty()) continue;
    if (now < row.transition_until_ms || row.transition == "DELETING") {
      row.transition_until_ms -= back_ms;
    } else {
      row.transition.clear();
    }
    BOOST_OUTCOME_TRY(store_.update_stream(row));
    const std::unique_lock guard{mutex_};
    stream->row = std::move(row);
  }
  BOOST_OUTCOME_TRY(queues_->shift(back_ms));
  return resources_.shift_transitions(now, back_ms);
}

// The system's clock, set back by its owner or by a time server: as if it had been asked of us.
base::Status Engine::notice_clock() {
  const auto now = now_ms();
  const auto before = std::exchange(latest_ms_, now);
  if (before - now < noticed_jump_ms) {
    latest_ms_ = std::max(before, now);
    return base::success();
  }
  clock_moved_ = true;
  return shift_transitions(before, before - now);
}

// A transition that would last longer than any does began before the clock was set back, while the
// program did not run.
void Engine::bound_transitions() {
  const auto latest = now_ms() + options_.transition_ms;
  for (const auto& [key, stream] : streams_) {
    auto& until = stream->row.transition_until_ms;
    until = std::min(until, latest);
  }
  resources_.bound_transitions(latest);
}

base::Status Engine::load_clock() {
  BOOST_OUTCOME_TRY(const auto kept, store_.meta(offset_key));
  std::int64_t offset_ms = 0;
  if (kept) {
    const auto* end = kept->data() + kept->size();
    const auto [stopped, failed] = std::from_chars(kept->data(), end, offset_ms);
    if (failed != std::errc{} || stopped != end) {
      return base::Error{base::ErrorCode::io,
                         "the data file is damaged: its clock offset is '" + *kept + "'"};
    }
  }
  offset_ms_.store(offset_ms, std::memory_order_relaxed);
  latest_ms_ = now_ms();
  return base::success();
}

}  // namespace millrace::engine
