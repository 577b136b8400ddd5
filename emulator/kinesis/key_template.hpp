// OutputKeyTemplate: how the keys of delivered objects are made.
//
// Variables and rules: "S3 output key template for Amazon S3 delivery" in the Kinesis developer
// guide, read 2026-11-23.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"

namespace millrace::kinesis {

// Used when a channel names none.
inline constexpr std::string_view default_key_template =
    "kinesis-channel/!{channel-name}/!{channel-id}/!{yyyy}/!{MM}/!{dd}/!{HH}/"
    "!{channel-name}-!{channel-id}-!{yyyy}-!{MM}-!{dd}-!{HH}-!{mm}!{extension}";

// The service appends to every key a suffix of at most this many characters.
inline constexpr std::size_t key_suffix_max = 38;
inline constexpr std::size_t key_max = 1024;

// What the variables stand for.
struct KeyFacts {
  std::string_view channel_name;
  std::string_view channel_id;
  std::string_view stream_name;
  std::string_view compression;  // NONE, GZIP, ZSTD
};

class KeyTemplate {
 public:
  // Error: InvalidArgumentException, saying what is wrong with the template as it is or as it reads
  // once the names are in.
  static base::Result<KeyTemplate> parse(std::string_view text, const KeyFacts& facts);

  // The key of an object whose oldest record arrived then; `suffix` makes it unique and stands
  // before the extension.
  [[nodiscard]] std::string key(std::int64_t epoch_ms, std::string_view suffix) const;

 private:
  struct Part {
    std::string text;  // as it is, or
    char time = 0;     // y, Y, M, d, H, m: a part of the time
  };
  std::vector<Part> parts_;
  std::string extension_;
};

// "path traversal" and its kin: why an object must not be called that; empty when it may.
std::string_view wrong_with_key(std::string_view key);

// ".gz", ".zst"; empty for NONE.
std::string_view extension_of(std::string_view compression);

// "2026/11/23/06/" in UTC.
std::string hour_path(std::int64_t epoch_ms);

}  // namespace millrace::kinesis
