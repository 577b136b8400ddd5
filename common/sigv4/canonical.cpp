#include "common/sigv4/canonical.hpp"

#include <algorithm>

namespace millrace::sigv4 {
namespace {

bool is_unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

std::string to_lower(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// Spaces at both ends go, runs of them inside become one, between quotes too.
void append_trimmed(std::string_view value, std::string& out) {
  bool space = false;
  const std::size_t start = out.size();
  for (const char c : value) {
    if (is_space(c)) {
      space = true;
      continue;
    }
    if (space && out.size() > start) out += ' ';
    space = false;
    out += c;
  }
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::string normalized(std::string_view path) {
  std::vector<std::string_view> kept;
  bool directory = true;
  for (const auto part : split(path, '/')) {
    directory = part.empty() || part == "." || part == "..";
    if (part == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (!directory) {
      kept.push_back(part);
    }
  }
  std::string out;
  for (const auto part : kept) {
    out += '/';
    out += part;
  }
  if (directory || out.empty()) out += '/';
  return out;
}

}  // namespace

std::string uri_encode(std::string_view text) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += digits[byte >> 4U];
    out += digits[byte & 15U];
  }
  return out;
}

std::string uri_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && digit_of(text[i + 1]) >= 0 &&
        digit_of(text[i + 2]) >= 0) {
      out += static_cast<char>(digit_of(text[i + 1]) * 16 + digit_of(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string_view path_of(std::string_view target) {
  const auto path = target.substr(0, target.find('?'));
  return path.empty() ? "/" : path;
}

std::string_view query_of(std::string_view target) {
  const auto at = target.find('?');
  return at == std::string_view::npos ? std::string_view{} : target.substr(at + 1);
}

Parameters parse_query(std::string_view query) {
  Parameters out;
  for (const auto part : split(query, '&')) {
    if (part.empty()) continue;
    const auto at = part.find('=');
    out.emplace_back(uri_decode(part.substr(0, at)),
                     at == std::string_view::npos ? "" : uri_decode(part.substr(at + 1)));
  }
  return out;
}

std::string canonical_path(std::string_view path, bool normalize) {
  const std::string whole = normalize ? normalized(path) : std::string{path};
  std::string out;
  bool first = true;
  for (const auto part : split(whole, '/')) {
    if (!first) out += '/';
    first = false;
    out += uri_encode(part);
  }
  return out.empty() ? "/" : out;
}

std::string canonical_query(Parameters parameters) {
  for (auto& [name, value] : parameters) {
    name = uri_encode(name);
    value = uri_encode(value);
  }
  std::sort(parameters.begin(), parameters.end());
  std::string out;
  for (const auto& [name, value] : parameters) {
    if (!out.empty()) out += '&';
    out += name + "=" + value;
  }
  return out;
}

std::string canonical_headers(std::span<const Header> headers, std::span<const std::string> names) {
  std::string out;
  for (const auto& name : names) {
    out += name;
    out += ':';
    bool first = true;
    for (const auto& header : headers) {
      if (!same_name(header.name, name)) continue;
      if (!first) out += ',';
      first = false;
      append_trimmed(header.value, out);
    }
    out += '\n';
  }
  return out;
}

std::vector<std::string> header_names(std::span<const Header> headers) {
  std::vector<std::string> names;
  for (const auto& header : headers) names.push_back(to_lower(header.name));
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::string signed_headers(std::span<const std::string> names) {
  std::string out;
  for (const auto& name : names) {
    if (!out.empty()) out += ';';
    out += name;
  }
  return out;
}

std::string canonical_request(const Request& request, const Parameters& query,
                              std::span<const std::string> signed_names,
                              std::string_view payload_hash, bool normalize) {
  std::string out{request.method};
  out += '\n';
  out += canonical_path(path_of(request.target), normalize);
  out += '\n';
  out += canonical_query(query);
  out += '\n';
  out += canonical_headers(request.headers, signed_names);
  out += '\n';
  out += signed_headers(signed_names);
  out += '\n';
  out += payload_hash;
  return out;
}

std::optional<std::string_view> find_header(std::span<const Header> headers,
                                            std::string_view name) {
  for (const auto& header : headers) {
    if (same_name(header.name, name)) return header.value;
  }
  return std::nullopt;
}

}  // namespace millrace::sigv4
