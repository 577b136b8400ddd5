// PARSE_URL, URL_ENCODE, URL_DECODE: java.net.URL and its coders.
#include <array>

#include "runtime/data/text.hpp"
#include "runtime/expr/kernels.hpp"
#include "runtime/expr/signatures.hpp"
#include "runtime/expr/strings.hpp"

namespace millrace::expr {

namespace {

using Text = std::string_view;
using data::Arena;
using MaybeText = std::optional<Text>;

// What java.net.URL makes of a text.
struct Url {
  Text protocol;
  MaybeText authority;
  Text host;
  MaybeText user_info;
  Text path;
  MaybeText query;
  MaybeText reference;
  Text file;  // path and query
};

// Protocols a JDK has a handler for; others are malformed.
bool known_protocol(Text name) {
  for (const Text known : {"http", "https", "ftp", "file", "jar", "mailto", "jmod", "jrt"}) {
    if (name.size() != known.size()) continue;
    bool same = true;
    for (std::size_t i = 0; i < name.size(); ++i) same = same && (name[i] | 32) == known[i];
    if (same) return true;
  }
  return false;
}

Text trimmed(Text text) {
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  return text;
}

std::optional<Url> parse_url(Text text) {
  text = trimmed(text);
  if (text.size() > 4 && (text.starts_with("url:") || text.starts_with("URL:"))) {
    text.remove_prefix(4);
  }
  const std::size_t colon = text.find_first_of(":/");
  if (colon == Text::npos || text[colon] != ':' || !known_protocol(text.substr(0, colon))) {
    return std::nullopt;
  }
  Url url;
  url.protocol = text.substr(0, colon);
  text.remove_prefix(colon + 1);
  if (const std::size_t hash = text.find('#'); hash != Text::npos) {
    url.reference = text.substr(hash + 1);
    text = text.substr(0, hash);
  }
  if (const std::size_t mark = text.find('?'); mark != Text::npos) {
    url.query = text.substr(mark + 1);
    url.file = text;
    text = text.substr(0, mark);
  }
  std::size_t path_at = 0;
  if (text.starts_with("//") && !text.starts_with("////")) {
    const Text rest = text.substr(2);
    const std::size_t end = std::min(rest.find('/'), rest.size());
    url.authority = rest.substr(0, end);
    path_at = 2 + end;
    url.host = *url.authority;
    if (const std::size_t at = url.host.find('@'); at != Text::npos) {
      url.user_info = url.host.substr(0, at);
      url.host.remove_prefix(at + 1);
    }
    std::size_t port = Text::npos;
    if (url.host.starts_with('[')) {
      const std::size_t close = url.host.find(']');
      if (close == Text::npos) return std::nullopt;
      port = url.host.find(':', close);
    } else {
      port = url.host.find(':');
    }
    if (port != Text::npos) {
      const Text digits = url.host.substr(port + 1);
      if (digits.find_first_not_of("0123456789") != Text::npos) return std::nullopt;
      url.host = url.host.substr(0, port);
    }
  }
  url.path = text.substr(path_at);
  if (url.query) {
    url.file.remove_prefix(path_at);
  } else {
    url.file = url.path;
  }
  return url;
}

MaybeText part_of(const Url& url, Text part) {
  if (part == "HOST") return url.host;
  if (part == "PATH") return url.path;
  if (part == "QUERY") return url.query;
  if (part == "REF") return url.reference;
  if (part == "PROTOCOL") return url.protocol;
  if (part == "FILE") return url.file;
  if (part == "AUTHORITY") return url.authority;
  if (part == "USERINFO") return url.user_info;
  return std::nullopt;
}

// The value behind key= in a query.
MaybeText value_of(Text query, Text key) {
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const Text pair = query.substr(0, end);
    if (pair.size() > key.size() && pair.starts_with(key) && pair[key.size()] == '=') {
      return pair.substr(key.size() + 1);
    }
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return std::nullopt;
}

Result<Column> parse_url_kernel(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                                Context&) {
  if (args.size() == 2) {
    return map_text<Text, Text>(call.type, args, rows,
                                [](Arena&, Text text, Text part) -> MaybeText {
                                  const auto url = parse_url(text);
                                  return url ? part_of(*url, part) : std::nullopt;
                                });
  }
  return map_text<Text, Text, Text>(
      call.type, args, rows, [](Arena&, Text text, Text part, Text key) -> MaybeText {
        const auto url = part == "QUERY" ? parse_url(text) : std::nullopt;
        return url && url->query ? value_of(*url->query, key) : std::nullopt;
      });
}

// application/x-www-form-urlencoded
Result<Column> url_encode(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                          Context&) {
  std::string buffer;
  return map_text<Text>(call.type, args, rows, [&](Arena& arena, Text text) {
    buffer.clear();
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                         (c >= '0' && c <= '9') || Text("*-_.").find(c) != Text::npos;
      if (plain) {
        buffer += c;
      } else if (c == ' ') {
        buffer += '+';
      } else {
        buffer += '%';
        buffer += "0123456789ABCDEF"[byte >> 4U];
        buffer += "0123456789ABCDEF"[byte & 15U];
      }
    }
    return arena.copy(buffer);
  });
}

Result<Column> url_decode(const Expr& call, std::span<const ColumnPtr> args, std::size_t rows,
                          Context&) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char lower = static_cast<char>(c | 32);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  };
  std::string buffer;
  return map_text<Text>(call.type, args, rows, [&](Arena& arena, Text text) -> MaybeText {
    buffer.clear();
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text[at] == '+') {
        buffer += ' ';
      } else if (text[at] != '%') {
        buffer += text[at];
      } else {
        if (at + 2 >= text.size()) return std::nullopt;
        const int high = digit(text[at + 1]);
        const int low = digit(text[at + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        buffer += static_cast<char>(high * 16 + low);
        at += 2;
      }
    }
    return arena.copy(data::sanitize_utf8(buffer));
  });
}

Result<Signature> infer(std::span<const ExprPtr> args) {
  return texts(args, LogicalType::string());
}

constexpr std::array functions = {
    function_row(
        "PARSE_URL", 2, 3, infer, parse_url_kernel,
        "PARSE_URL(<CHARACTER>, <CHARACTER>)'\n'PARSE_URL(<CHARACTER>, <CHARACTER>, <CHARACTER>)"),
    function_row("URL_ENCODE", 1, 1, infer, url_encode, "URL_ENCODE(<CHARACTER>)"),
    function_row("URL_DECODE", 1, 1, infer, url_decode, "URL_DECODE(<CHARACTER>)"),
};

}  // namespace

std::span<const Function> url_functions() {
  return functions;
}

}  // namespace millrace::expr
