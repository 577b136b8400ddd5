#include "runtime/expr/strings.hpp"

#include <clocale>
#include <cwctype>

#include "runtime/data/text.hpp"

namespace millrace::expr {

bool is_ascii(std::string_view text) {
  unsigned char all = 0;
  for (const char c : text) all |= static_cast<unsigned char>(c);
  return all < 0x80;
}

std::size_t code_point_offset(std::string_view text, std::size_t index) {
  std::size_t seen = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U) continue;
    if (seen == index) return i;
    ++seen;
  }
  return text.size();
}

std::optional<std::string_view> substring(std::string_view text, std::int64_t start,
                                          std::optional<std::int64_t> length) {
  if (length && *length < 0) return std::nullopt;
  const bool ascii = is_ascii(text);
  const auto points =
      static_cast<std::int64_t>(ascii ? text.size() : data::count_code_points(text));
  std::int64_t begin = 0;
  if (start > 0) begin = start - 1;
  if (start < 0) begin = points + start;
  if (begin < 0 || begin >= points) return std::string_view{};
  const std::int64_t end = !length || *length > points - begin ? points : begin + *length;
  const auto first = static_cast<std::size_t>(begin);
  const auto last = static_cast<std::size_t>(end);
  if (ascii) return text.substr(first, last - first);
  const std::size_t from = code_point_offset(text, first);
  return text.substr(from, code_point_offset(text, last) - from);
}

void append_utf8(std::string& out, std::uint32_t c) {
  const auto byte = [&out](std::uint32_t value) { out.push_back(static_cast<char>(value)); };
  if (c < 0x80) {
    byte(c);
  } else if (c < 0x800) {
    byte(0xC0U | (c >> 6U));
    byte(0x80U | (c & 0x3FU));
  } else if (c < 0x10000) {
    byte(0xE0U | (c >> 12U));
    byte(0x80U | ((c >> 6U) & 0x3FU));
    byte(0x80U | (c & 0x3FU));
  } else {
    byte(0xF0U | (c >> 18U));
    byte(0x80U | ((c >> 12U) & 0x3FU));
    byte(0x80U | ((c >> 6U) & 0x3FU));
    byte(0x80U | (c & 0x3FU));
  }
}

std::uint32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) -> std::uint32_t {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const std::uint32_t first = byte(at);
  std::size_t length = 1;
  std::uint32_t value = first;
  if (first >= 0xF0 && first < 0xF5) {
    length = 4;
    value = first & 0x07U;
  } else if (first >= 0xE0) {
    length = 3;
    value = first & 0x0FU;
  } else if (first >= 0xC2) {
    length = 2;
    value = first & 0x1FU;
  }
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0U) != 0x80U) {
      ++at;
      return first;
    }
    value = (value << 6U) | (byte(at + i) & 0x3FU);
  }
  at += length;
  return value;
}

namespace {

// The C library's tables for UTF-8, whatever the process's locale is.
locale_t utf8_locale() {
  static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return locale;
}

template <bool upper>
void append_mapped(std::string& out, std::string_view text) {
  if (is_ascii(text)) {
    for (const char c : text) {
      const bool letter = upper ? (c >= 'a' && c <= 'z') : (c >= 'A' && c <= 'Z');
      out.push_back(letter ? static_cast<char>(c ^ 0x20) : c);
    }
    return;
  }
  const locale_t locale = utf8_locale();
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const std::uint32_t c = next_code_point(text, at);
    if (upper && c == 0xDF) {
      out.append("SS");  // the one letter in common use that Java's toUpperCase makes longer
      continue;
    }
    if (locale == nullptr || (c >= 0x80 && at - begin == 1)) {
      out.append(text.substr(begin, at - begin));
      continue;
    }
    append_utf8(out,
                static_cast<std::uint32_t>(upper ? towupper_l(static_cast<wint_t>(c), locale)
                                                 : towlower_l(static_cast<wint_t>(c), locale)));
  }
}

}  // namespace

void append_upper(std::string& out, std::string_view text) {
  append_mapped<true>(out, text);
}
void append_lower(std::string& out, std::string_view text) {
  append_mapped<false>(out, text);
}

}  // namespace millrace::expr
