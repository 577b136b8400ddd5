#include "emulator/engine/seal.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <memory>

#include "common/base/base64.hpp"
#include "common/base/result.hpp"

namespace millrace::engine {
namespace {

constexpr std::string_view head{"\0\0\0\0\0\0\0\1", 8};
constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* in(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* out(std::string& bytes, std::size_t at) {
  return reinterpret_cast<unsigned char*>(bytes.data() + at);
}

// Made once a thread: fetching a cipher costs more than encrypting 100 bytes.
EVP_CIPHER_CTX* context() {
  thread_local const Context made{EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free};
  return made.get();
}

}  // namespace

std::string Seal::close(std::string_view content) const {
  const auto body = head.size() + nonce_bytes;
  std::string token(body + content.size() + tag_bytes, '\0');
  token.replace(0, head.size(), head);
  int size = 0;
  auto* cipher = context();
  const bool done = RAND_bytes(out(token, head.size()), nonce_bytes) == 1 &&
                    EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), nullptr, in(key_),
                                       out(token, head.size())) == 1 &&
                    EVP_EncryptUpdate(cipher, out(token, body), &size, in(content),
                                      static_cast<int>(content.size())) == 1 &&
                    EVP_EncryptFinal_ex(cipher, out(token, body + content.size()), &size) == 1 &&
                    EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, tag_bytes,
                                        out(token, body + content.size())) == 1;
  KS_ASSERT(done);
  return base::base64_encode(token);
}

std::optional<std::string> Seal::open(std::string_view token) const {
  auto raw = base::base64_decode(token);
  const auto frame = head.size() + nonce_bytes + tag_bytes;
  if (!raw || raw->size() < frame || !raw->starts_with(head)) return std::nullopt;
  const auto size = raw->size() - frame;
  std::string content(size, '\0');
  int written = 0;
  auto* cipher = context();
  const auto body = head.size() + nonce_bytes;
  const bool genuine =
      EVP_DecryptInit_ex(cipher, EVP_aes_256_gcm(), nullptr, in(key_), out(*raw, head.size())) ==
          1 &&
      EVP_DecryptUpdate(cipher, out(content, 0), &written, out(*raw, body),
                        static_cast<int>(size)) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, tag_bytes, out(*raw, body + size)) == 1 &&
      EVP_DecryptFinal_ex(cipher, out(content, 0) + written, &written) == 1;
  if (!genuine) return std::nullopt;
  return content;
}

}  // namespace millrace::engine
