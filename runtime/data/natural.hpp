// Natural numbers large enough for the digits of any double.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "common/base/result.hpp"

namespace millrace::data {

// A natural number of up to 2304 bits: 2^-1074 with five to its power needs less than 1300.
class Natural {
 public:
  explicit Natural(std::uint64_t value) {
    limbs_[0] = static_cast<std::uint32_t>(value);
    limbs_[1] = static_cast<std::uint32_t>(value >> 32U);
    size_ = 2;
    trim();
  }

  void multiply(std::uint32_t factor) {
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < size_; ++i) {
      carry += std::uint64_t{limbs_[i]} * factor;
      limbs_[i] = static_cast<std::uint32_t>(carry);
      carry >>= 32U;
    }
    if (carry != 0) push(static_cast<std::uint32_t>(carry));
  }

  void multiply_power_of_five(int exponent) {
    for (; exponent >= 13; exponent -= 13) multiply(1'220'703'125U);  // 5^13
    for (; exponent > 0; --exponent) multiply(5);
  }

  void shift_left(int bits) {
    const auto whole = static_cast<std::size_t>(bits / 32);
    const auto part = static_cast<unsigned>(bits % 32);
    if (size_ == 0) return;
    KS_ASSERT(size_ + whole + 1 <= limbs_.size());
    if (part != 0) {
      std::uint32_t carry = 0;
      for (std::size_t i = 0; i < size_; ++i) {
        const std::uint32_t limb = limbs_[i];
        limbs_[i] = (limb << part) | carry;
        carry = limb >> (32U - part);
      }
      if (carry != 0) push(carry);
    }
    if (whole > 0) {
      std::memmove(limbs_.data() + whole, limbs_.data(), size_ * sizeof(limbs_[0]));
      std::fill_n(limbs_.begin(), whole, 0U);
      size_ += whole;
    }
  }

  // <0, 0, >0
  [[nodiscard]] int compare(const Natural& other) const {
    if (size_ != other.size_) return size_ < other.size_ ? -1 : 1;
    for (std::size_t i = size_; i-- > 0;) {
      if (limbs_[i] != other.limbs_[i]) return limbs_[i] < other.limbs_[i] ? -1 : 1;
    }
    return 0;
  }

  void add(const Natural& other) {
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < std::max(size_, other.size_); ++i) {
      carry += std::uint64_t{limbs_[i]} + other.limbs_[i];
      limbs_[i] = static_cast<std::uint32_t>(carry);
      carry >>= 32U;
    }
    size_ = std::max(size_, other.size_);
    if (carry != 0) push(static_cast<std::uint32_t>(carry));
  }

  // *this modulo divisor stays; the quotient is below ten.
  int take_digit(const Natural& divisor) {
    int quotient = 0;
    while (compare(divisor) >= 0) {
      subtract(divisor);
      ++quotient;
    }
    return quotient;
  }

 private:
  void push(std::uint32_t limb) {
    KS_ASSERT(size_ < limbs_.size());
    limbs_[size_++] = limb;
  }
  void trim() {
    while (size_ > 0 && limbs_[size_ - 1] == 0) --size_;
  }
  void subtract(const Natural& other) {
    std::int64_t borrow = 0;
    for (std::size_t i = 0; i < size_; ++i) {
      borrow += std::int64_t{limbs_[i]} - std::int64_t{other.limbs_[i]};
      limbs_[i] = static_cast<std::uint32_t>(borrow);
      borrow >>= 32;
    }
    trim();
  }

  std::array<std::uint32_t, 72> limbs_{};
  std::size_t size_ = 0;
};

}  // namespace millrace::data
