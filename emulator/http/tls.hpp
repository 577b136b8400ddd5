// What the server shows of itself to clients that speak TLS.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.hpp"

namespace boost::asio::ssl {
class context;
}

namespace millrace::http {

struct TlsOptions {
  // Where the authority is kept, beside the data; nullopt: in memory, made anew at each start.
  std::optional<std::string> folder;
  // What the server's certificate names besides localhost, its addresses and the names of the
  // service in our compose files.
  std::vector<std::string> names;
  // A certificate of the user's own and its key, both PEM; both or neither.
  std::string certificate_path;
  std::string key_path;
};

// Immutable once open; any thread. TLS 1.2 and newer; h2 and http/1.1 by ALPN.
class Tls {
 public:
  // Errors: invalid_argument for what the user gave, io for the authority's files.
  static base::Result<std::unique_ptr<Tls>> open(const TlsOptions& options);
  ~Tls();

  // The authority's certificate, for trust stores; empty when the user brought a certificate.
  [[nodiscard]] const std::string& authority() const { return authority_; }

  // Internal to http/.
  [[nodiscard]] boost::asio::ssl::context& context() const { return *context_; }

 private:
  Tls();
  std::string authority_;
  std::unique_ptr<boost::asio::ssl::context> context_;
};

}  // namespace millrace::http
