#include "common/net/endpoint.hpp"

#include <algorithm>
#include <charconv>

namespace millrace::net {
namespace {

std::string bracketed(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

}  // namespace

std::string Endpoint::url() const {
  return (tls ? "https://" : "http://") + authority() + path;
}

std::string Endpoint::authority() const {
  const bool usual = port == (tls ? "443" : "80");
  return usual ? bracketed(host) : bracketed(host) + ":" + port;
}

base::Result<Endpoint> parse_endpoint(std::string_view url) {
  const auto wrong = [&](const std::string& why) {
    return base::Error{base::ErrorCode::validation,
                       "'" + std::string{url} + "' is not an endpoint URL: " + why};
  };
  Endpoint out;
  std::string_view rest = url;
  if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
  } else if (rest.starts_with("https://")) {
    rest.remove_prefix(8);
    out.tls = true;
  } else {
    return wrong("it must begin with http:// or https://");
  }
  const auto bad = std::find_if(rest.begin(), rest.end(), [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == '?' || c == '#' || c == '@' || c == 127;
  });
  if (bad != rest.end()) {
    return wrong("it may only hold a host, a port and a path");
  }
  const auto slash = rest.find('/');
  std::string_view authority = rest.substr(0, slash);
  if (slash != std::string_view::npos) out.path = rest.substr(slash);
  while (out.path.ends_with('/')) out.path.pop_back();

  std::string_view port;
  if (authority.starts_with('[')) {
    const auto close = authority.find(']');
    if (close == std::string_view::npos) return wrong("the '[' has no ']'");
    out.host = authority.substr(1, close - 1);
    authority.remove_prefix(close + 1);
    if (!authority.empty() && authority[0] != ':') return wrong("after ']' a port may follow");
    port = authority.empty() ? authority : authority.substr(1);
    if (!authority.empty() && port.empty()) return wrong("the port is missing");
  } else {
    const auto colon = authority.find(':');
    out.host = authority.substr(0, colon);
    if (colon != std::string_view::npos) {
      port = authority.substr(colon + 1);
      if (port.empty()) return wrong("the port is missing");
    }
  }
  if (out.host.empty()) return wrong("the host is missing");
  out.port = out.tls ? "443" : "80";
  if (!port.empty()) {
    unsigned number = 0;
    const auto [stop, error] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (error != std::errc{} || stop != port.data() + port.size() || number < 1 || number > 65535) {
      return wrong("the port must be a number from 1 to 65535");
    }
    out.port = std::to_string(number);
  }
  return out;
}

}  // namespace millrace::net
