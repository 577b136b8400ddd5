#include "emulator/engine/limits.hpp"

#include <algorithm>

namespace millrace::engine {

void Bucket::fill(std::int64_t now_ms, std::int64_t rate, std::int64_t burst) {
  const auto full = burst * parts;
  const auto elapsed = at_ms_ == never ? 0 : std::max<std::int64_t>(0, now_ms - at_ms_);
  // Where it is long enough to fill it, nothing is multiplied that could overflow.
  if (at_ms_ == never || elapsed > (full - parts_) / rate) {
    parts_ = full;
  } else {
    parts_ = std::min(full, parts_ + elapsed * rate);
  }
  at_ms_ = now_ms;
}

bool Bucket::take(std::int64_t now_ms, std::int64_t amount, std::int64_t rate, std::int64_t burst) {
  fill(now_ms, rate, burst);
  if (parts_ < amount * parts) return false;
  parts_ -= amount * parts;
  return true;
}

void Bucket::charge(std::int64_t now_ms, std::int64_t amount, std::int64_t rate,
                    std::int64_t burst) {
  fill(now_ms, rate, burst);
  parts_ -= amount * parts;
}

std::int64_t Bucket::level(std::int64_t now_ms, std::int64_t rate, std::int64_t burst) {
  fill(now_ms, rate, burst);
  return parts_ >= 0 ? parts_ / parts : -((-parts_ + parts - 1) / parts);
}

bool WriteRates::admit(std::int64_t now_ms, std::int64_t bytes, std::int64_t largest) {
  const auto tank = std::max(bytes_per_s, largest);
  if (bytes_.level(now_ms, bytes_per_s, tank) < bytes) return false;
  if (!records_.take(now_ms, 1, records_per_s, records_per_s)) return false;
  return bytes_.take(now_ms, bytes, bytes_per_s, tank);
}

bool ReadRates::admit_call(std::int64_t now_ms) {
  const std::lock_guard guard{mutex_};
  if (bytes_.level(now_ms, bytes_per_s, bytes_per_s) < 0) return false;
  return calls_.take(now_ms, 1, calls_per_s, calls_per_s);
}

void ReadRates::charge(std::int64_t now_ms, std::int64_t bytes) {
  const std::lock_guard guard{mutex_};
  // No credit for the second before.
  const auto saved = bytes_.level(now_ms, bytes_per_s, bytes_per_s);
  const auto credit = bytes > bytes_per_s ? std::max<std::int64_t>(0, saved) : 0;
  bytes_.charge(now_ms, bytes + credit, bytes_per_s, bytes_per_s);
}

bool ReadRates::admit_iterator(std::int64_t now_ms) {
  const std::lock_guard guard{mutex_};
  return iterators_.take(now_ms, 1, iterators_per_s, iterators_per_s);
}

bool CallRates::admit(const std::string& key, std::int64_t now_ms, std::int64_t per_s) {
  const std::lock_guard guard{mutex_};
  if (entries_.size() >= forget_at_) forget_idle(now_ms);
  auto& entry = entries_[key];
  entry.last_ms = now_ms;
  return entry.calls.take(now_ms, 1, per_s, per_s);
}

void CallRates::forget_idle(std::int64_t now_ms) {
  // A bucket that nobody has asked for a second is full, as a new one is.
  std::erase_if(entries_, [&](const auto& entry) {
    return now_ms - entry.second.last_ms >= 1000 || now_ms < entry.second.last_ms;
  });
  forget_at_ = std::max<std::size_t>(1024, 2 * entries_.size());
}

std::size_t CallRates::size() const {
  const std::lock_guard guard{mutex_};
  return entries_.size();
}

}  // namespace millrace::engine
