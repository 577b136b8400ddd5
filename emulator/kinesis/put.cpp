#include "emulator/kinesis/put.hpp"

#include "common/base/digest.hpp"

namespace millrace::kinesis {

std::optional<base::Uint128> hash_of(const wire::Text& partition_key,
                                     const wire::Text& explicit_hash_key) {
  if (explicit_hash_key) return base::parse_uint128(*explicit_hash_key);
  // MD5 of the UTF-8 bytes, as a big-endian number.
  base::Uint128 hash = 0;
  for (const auto byte : base::md5(partition_key.value_or(""))) hash = hash << 8 | byte;
  return hash;
}

base::Uint128 place(const engine::Stream& stream, base::Uint128 hash) {
  if (stream.row.distribution != "AUTO") return hash;
  return stream.open[stream.next_place++ % stream.open.size()]->row.hash_start;
}

std::optional<std::string> encryption_of(const Context& context, const engine::Stream& stream) {
  return stream.encrypts(context.engine.now_ms()) ? std::optional<std::string>{"KMS"}
                                                  : std::nullopt;
}

base::Error bad_explicit_hash_key(std::string_view value) {
  return invalid_argument(
      "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified "
      "value "
      "was " +
      std::string{value});
}

base::Status check_record(const engine::Stream& stream, const wire::Text& partition_key,
                          std::string_view data, const std::string& path) {
  if (!partition_key && stream.row.distribution != "AUTO") {
    return wire::violation(std::nullopt, path + "partitionKey", "Member must not be null");
  }
  const auto limit = stream.row.max_record_kib * 1024;
  const auto size = data.size() + partition_key.value_or("").size();
  if (static_cast<std::int64_t>(size) > limit) {
    return wire::violation(wire::blob_text(data.size()), path + "data",
                           wire::length_at_most(limit));
  }
  return base::success();
}

}  // namespace millrace::kinesis
