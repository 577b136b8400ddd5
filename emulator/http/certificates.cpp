#include "emulator/http/certificates.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

namespace millrace::http {

using base::Error;
using base::ErrorCode;

namespace {

template <auto free_it>
struct Freer {
  template <class T>
  void operator()(T* what) const {
    free_it(what);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using Bio = std::unique_ptr<BIO, Freer<BIO_free_all>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freer<X509_EXTENSION_free>>;
using Names = std::unique_ptr<GENERAL_NAMES, Freer<GENERAL_NAMES_free>>;

constexpr long day_s = 24 * 60 * 60;
constexpr long authority_days = 3650;
constexpr long server_days = 397;  // some clients refuse longer ones

Error failed(const std::string& what) {
  char text[256] = "";
  ERR_error_string_n(ERR_get_error(), text, sizeof text);
  ERR_clear_error();
  return {ErrorCode::internal, what + ": " + text};
}

template <class Write>
std::string to_pem(Write&& write) {
  const Bio bio{BIO_new(BIO_s_mem())};
  if (!bio || write(bio.get()) != 1) return {};
  char* text = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

Certificate certificate_of(const std::string& pem) {
  const Bio bio{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
  return Certificate{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)};
}

Key key_of(const std::string& pem) {
  const Bio bio{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
  // An encrypted key has no terminal to ask for its word: it is refused.
  return Key{PEM_read_bio_PrivateKey(
      bio.get(), nullptr, [](char*, int, int, void*) { return 0; }, nullptr)};
}

bool add_extension(X509* to, X509* issuer, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, to, nullptr, nullptr, 0);
  const Extension made{X509V3_EXT_conf_nid(nullptr, &context, kind, value)};
  return made && X509_add_ext(to, made.get(), -1) == 1;
}

// Letters, digits, '-' and '.', and '*' as the first label.
bool is_host_name(const std::string& name) {
  const auto from = name.starts_with("*.") ? std::size_t{2} : std::size_t{0};
  return name.size() > from && name.size() <= 253 &&
         std::all_of(name.begin() + static_cast<std::ptrdiff_t>(from), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '.' || c == '_';
         });
}

base::Status add_names(X509* to, const std::vector<std::string>& names) {
  const Names all{GENERAL_NAMES_new()};
  if (!all) return failed("a certificate's names");
  for (const auto& name : names) {
    std::array<unsigned char, 16> address{};
    const bool is_v4 = ::inet_pton(AF_INET, name.c_str(), address.data()) == 1;
    const bool is_v6 = !is_v4 && ::inet_pton(AF_INET6, name.c_str(), address.data()) == 1;
    if (!is_v4 && !is_v6 && !is_host_name(name)) {
      return Error{ErrorCode::invalid_argument,
                   "'" + name + "' is neither a host name nor an IP address"};
    }
    GENERAL_NAME* entry = GENERAL_NAME_new();
    ASN1_STRING* text = is_v4 || is_v6 ? ASN1_OCTET_STRING_new() : ASN1_IA5STRING_new();
    if (entry == nullptr || text == nullptr) return failed("a certificate's names");
    if (is_v4 || is_v6) {
      ASN1_STRING_set(text, address.data(), is_v4 ? 4 : 16);
    } else {
      ASN1_STRING_set(text, name.data(), static_cast<int>(name.size()));
    }
    GENERAL_NAME_set0_value(entry, is_v4 || is_v6 ? GEN_IPADD : GEN_DNS, text);
    sk_GENERAL_NAME_push(all.get(), entry);
  }
  if (X509_add1_ext_i2d(to, NID_subject_alt_name, all.get(), 0, X509V3_ADD_DEFAULT) != 1) {
    return failed("a certificate's names");
  }
  return base::success();
}

// A certificate with its dates, serial and public key, not signed yet.
Certificate blank(EVP_PKEY* key, const char* name, long days) {
  Certificate made{X509_new()};
  std::array<unsigned char, 16> serial{};
  if (!made || RAND_bytes(serial.data(), serial.size()) != 1) return nullptr;
  serial[0] &= 0x7f;  // positive
  const std::unique_ptr<BIGNUM, Freer<BN_free>> number{
      BN_bin2bn(serial.data(), serial.size(), nullptr)};
  auto* subject = X509_get_subject_name(made.get());
  const auto add = [&](const char* field, const char* text) {
    return X509_NAME_add_entry_by_txt(subject, field, MBSTRING_ASC,
                                      reinterpret_cast<const unsigned char*>(text), -1, -1, 0) == 1;
  };
  const bool good = X509_set_version(made.get(), X509_VERSION_3) == 1 && number &&
                    BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(made.get())) &&
                    X509_gmtime_adj(X509_getm_notBefore(made.get()), -day_s) &&
                    X509_gmtime_adj(X509_getm_notAfter(made.get()), days * day_s) &&
                    add("O", "Millrace") && add("CN", name) &&
                    X509_set_pubkey(made.get(), key) == 1;
  return good ? std::move(made) : nullptr;
}

Identity to_identity(X509* certificate, EVP_PKEY* key) {
  return {to_pem([&](BIO* to) { return PEM_write_bio_X509(to, certificate); }),
          to_pem([&](BIO* to) {
            return PEM_write_bio_PrivateKey(to, key, nullptr, nullptr, 0, nullptr, nullptr);
          })};
}

base::Result<std::string> read_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return Error{ErrorCode::io, "cannot read " + path};
  return text.str();
}

// Whole or not at all.
base::Status write_file(const std::string& path, const std::string& text, int mode) {
  const auto draft = path + ".new";
  ::unlink(draft.c_str());
  const int file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  const bool written =
      file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const bool kept = file >= 0 && ::fsync(file) == 0;
  if (file >= 0) ::close(file);
  std::error_code renamed;
  if (written && kept) std::filesystem::rename(draft, path, renamed);
  if (!written || !kept || renamed) return Error{ErrorCode::io, "cannot write " + path};
  return base::success();
}

base::Status expect_pair(const Identity& identity, const std::string& certificate_path,
                         const std::string& key_path) {
  const auto certificate = certificate_of(identity.certificate);
  const auto key = key_of(identity.key);
  ERR_clear_error();
  if (!certificate) {
    return Error{ErrorCode::invalid_argument, certificate_path + " holds no certificate in PEM"};
  }
  if (!key) {
    return Error{ErrorCode::invalid_argument,
                 key_path + " holds no private key in PEM that can be read without a passphrase"};
  }
  const bool fit = X509_check_private_key(certificate.get(), key.get()) == 1;
  ERR_clear_error();
  if (fit) return base::success();
  return Error{ErrorCode::invalid_argument,
               "the key in " + key_path + " is not that of the certificate in " + certificate_path};
}

}  // namespace

base::Result<Identity> make_authority() {
  const Key key{EVP_EC_gen("P-256")};
  if (!key) return failed("a key");
  const auto made = blank(key.get(), "Millrace local CA", authority_days);
  if (!made || X509_set_issuer_name(made.get(), X509_get_subject_name(made.get())) != 1 ||
      !add_extension(made.get(), made.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0") ||
      !add_extension(made.get(), made.get(), NID_key_usage, "critical,keyCertSign,cRLSign") ||
      !add_extension(made.get(), made.get(), NID_subject_key_identifier, "hash") ||
      X509_sign(made.get(), key.get(), EVP_sha256()) == 0) {
    return failed("a certificate authority");
  }
  return to_identity(made.get(), key.get());
}

base::Result<Identity> make_server(const Identity& authority,
                                   const std::vector<std::string>& names) {
  const auto issuer = certificate_of(authority.certificate);
  const auto issuer_key = key_of(authority.key);
  const Key key{EVP_EC_gen("P-256")};
  if (!issuer || !issuer_key || !key) return failed("a key");
  const auto made = blank(key.get(), "millrace-emulator", server_days);
  if (!made || X509_set_issuer_name(made.get(), X509_get_subject_name(issuer.get())) != 1 ||
      !add_extension(made.get(), issuer.get(), NID_basic_constraints, "critical,CA:FALSE") ||
      !add_extension(made.get(), issuer.get(), NID_key_usage, "critical,digitalSignature") ||
      !add_extension(made.get(), issuer.get(), NID_ext_key_usage, "serverAuth") ||
      !add_extension(made.get(), issuer.get(), NID_subject_key_identifier, "hash") ||
      !add_extension(made.get(), issuer.get(), NID_authority_key_identifier, "keyid")) {
    return failed("a certificate");
  }
  BOOST_OUTCOME_TRY(add_names(made.get(), names));
  if (X509_sign(made.get(), issuer_key.get(), EVP_sha256()) == 0) return failed("a certificate");
  auto identity = to_identity(made.get(), key.get());
  identity.certificate += authority.certificate;
  return identity;
}

base::Result<Identity> keep_authority(const std::string& folder) {
  const auto certificate_path = folder + "/ca.pem";
  const auto key_path = folder + "/ca-key.pem";
  std::error_code failed_to;
  const bool has_certificate = std::filesystem::exists(certificate_path, failed_to);
  const bool has_key = std::filesystem::exists(key_path, failed_to);
  if (has_certificate && has_key) return read_identity(certificate_path, key_path);
  if (has_certificate) {
    return Error{ErrorCode::io, key_path + " is missing: put it back, or remove " +
                                    certificate_path + " to have a new authority made"};
  }
  BOOST_OUTCOME_TRY(auto made, make_authority());
  std::filesystem::create_directories(folder, failed_to);  // writing says what is wrong
  // The key first: with it alone the next start makes both anew.
  BOOST_OUTCOME_TRY(write_file(key_path, made.key, 0600));
  BOOST_OUTCOME_TRY(write_file(certificate_path, made.certificate, 0644));
  return made;
}

base::Result<Identity> read_identity(const std::string& certificate_path,
                                     const std::string& key_path) {
  Identity identity;
  BOOST_OUTCOME_TRY(identity.certificate, read_file(certificate_path));
  BOOST_OUTCOME_TRY(identity.key, read_file(key_path));
  BOOST_OUTCOME_TRY(expect_pair(identity, certificate_path, key_path));
  return identity;
}

}  // namespace millrace::http
