// Certificates of our own: an authority that people put into their trust stores, and what it signs.
// EC P-256; made by OpenSSL in about a millisecond. Internal to http/; no sockets.
#pragma once

#include <string>
#include <vector>

#include "common/base/result.hpp"

namespace millrace::http {

// A certificate (or a chain, its own first) and its private key, both PEM.
struct Identity {
  std::string certificate;
  std::string key;
};

// Valid from yesterday on: clocks differ. Error: internal, with OpenSSL's words.
base::Result<Identity> make_authority();
// A server's, for these names; a name that is an IP address becomes one in the certificate.
// Error: invalid_argument naming a name that is neither.
base::Result<Identity> make_server(const Identity& authority,
                                   const std::vector<std::string>& names);

// The authority kept in a folder as ca.pem and ca-key.pem (readable by its owner only), made when
// neither is there. Error: io, naming the file that is damaged, missing or cannot be written.
base::Result<Identity> keep_authority(const std::string& folder);

// The content of --tls-cert and --tls-key. Error: io or invalid_argument, naming the file.
base::Result<Identity> read_identity(const std::string& certificate_path,
                                     const std::string& key_path);

}  // namespace millrace::http
