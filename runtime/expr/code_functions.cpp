// Texts as bytes and digits: ENCODE, DECODE, BIN, HEX, UNHEX.
#include <array>

#include "runtime/data/text.hpp"
#include "runtime/expr/kernels.hpp"
#include "runtime/expr/signatures.hpp"
#include "runtime/expr/strings.hpp"

namespace millrace::expr {

namespace {

using Text = std::string_view;
using data::Arena;

enum class Charset : std::uint8_t { ascii, latin_1, utf_8, utf_16, utf_16be, utf_16le };

std::optional<Charset> find_charset(Text name) {
  std::string upper;
  append_upper(upper, name);
  if (upper == "US-ASCII" || upper == "ASCII") return Charset::ascii;
  if (upper == "ISO-8859-1" || upper == "LATIN1") return Charset::latin_1;
  if (upper == "UTF-8" || upper == "UTF8") return Charset::utf_8;
  if (upper == "UTF-16" || upper == "UTF16") return Charset::utf_16;
  if (upper == "UTF-16BE") return Charset::utf_16be;
  if (upper == "UTF-16LE") return Charset::utf_16le;
  return std::nullopt;
}

void append_unit(std::string& out, std::uint32_t unit, bool little) {
  const char high = static_cast<char>(static_cast<unsigned char>(unit >> 8U));
  const char low = static_cast<char>(static_cast<unsigned char>(unit));
  out += little ? low : high;
  out += little ? high : low;
}

void encode_to(std::string& out, Text text, Charset charset) {
  if (charset == Charset::utf_8) {
    out.append(text);
    return;
  }
  const bool wide = charset >= Charset::utf_16;
  const bool little = charset == Charset::utf_16le;
  if (charset == Charset::utf_16 && !text.empty()) append_unit(out, 0xFEFF, false);
  for (std::size_t at = 0; at < text.size();) {
    const std::uint32_t c = next_code_point(text, at);
    if (!wide) {
      out += c < (charset == Charset::ascii ? 0x80U : 0x100U) ? static_cast<char>(c) : '?';
    } else if (c < 0x10000) {
      append_unit(out, c, little);
    } else {
      append_unit(out, 0xD800U + ((c - 0x10000U) >> 10U), little);
      append_unit(out, 0xDC00U + ((c - 0x10000U) & 0x3FFU), little);
    }
  }
}

void decode_to(std::string& out, Text bytes, Charset charset) {
  constexpr std::uint32_t replacement = 0xFFFD;
  if (charset == Charset::utf_8) {
    out += data::sanitize_utf8(bytes);
    return;
  }
  if (charset < Charset::utf_16) {
    for (const char c : bytes) {
      const std::uint32_t byte = static_cast<unsigned char>(c);
      append_utf8(out, charset == Charset::ascii && byte >= 0x80 ? replacement : byte);
    }
    return;
  }
  bool little = charset == Charset::utf_16le;
  const auto unit = [&](std::size_t at) {
    const std::uint32_t first = static_cast<unsigned char>(bytes[at]);
    const std::uint32_t second = static_cast<unsigned char>(bytes[at + 1]);
    return little ? second << 8U | first : first << 8U | second;
  };
  std::size_t at = 0;
  if (charset == Charset::utf_16 && bytes.size() >= 2) {
    if (unit(0) == 0xFEFF) {
      at = 2;
    } else if (unit(0) == 0xFFFE) {
      little = true;
      at = 2;
    }
  }
  for (; at + 1 < bytes.size(); at += 2) {
    const std::uint32_t high = unit(at);
    if (high < 0xD800 || high > 0xDFFF) {
      append_utf8(out, high);
      continue;
    }
    const std::uint32_t low = at + 3 < bytes.size() ? unit(at + 2) : 0;
    if (high <= 0xDBFF && low >= 0xDC00 && low <= 0xDFFF) {
      append_utf8(out, 0x10000U + ((high - 0xD800U) << 10U) + (low - 0xDC00U));
      at += 2;
    } else {
      append_utf8(out, replacement);
    }
  }
  if (at < bytes.size()) append_utf8(out, replacement);
}

template <void (*convert)(std::string&, Text, Charset)>
Result<Column> convert_kernel(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                              Context&) {
  std::string buffer;
  std::string unknown;
  Column out = map_text<Text, Text>(call.type, args, rows,
                                    [&](Arena& arena, Text text, Text name) -> std::optional<Text> {
                                      const auto charset = find_charset(name);
                                      if (!charset) {
                                        unknown = std::string(name);
                                        return std::nullopt;
                                      }
                                      buffer.clear();
                                      convert(buffer, text, *charset);
                                      return arena.copy(buffer);
                                    });
  if (!unknown.empty()) return runtime_error("Unsupported encoding: " + unknown);
  return out;
}

Result<Signature> infer_encode(std::span<const ExprPtr> args) {
  if (!is_text(args[0]) || !is_text(args[1])) return no_match();
  return Signature{{text_of(args[0]), text_of(args[1])}, nullable_as(LogicalType::bytes(), args)};
}
Result<Signature> infer_decode(std::span<const ExprPtr> args) {
  const bool null = args[0]->type.is(TypeKind::null);
  if ((!args[0]->type.is_binary() && !null) || !is_text(args[1])) return no_match();
  return Signature{{null ? LogicalType::bytes() : args[0]->type, text_of(args[1])},
                   nullable_as(LogicalType::string(), args)};
}

// --- digits
// --------------------------------------------------------------------------------------------------

Result<Signature> infer_bin(std::span<const ExprPtr> args) {
  if (!is_whole(args[0])) return no_match();
  return Signature{{LogicalType::bigint()}, nullable_as(LogicalType::string(), args)};
}

// The 64 bits of the number, without leading zeros.
template <unsigned shift>
void append_digits(std::string& out, std::int64_t number) {
  const auto bits = static_cast<std::uint64_t>(number);
  unsigned at = 64 - 64 % shift;
  if (at == 64) at -= shift;
  while (at > 0 && (bits >> at) == 0) at -= shift;
  for (;; at -= shift) {
    out += "0123456789ABCDEF"[(bits >> at) & ((1U << shift) - 1)];
    if (at == 0) return;
  }
}

template <unsigned shift>
Result<Column> digits(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                      Context&) {
  std::string buffer;
  return map_text<std::int64_t>(call.type, args, rows, [&](Arena& arena, std::int64_t number) {
    buffer.clear();
    append_digits<shift>(buffer, number);
    return arena.copy(buffer);
  });
}

Result<Column> hex_text(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                        Context&) {
  std::string buffer;
  return map_text<Text>(call.type, args, rows, [&](Arena& arena, Text text) {
    buffer.clear();
    for (const char c : text) {
      buffer += "0123456789ABCDEF"[static_cast<unsigned char>(c) >> 4U];
      buffer += "0123456789ABCDEF"[static_cast<unsigned char>(c) & 15U];
    }
    return arena.copy(buffer);
  });
}

Result<Signature> infer_hex(std::span<const ExprPtr> args) {
  const LogicalType& type = args[0]->type;
  const LogicalType result = nullable_as(LogicalType::string(), args);
  if (type.is_string()) return Signature{{type}, result, hex_text};
  if (type.is_integer() || type.is(TypeKind::null)) {
    return Signature{{LogicalType::bigint()}, result, digits<4>};
  }
  return no_match();
}

Result<Signature> infer_unhex(std::span<const ExprPtr> args) {
  if (!is_text(args[0])) return no_match();
  return Signature{{text_of(args[0])}, LogicalType::bytes()};
}

Result<Column> unhex(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                     Context&) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char lower = static_cast<char>(c | 32);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  };
  std::string buffer;
  return map_text<Text>(call.type, args, rows, [&](Arena& arena, Text text) -> std::optional<Text> {
    buffer.assign((text.size() + 1) / 2, '\0');
    std::size_t to = buffer.size();
    std::size_t at = text.size();
    for (; at >= 2; at -= 2) {
      const int high = digit(text[at - 2]);
      const int low = digit(text[at - 1]);
      if (high < 0 || low < 0) return std::nullopt;
      buffer[--to] = static_cast<char>(high * 16 + low);
    }
    // An odd first digit must be one and is then forgotten, as in Flink.
    if (at == 1 && digit(text[0]) < 0) return std::nullopt;
    return arena.copy(buffer);
  });
}

constexpr std::array functions = {
    function_row("ENCODE", 2, 2, infer_encode, convert_kernel<encode_to>,
                 "ENCODE(<CHARACTER>, <CHARACTER>)", true),
    function_row("DECODE", 2, 2, infer_decode, convert_kernel<decode_to>,
                 "DECODE(<BINARY>, <CHARACTER>)", true),
    function_row("BIN", 1, 1, infer_bin, digits<1>, "BIN(<INTEGER>)"),
    function_row("HEX", 1, 1, infer_hex, nullptr, "HEX(<INTEGER>)'\n'HEX(<CHARACTER>)"),
    function_row("UNHEX", 1, 1, infer_unhex, unhex, "UNHEX(<CHARACTER>)"),
};

}  // namespace

std::span<const Function> code_functions() {
  return functions;
}

}  // namespace millrace::expr
