#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include "common/base/base64.hpp"
#include "common/json/json.hpp"

namespace millrace::json {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

bool needs_escape(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\' || c == 0x7f;
}

// Whether one of eight characters may need it; each byte is asked at once. Bytes from 0x80 on hide
// nothing and borrow from nobody: their high bit is masked out.
bool any_needs_escape(const char* eight) {
  constexpr std::uint64_t ones = 0x0101'0101'0101'0101;
  constexpr std::uint64_t high = 0x8080'8080'8080'8080;
  std::uint64_t word = 0;
  std::memcpy(&word, eight, sizeof word);
  const auto is = [&](std::uint64_t c) {  // equal to a character below 0x80
    const auto differs = word ^ (ones * c);
    return (differs - ones) & ~differs;
  };
  const auto control = (word - ones * 0x20) & ~word;
  return ((control | is('"') | is('\\') | is(0x7f)) & high) != 0;
}

void append_escaped(std::string& out, std::string_view text) {
  std::size_t from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    while (text.size() - i >= 8 && !any_needs_escape(text.data() + i)) i += 8;
    if (i == text.size()) break;
    const char c = text[i];
    if (!needs_escape(c)) continue;
    out.append(text, from, i - from);
    from = i + 1;
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      default:
        out += "\\u00";
        out += hex_digits[static_cast<unsigned char>(c) >> 4];
        out += hex_digits[static_cast<unsigned char>(c) & 15];
    }
  }
  out.append(text, from);
}

}  // namespace

void Writer::separate() {
  if (need_comma_) out_ += ',';
  need_comma_ = true;
}

void Writer::begin_map() {
  separate();
  out_ += '{';
  need_comma_ = false;
}

void Writer::end_map() {
  out_ += '}';
  need_comma_ = true;
}

void Writer::begin_list() {
  separate();
  out_ += '[';
  need_comma_ = false;
}

void Writer::end_list() {
  out_ += ']';
  need_comma_ = true;
}

void Writer::key(std::string_view name) {
  if (need_comma_) out_ += ',';
  out_ += '"';
  append_escaped(out_, name);
  out_ += "\":";
  need_comma_ = false;
}

void Writer::null() {
  separate();
  out_ += "null";
}

void Writer::boolean(bool value) {
  separate();
  out_ += value ? "true" : "false";
}

void Writer::integer(std::int64_t value) {
  separate();
  std::array<char, 24> buffer{};
  const auto done = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  out_.append(buffer.data(), done.ptr);
}

void Writer::real(double value) {
  separate();
  if (!std::isfinite(value)) {  // JSON has no such numbers
    out_ += "null";
    return;
  }
  std::array<char, 40> buffer{};
  const auto done = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  out_.append(buffer.data(), done.ptr);
}

void Writer::text(std::string_view utf8) {
  separate();
  out_ += '"';
  append_escaped(out_, utf8);
  out_ += '"';
}

void Writer::plain(std::string_view ascii) {
  separate();
  out_ += '"';
  out_ += ascii;
  out_ += '"';
}

void Writer::bytes(std::string_view raw) {
  separate();
  const auto at = out_.size();
  out_.resize(at + base::base64_size(raw.size()) + 2);
  out_[at] = '"';
  *base::base64_encode_to(raw, out_.data() + at + 1) = '"';
}

void Writer::time(std::int64_t epoch_ms) {
  separate();
  std::int64_t seconds = epoch_ms / 1000;
  auto millis = epoch_ms % 1000;
  if (epoch_ms < 0 && millis != 0) {  // -0.5 s has no integer part to carry the sign
    out_ += '-';
    seconds = -seconds;
    millis = -millis;
  }
  std::array<char, 24> buffer{};
  const auto done = std::to_chars(buffer.data(), buffer.data() + buffer.size(), seconds);
  out_.append(buffer.data(), done.ptr);
  if (millis == 0) return;
  std::array<char, 4> fraction = {'.', static_cast<char>('0' + millis / 100),
                                  static_cast<char>('0' + millis / 10 % 10),
                                  static_cast<char>('0' + millis % 10)};
  std::size_t size = fraction.size();
  while (fraction[size - 1] == '0') --size;
  out_.append(fraction.data(), size);
}

}  // namespace millrace::json
