// Kinesis sequence numbers, version 2: 186-bit numbers written in decimal.
//
// 47 hexadecimal digits, verified on numbers AWS gave out (2019 and 2026):
//
//   2 | created:9 | nibble:1 | index:16 | 00 | time:9 | shard:8 | 2
//
// created and time in seconds since the epoch, nibble = low digit of the shard's number.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::engine {

struct SequenceNumber {
  int version = 2;
  std::int64_t created_s = 0;
  std::uint64_t index = 0;  // versions 1 and 2
  std::int64_t time_s = 0;
  std::uint32_t shard = 0;
};

// The index in the ending sequence number of a closed shard.
constexpr std::uint64_t last_sequence_index = 0x7fff'ffff'ffff'ffff;

// Decimal text of a version-2 number; 56 digits for all dates of this century.
class SequenceText {
 public:
  explicit SequenceText(const SequenceNumber& number);
  [[nodiscard]] std::string_view view() const {
    return {digits_.data() + from_, digits_.size() - from_};
  }
  [[nodiscard]] std::string str() const { return std::string{view()}; }

 private:
  std::array<char, 60> digits_;
  std::size_t from_ = 0;
};

// Any version AWS has used (0, 1, 2); nullopt for what is none. Numbers below 2^124 are version 0.
std::optional<SequenceNumber> parse_sequence_number(std::string_view decimal);

}  // namespace millrace::engine
