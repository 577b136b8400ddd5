#include "emulator/engine/sequence_number.hpp"

#include <cstring>

#include "common/base/uint128.hpp"

namespace millrace::engine {
namespace {

using base::Uint128;

// Unsigned 192 bits, least significant word first.
using Wide = std::array<std::uint64_t, 3>;

// Puts `value` at a bit position; fields do not overlap.
void put(Wide& wide, unsigned at, std::uint64_t value) {
  const unsigned word = at / 64;
  const unsigned shift = at % 64;
  wide[word] |= value << shift;
  if (shift != 0 && word + 1 < wide.size()) wide[word + 1] |= value >> (64 - shift);
}

std::uint64_t divide(Wide& wide, std::uint64_t divisor) {
  std::uint64_t rest = 0;
  for (std::size_t i = wide.size(); i-- > 0;) {
    const Uint128 part = (Uint128{rest} << 64) | wide[i];
    wide[i] = static_cast<std::uint64_t>(part / divisor);
    rest = static_cast<std::uint64_t>(part % divisor);
  }
  return rest;
}

// Hexadecimal digits without leading zeros; nullopt at more than 48 digits.
std::optional<std::string> to_hex(std::string_view decimal) {
  Wide wide{};
  for (const char c : decimal) {
    if (c < '0' || c > '9') return std::nullopt;
    Uint128 carry = static_cast<unsigned>(c - '0');
    for (auto& word : wide) {
      carry += Uint128{word} * 10;
      word = static_cast<std::uint64_t>(carry);
      carry >>= 64;
    }
    if (carry != 0) return std::nullopt;
  }
  std::string text;
  for (std::size_t i = wide.size(); i-- > 0;) {
    for (int shift = 60; shift >= 0; shift -= 4) {
      const auto digit = (wide[i] >> shift) & 15;
      if (digit != 0 || !text.empty()) text += "0123456789abcdef"[digit];
    }
  }
  return text;
}

std::uint64_t field(const std::string& hex, std::size_t at, std::size_t size) {
  return std::stoull(hex.substr(at, size), nullptr, 16);
}

// Creation dates AWS refuses: beyond the year 2477.
constexpr std::int64_t too_late_s = 16'025'175'000;

}  // namespace

namespace {

constexpr std::uint64_t run = 1'000'000'000'000'000'000;  // 18 digits

// Four runs of 18 decimal digits, the last run of the number first.
using Runs = std::array<std::uint64_t, 4>;

// All of the number but its index.
Runs runs_without_index(const SequenceNumber& number) {
  Wide wide{};
  put(wide, 184, 2);
  put(wide, 148, static_cast<std::uint64_t>(number.created_s));
  put(wide, 144, number.shard & 15);
  put(wide, 36, static_cast<std::uint64_t>(number.time_s));
  put(wide, 4, number.shard);
  put(wide, 0, 2);
  Runs runs{};
  for (auto& one : runs) one = divide(wide, run);
  return runs;
}

// Adds index * 2^80; 2^80 is 1208925 runs and 819614629174706176.
Runs with_index(const Runs& base, std::uint64_t index) {
  const Uint128 low = Uint128{index} * 819'614'629'174'706'176U + base[0];
  const Uint128 high = Uint128{index} * 1'208'925U + low / run + base[1];
  Runs runs{static_cast<std::uint64_t>(low % run), static_cast<std::uint64_t>(high % run), 0, 0};
  const auto third = base[2] + static_cast<std::uint64_t>(high / run);
  runs[2] = third % run;
  runs[3] = base[3] + third / run;
  return runs;
}

constexpr std::array<char, 200> make_digit_pairs() {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}
constexpr auto digit_pairs = make_digit_pairs();

// Eight digits, the last one before `end`.
void write_eight(std::uint32_t value, char* end) {
  for (int i = 0; i < 4; ++i) {
    end -= 2;
    std::memcpy(end, &digit_pairs[2 * std::size_t{value % 100}], 2);
    value /= 100;
  }
}

void write_run(std::uint64_t value, char* end) {
  write_eight(static_cast<std::uint32_t>(value % 100'000'000), end);
  value /= 100'000'000;
  write_eight(static_cast<std::uint32_t>(value % 100'000'000), end - 8);
  std::memcpy(end - 18, &digit_pairs[2 * static_cast<std::size_t>(value / 100'000'000)], 2);
}

}  // namespace

SequenceText::SequenceText(const SequenceNumber& number) {
  // Numbers that are written one after the other mostly differ in their index only.
  struct Last {
    SequenceNumber number{.version = -1};
    Runs runs{};
  };
  thread_local Last last;
  if (last.number.version < 0 || last.number.created_s != number.created_s ||
      last.number.time_s != number.time_s || last.number.shard != number.shard) {
    last = {.number = number, .runs = runs_without_index(number)};
    last.number.version = 2;
  }
  const auto runs = with_index(last.runs, number.index);
  std::size_t at = digits_.size();
  for (std::size_t i = 0; i < 3; ++i, at -= 18) write_run(runs[i], digits_.data() + at);
  for (auto left = runs[3]; left != 0; left /= 10) {
    digits_[--at] = static_cast<char>('0' + left % 10);
  }
  while (at + 1 < digits_.size() && digits_[at] == '0') ++at;
  from_ = at;
}

std::optional<SequenceNumber> parse_sequence_number(std::string_view decimal) {
  auto hex = to_hex(decimal);
  if (!hex) return std::nullopt;
  // Below 2^124 (31 digits): AWS adds 2^124, which makes version 0 of it.
  if (hex->size() < 32) *hex = "1" + std::string(31 - hex->size(), '0') + *hex;
  SequenceNumber number;
  if (hex->size() == 32 || (hex->size() == 33 && hex->front() == '1')) {
    number.version = 0;
    number.created_s = static_cast<std::int64_t>(field(*hex, 1, 9));
    number.time_s = number.created_s;
    number.shard = static_cast<std::uint32_t>(field(*hex, 28, 4));
    if (number.created_s >= too_late_s) return std::nullopt;
    return number;
  }
  if (hex->size() != 47 || hex->front() != '2') return std::nullopt;
  number.created_s = static_cast<std::int64_t>(field(*hex, 1, 9));
  number.shard = static_cast<std::uint32_t>(field(*hex, 38, 8));
  if (number.created_s >= too_late_s) return std::nullopt;
  if (hex->back() == '2') {
    number.index = field(*hex, 11, 16);
    number.time_s = static_cast<std::int64_t>(field(*hex, 29, 9));
    if (number.index > last_sequence_index) return std::nullopt;
    return number;
  }
  if (hex->back() == '1') {
    number.version = 1;
    number.time_s = static_cast<std::int64_t>(field(*hex, 13, 9));
    number.index = field(*hex, 36, 2);
    return number;
  }
  return std::nullopt;
}

}  // namespace millrace::engine
