// Where a server listens, read from a URL.
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.hpp"

namespace millrace::net {

struct Endpoint {
  bool tls = false;
  std::string host;  // a name, or an address without brackets
  std::string port;  // decimal, 1..65535
  std::string path;  // "" or "/prefix", no slash at the end

  // "http://[::1]:4566/prefix"
  [[nodiscard]] std::string url() const;
  // As a Host header says it: without the scheme's own port.
  [[nodiscard]] std::string authority() const;
};

// "http://host[:port][/path]" or https. Error: validation, naming the URL and what is wrong with
// it.
base::Result<Endpoint> parse_endpoint(std::string_view url);

}  // namespace millrace::net
