// Numbers that are the same on every machine for the same seed (std's distributions are not).
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

namespace millrace::market {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  // Uniform in [0, 1), 53 bits: what Python's random.random() gives.
  double real() { return static_cast<double>(engine_() >> 11U) * 0x1.0p-53; }
  // Uniform in [0, count); count >= 1.
  std::size_t index(std::size_t count) {
    return static_cast<std::size_t>(real() * static_cast<double>(count));
  }
  std::uint64_t bits() { return engine_(); }

 private:
  std::mt19937_64 engine_;  // its sequence is fixed by the standard
};

}  // namespace millrace::market
