// Opaque tokens for clients: what we put in comes back unread and unchanged, or not at all.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace millrace::engine {

// AES-256-GCM with a key of the data file, so tokens outlive a restart. Every seal of the same
// bytes is another text. Thread-safe.
//
// Layout before base64: 8 bytes 00..01 as AWS's have, 12 bytes nonce, ciphertext, 16 bytes tag.
class Seal {
 public:
  static constexpr std::size_t key_bytes = 32;
  explicit Seal(std::string key) : key_(std::move(key)) {}

  [[nodiscard]] std::string close(std::string_view content) const;
  // nullopt: not a token of ours, or changed on its way.
  [[nodiscard]] std::optional<std::string> open(std::string_view token) const;

 private:
  std::string key_;
};

}  // namespace millrace::engine
