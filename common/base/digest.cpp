#include "common/base/digest.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <memory>

#include "common/base/result.hpp"

namespace millrace::base {
namespace {

// Fetching an algorithm and making a context cost more than digesting a partition key: kept per
// thread.
struct Digester {
  explicit Digester(const char* name)
      : algorithm(EVP_MD_fetch(nullptr, name, nullptr), &EVP_MD_free),
        context(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    KS_ASSERT(algorithm && context);
  }
  void run(std::string_view bytes, std::uint8_t* out) {
    const bool done = EVP_DigestInit_ex2(context.get(), algorithm.get(), nullptr) == 1 &&
                      EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) == 1 &&
                      EVP_DigestFinal_ex(context.get(), out, nullptr) == 1;
    KS_ASSERT(done);
  }
  std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> algorithm;
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context;
};

}  // namespace

std::array<std::uint8_t, 16> md5(std::string_view bytes) {
  thread_local Digester digester{"MD5"};
  std::array<std::uint8_t, 16> out{};
  digester.run(bytes, out.data());
  return out;
}

std::array<std::uint8_t, 32> sha256(std::string_view bytes) {
  thread_local Digester digester{"SHA256"};
  std::array<std::uint8_t, 32> out{};
  digester.run(bytes, out.data());
  return out;
}

std::array<std::uint8_t, 32> hmac_sha256(std::string_view key, std::string_view bytes) {
  std::array<std::uint8_t, 32> out{};
  unsigned size = out.size();
  const auto* done =
      HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), out.data(), &size);
  KS_ASSERT(done != nullptr);
  return out;
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

}  // namespace millrace::base
