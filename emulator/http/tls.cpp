#include "emulator/http/tls.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/context.hpp>
#include <string_view>

#include "emulator/http/certificates.hpp"

namespace millrace::http {

namespace asio = boost::asio;
using base::Error;
using base::ErrorCode;
using boost::system::error_code;

namespace {

// Names that always lead here: this machine's, and the service's in compose files.
constexpr const char* own_names[] = {"localhost", "127.0.0.1", "::1",
                                     "millrace",  "emulator",  "millrace-emulator"};

// In the order we prefer them; each with its length before it.
constexpr unsigned char protocols[] = "\x02h2\x08http/1.1";

int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* offered, unsigned int offered_size, void*) {
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, protocols, sizeof protocols - 1, offered,
                            offered_size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;  // go on without: HTTP/1.1
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

Tls::Tls() = default;
Tls::~Tls() = default;

base::Result<std::unique_ptr<Tls>> Tls::open(const TlsOptions& options) {
  std::unique_ptr<Tls> tls{new Tls};
  Identity server;
  if (options.certificate_path.empty() != options.key_path.empty()) {
    return Error{ErrorCode::invalid_argument, "--tls-cert and --tls-key must be given together"};
  }
  if (!options.certificate_path.empty()) {
    BOOST_OUTCOME_TRY(server, read_identity(options.certificate_path, options.key_path));
  } else {
    BOOST_OUTCOME_TRY(const auto authority,
                      options.folder ? keep_authority(*options.folder) : make_authority());
    std::vector<std::string> names{std::begin(own_names), std::end(own_names)};
    names.insert(names.end(), options.names.begin(), options.names.end());
    BOOST_OUTCOME_TRY(server, make_server(authority, names));
    tls->authority_ = authority.certificate;
  }
  tls->context_ = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
  auto& context = *tls->context_;
  error_code failed;
  context.set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1, failed);
  if (!failed) {
    context.use_certificate_chain(asio::buffer(server.certificate), failed);
  }
  if (!failed) {
    context.use_private_key(asio::buffer(server.key), asio::ssl::context::pem, failed);
  }
  if (failed) {
    return Error{ErrorCode::invalid_argument,
                 "the certificate cannot be used: " + failed.message()};
  }
  auto* native = context.native_handle();
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);  // idle connections are many
  SSL_CTX_set_alpn_select_cb(native, choose_protocol, nullptr);
  return tls;
}

}  // namespace millrace::http
