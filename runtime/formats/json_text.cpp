#include "runtime/formats/json_text.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>

namespace millrace::formats {

void append_json_text(std::string& out, std::string_view text, Above above) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  out += '"';
  std::size_t from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0xF0 && above == Above::escaped && text.size() - i >= 4) {
      const auto low_bits = [&](std::size_t at) {
        return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i + at]) & 0x3FU);
      };
      const std::uint32_t rest =
          ((byte & 7U) << 18U | low_bits(1) << 12U | low_bits(2) << 6U | low_bits(3)) - 0x10000U;
      out.append(text, from, i - from);
      for (const std::uint32_t unit : {0xD800U + (rest >> 10U), 0xDC00U + (rest & 0x3FFU)}) {
        out += "\\u";
        for (const unsigned shift : {12U, 8U, 4U, 0U}) out += digits[unit >> shift & 15U];
      }
      i += 3;
      from = i + 1;
      continue;
    }
    if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
    out.append(text, from, i - from);
    from = i + 1;
    switch (byte) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
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
      default:
        out += "\\u00";
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
  }
  out.append(text, from);
  out += '"';
}

namespace {

// The length of the JSON number at the beginning of `text`; 0 when there is none, or more than a
// number.
std::size_t number_length(std::string_view text) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t begin = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at - begin;
  };
  if (text.starts_with('-')) ++at;
  const bool zero = at < text.size() && text[at] == '0';
  const std::size_t whole = digits();
  if (whole == 0 || (zero && whole > 1)) return 0;
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (digits() == 0) return 0;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (digits() == 0) return 0;
  }
  const bool ends =
      at == text.size() || std::string_view(" \t\r\n,]}").find(text[at]) != std::string_view::npos;
  return ends ? at : 0;
}

bool too_large(std::string_view number) {
  double value = 0;
  const auto parsed = std::from_chars(number.data(), number.data() + number.size(), value);
  return parsed.ec == std::errc::result_out_of_range;
}

}  // namespace

std::string mended_json(std::string_view message) {
  std::string out;
  bool in_text = false;
  bool escaped = false;
  for (std::size_t at = 0; at < message.size(); ++at) {
    const char c = message[at];
    const auto byte = static_cast<unsigned char>(c);
    if (in_text && byte < 0x20) {
      constexpr std::string_view digits = "0123456789abcdef";
      out += "\\u00";
      out += digits[byte >> 4U];
      out += digits[byte & 15U];
      escaped = false;
      continue;
    }
    if (!in_text && (c == '-' || (c >= '0' && c <= '9'))) {
      const std::size_t length = number_length(message.substr(at));
      if (length > 0) {
        const std::string_view number = message.substr(at, length);
        const bool quote = too_large(number);
        if (quote) out += '"';
        out += number;
        if (quote) out += '"';
        at += length - 1;
        continue;
      }
    }
    if (c == '"' && !escaped) in_text = !in_text;
    escaped = in_text && c == '\\' && !escaped;
    out += c;
  }
  return out;
}

}  // namespace millrace::formats
