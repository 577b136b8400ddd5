// What PutRecord and PutRecords share: routing, sizes, and the errors about them.
#pragma once

#include <vector>

#include "emulator/kinesis/streams.hpp"

namespace millrace::kinesis {

// Hash key of a record: the explicit one, or MD5 of the partition key. nullopt: beyond 2^128 - 1.
std::optional<base::Uint128> hash_of(const wire::Text& partition_key,
                                     const wire::Text& explicit_hash_key);

// Where a record goes in the end: by its hash, or to the next shard of an AUTO stream, which takes
// them in turn. The engine's thread.
base::Uint128 place(const engine::Stream& stream, base::Uint128 hash);

// "KMS" while the stream encrypts; recorded from AWS: not a word otherwise.
std::optional<std::string> encryption_of(const Context& context, const engine::Stream& stream);

base::Error bad_explicit_hash_key(std::string_view value);

// Checks what depends on the stream: that the key is there, and the record's size (data and key).
// `path` is "" or "records.3.member.".
base::Status check_record(const engine::Stream& stream, const wire::Text& partition_key,
                          std::string_view data, const std::string& path);

}  // namespace millrace::kinesis
