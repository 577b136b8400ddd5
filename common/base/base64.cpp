#include "common/base/base64.hpp"

#include <array>
#include <cstdint>

namespace millrace::base {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> make_reverse() {
  std::array<std::int8_t, 256> table{};
  for (auto& entry : table) entry = -1;
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
  }
  return table;
}

constexpr std::array<std::int8_t, 256> reverse = make_reverse();

// Two output characters for every 12 bits: halves the look-ups of the encoder.
struct Pair {
  char first;
  char second;
};

constexpr std::array<Pair, 4096> make_pairs() {
  std::array<Pair, 4096> table{};
  for (std::size_t i = 0; i < table.size(); ++i) table[i] = {alphabet[i >> 6], alphabet[i & 63]};
  return table;
}

constexpr std::array<Pair, 4096> pairs = make_pairs();

}  // namespace

char* base64_encode_to(std::string_view bytes, char* out) {
  const auto* in = reinterpret_cast<const unsigned char*>(bytes.data());
  std::size_t left = bytes.size();
  for (; left >= 3; left -= 3, in += 3, out += 4) {
    const unsigned group = (unsigned{in[0]} << 16) | (unsigned{in[1]} << 8) | in[2];
    const Pair high = pairs[group >> 12];
    const Pair low = pairs[group & 4095];
    out[0] = high.first;
    out[1] = high.second;
    out[2] = low.first;
    out[3] = low.second;
  }
  if (left == 0) return out;
  const unsigned group = (unsigned{in[0]} << 16) | (left == 2 ? unsigned{in[1]} << 8 : 0U);
  out[0] = alphabet[group >> 18];
  out[1] = alphabet[(group >> 12) & 63];
  out[2] = left == 2 ? alphabet[(group >> 6) & 63] : '=';
  out[3] = '=';
  return out + 4;
}

std::string base64_encode(std::string_view bytes) {
  std::string text(base64_size(bytes.size()), '\0');
  base64_encode_to(bytes, text.data());
  return text;
}

std::optional<std::size_t> base64_decode_to(std::string_view text, char* out) {
  if (text.size() % 4 != 0) return std::nullopt;
  if (text.empty()) return 0;
  std::size_t padding = 0;
  if (text.back() == '=') padding = text[text.size() - 2] == '=' ? 2 : 1;
  const auto* in = reinterpret_cast<const unsigned char*>(text.data());
  const std::size_t whole = text.size() / 4 - (padding != 0 ? 1 : 0);
  // Negative look-ups survive an OR: one test a group instead of four.
  for (std::size_t i = 0; i < whole; ++i, in += 4, out += 3) {
    const int a = reverse[in[0]];
    const int b = reverse[in[1]];
    const int c = reverse[in[2]];
    const int d = reverse[in[3]];
    if ((a | b | c | d) < 0) return std::nullopt;
    const auto group = static_cast<unsigned>((a << 18) | (b << 12) | (c << 6) | d);
    out[0] = static_cast<char>(group >> 16);
    out[1] = static_cast<char>(group >> 8);
    out[2] = static_cast<char>(group);
  }
  if (padding != 0) {
    const int a = reverse[in[0]];
    const int b = reverse[in[1]];
    const int c = padding == 1 ? reverse[in[2]] : 0;
    if ((a | b | c) < 0) return std::nullopt;
    const auto group = static_cast<unsigned>((a << 18) | (b << 12) | (c << 6));
    if ((group & (padding == 1 ? 0xFFU : 0xFFFFU)) != 0) return std::nullopt;
    out[0] = static_cast<char>(group >> 16);
    if (padding == 1) out[1] = static_cast<char>(group >> 8);
  }
  return text.size() / 4 * 3 - padding;
}

std::optional<std::string> base64_decode(std::string_view text) {
  std::string bytes(text.size() / 4 * 3, '\0');
  const auto size = base64_decode_to(text, bytes.data());
  if (!size) return std::nullopt;
  bytes.resize(*size);
  return bytes;
}

}  // namespace millrace::base
